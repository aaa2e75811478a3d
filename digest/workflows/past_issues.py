"""What the archive holds of the last issues, read once, so that other settings can be tried on them in memory.

A replay takes a copy of the archive back to each issue and ranks all of it. Here the works that the issues
considered are read with their vectors and the marks with their moments: 25 MB for eight weeks of 2,500 works.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats
from digest.judge.embedding import Embedder
from digest.judge.evidence import Liked
from digest.judge.mark_weights import MARK_VALUES, MarkedItems, liked_direction
from digest.records import Issue, Pick, Section, Work
from digest.store import history, items, vectors, verdicts
from digest.store import marks as mark_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import candidates, focus_report, ranking
from digest.workflows.ranking import MarkValues

#: Works that were stored late, from a fetch still under way when their period ended, are looked for so far back.
_LATE = timedelta(days=7)
#: Works of older issues held at once; those of every preview are mostly the same.
_WORKS_HELD = 4_000
#: Items without a mark that liked ones are contrasted with: half as many as for a ranking, in half the time.
_BACKGROUND = 1_000
_SAID = "source, title, url"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssue:
    """A stored issue with the works that it considered."""

    issue: Issue
    #: by work id, the score that it had then
    scores: Mapping[str, float]
    #: the works' items, and the work of each
    part: vectors.Slice
    work_ids: list[str]
    #: vectors of what the issues before it showed [items, dimensions]
    lately: Floats

    @property
    def picks(self) -> list[Pick]:
        """What it kept in focus."""
        return [pick for pick in self.issue.picks if pick.section != Section.STRETCH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The marks that hold, what they are on, and what they teach."""

    standing: Mapping[str, Sequence[tuple[str, datetime]]]
    sources: Mapping[str, str]
    #: by item id
    vectors: Mapping[str, Floats]
    #: title and address by item id
    titles: Mapping[str, tuple[str, str]]
    #: a sample of the archive that liked items are contrasted with [items, dimensions]
    background: Floats
    #: what the likes teach under any focus [dimensions], or None
    direction: Floats | None

    def values(self, moment: datetime) -> MarkValues:
        """Their values at a moment, of those that were there; one that was taken back since is not known any more."""
        there = {one: [(mark, at) for mark, at in held if at <= moment] for one, held in self.standing.items()}
        return ranking.weigh_marks({one: held for one, held in there.items() if held}, self.sources, moment)

    def liked(self) -> Liked:
        """What the learner liked or saved and the model has embedded."""
        ids = [one for one, held in self.standing.items() if any(MARK_VALUES[mark] == 1 for mark, _ in held)]
        named = [one for one in ids if one in self.vectors and self.titles.get(one, ("", ""))[0]]
        return Liked(
            titles=tuple(self.titles[one][0] for one in named),
            urls=tuple(self.titles[one][1] for one in named),
            vectors=_stacked([self.vectors[one] for one in named], self.background.shape[1]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssues:
    """The last issues, oldest first, and the items of their time, each once."""

    issues: tuple[PastIssue, ...]
    #: the items that no issue considered
    rest: vectors.Slice
    #: title and work of every item
    titles: Mapping[str, str]
    work_of: Mapping[str, str]
    marks: Marked
    #: how many texts the model has embedded in all
    embedded: int
    #: when the first of the items was seen
    since: datetime
    #: works that were read whole, by id
    works: dict[str, Work] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[vectors.Slice, ...]:
        """All items."""
        return (*(one.part for one in self.issues), self.rest)


def read_past_issues(db: Connection, model: Embedder, now: datetime, *, count: int) -> PastIssues:
    """The last *count* issues with all that is needed to pick them again."""
    periods = verdicts.periods(db)
    issues = verdicts.issues(db, [period for period, _ in periods[-count:]])
    begin = min([issue.starts_at - _LATE for issue in issues], default=now)
    begin = min(begin, now - timedelta(weeks=focus_report.WEEKS))
    recent = vectors.recent(db, model.name, model.dimensions, since=begin)
    scores = verdicts.scores_of(db, [issue.period for issue in issues])
    shown = _shown_before(db, [period for period, _ in periods], issues)
    standing = mark_rows.marked_at(db)
    wanted = sorted({*standing, *(item_id for ids in shown.values() for item_id in ids)})
    found = vectors.of_items(db, model.name, model.dimensions, wanted)
    work_of = dict(zip(recent.part.item_ids, recent.work_ids, strict=True))
    rows = _rows_by_issue(recent.work_ids, [scores[issue.period] for issue in issues])
    return PastIssues(
        issues=tuple(
            PastIssue(
                issue=_with_current_works(issue, work_of),
                scores=scores[issue.period],
                part=recent.part.take(own),
                work_ids=[recent.work_ids[row] for row in own],
                lately=_stacked([found[one] for one in shown[issue.period] if one in found], model.dimensions),
            )
            for issue, own in zip(issues, rows, strict=False)
        ),
        rest=recent.part.take(rows[-1]),
        titles=dict(zip(recent.part.item_ids, recent.titles, strict=True)),
        work_of=work_of,
        marks=_marks(db, standing, found, recent.part, now),
        embedded=vectors.count(db, model.name, model.dimensions),
        since=begin,
    )


def read_works(db: Connection, past: PastIssues, work_ids: Iterable[str]) -> None:
    """Read these works whole, unless they are held already."""
    missing = sorted(set(work_ids) - past.works.keys())
    if len(past.works) + len(missing) > _WORKS_HELD:
        past.works.clear()
    if missing:
        past.works.update({work.work_id: work for work in work_rows.whole(db, missing, since=past.since)})


def _shown_before(db: Connection, periods: Sequence[str], issues: Sequence[Issue]) -> dict[str, list[str]]:
    """By issue, what the issues before it showed."""
    place = {period: number for number, period in enumerate(periods)}
    ends = {issue.period: place[issue.period] for issue in issues}
    before = {period: periods[max(0, end - candidates.RECENT_ISSUES) : end] for period, end in ends.items()}
    shown = history.shown_in(db, sorted({name for names in before.values() for name in names}))
    return {period: [item_id for name in names for item_id in shown[name]] for period, names in before.items()}


def _rows_by_issue(work_ids: Sequence[str], issues: Sequence[Iterable[str]]) -> list[NDArray[np.intp]]:
    """The rows of each issue's works, each row once, and at the end those of no issue."""
    number_of = {work_id: number for number, works in enumerate(issues) for work_id in works}
    numbers = np.array([number_of.get(work_id, len(issues)) for work_id in work_ids], dtype=np.intp)
    return [np.flatnonzero(numbers == number) for number in range(len(issues) + 1)]


def _stacked(rows: Sequence[Floats], size: int) -> Floats:
    return np.stack(rows) if rows else np.empty((0, size), dtype=np.float32)


def _with_current_works(issue: Issue, works: Mapping[str, str]) -> Issue:
    """The issue with the works that its picks belong to now, where works were merged later."""
    picks = (replace(pick, work_id=works.get(pick.item_id, pick.work_id)) for pick in issue.picks)
    return replace(issue, picks=tuple(picks))


def _marks(
    db: Connection,
    standing: Mapping[str, Sequence[tuple[str, datetime]]],
    found: Mapping[str, Floats],
    part: vectors.Slice,
    now: datetime,
) -> Marked:
    own = {item_id: found[item_id] for item_id in standing if item_id in found}
    said = {one: (source, title, url) for one, source, title, url in items.columns_of(db, list(standing), _SAID)}
    sources, background = {one: source for one, (source, _, _) in said.items()}, _background(part, standing)
    values = ranking.weigh_marks(standing, sources, now).values
    marked = MarkedItems(
        vectors=np.array(list(own.values()), np.float32).reshape(-1, part.vectors.shape[1]),
        values=np.array([values[item_id] for item_id in own], np.float32),
    )
    return Marked(
        standing=standing,
        sources=sources,
        vectors=own,
        titles={one: (title, url) for one, (_, title, url) in said.items()},
        background=background,
        direction=liked_direction(marked, background) if own else None,
    )


def _background(part: vectors.Slice, marked: Mapping[str, object]) -> Floats:
    """A sample of the items without a mark, always the same ones: item ids are as good as random."""
    rows = [row for row, item_id in enumerate(part.item_ids) if item_id not in marked]
    return part.vectors[rows[:_BACKGROUND]]  # a copy, which keeps nothing else alive
