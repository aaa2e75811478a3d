"""What the archive holds of the last issues, read once, so that other settings can be tried on them in memory.

A replay takes a copy of the archive back to each issue and ranks all of it. Here the works that the issues
considered are read with their vectors and the marks with their moments: 25 MB for eight weeks of 2,500 works.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
_LATE = timedelta(days=28)
#: Works of older issues held at once; those of every preview are mostly the same.
_WORKS_HELD = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssue:
    """A stored issue with the works that it considered."""

    issue: Issue
    #: by work id, the score that it had then
    scores: Mapping[str, float]
    #: rows of the works' items in `PastIssues.recent`
    rows: NDArray[np.intp]
    #: vectors of what the issues before it showed [items, dimensions]
    lately: Floats

    @property
    def picks(self) -> list[Pick]:
        """What it kept in focus."""
        return [pick for pick in self.issue.picks if pick.section != Section.STRETCH]

    def part(self, past: "PastIssues") -> vectors.Slice:
        """Its works' items."""
        return past.recent.part.take(self.rows)

    def work_ids(self, past: "PastIssues") -> list[str]:
        """The work of each row."""
        return [past.recent.work_ids[row] for row in self.rows]


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
        size = self.background.shape[1]
        return Liked(
            titles=tuple(self.titles[one][0] for one in named),
            urls=tuple(self.titles[one][1] for one in named),
            vectors=np.stack([self.vectors[one] for one in named]) if named else np.empty((0, size), np.float32),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssues:
    """The last issues, oldest first, and the items of their time."""

    issues: tuple[PastIssue, ...]
    recent: vectors.Recent
    marks: Marked
    #: how many texts the model has embedded in all
    embedded: int
    #: works that were read whole, by id
    works: dict[str, Work] = field(default_factory=dict)

    def titles(self, item_ids: Iterable[str]) -> dict[str, str]:
        place = {item_id: row for row, item_id in enumerate(self.recent.part.item_ids)}
        return {item_id: self.recent.titles[place[item_id]] for item_id in item_ids}


def read_past_issues(db: Connection, model: Embedder, now: datetime, *, count: int) -> PastIssues:
    """The last *count* issues with all that is needed to pick them again."""
    periods = verdicts.periods(db)
    issues = [issue for period, _ in periods[-count:] if (issue := verdicts.issue(db, period))]
    begin = min([issue.starts_at - _LATE for issue in issues], default=now)
    begin = min(begin, now - timedelta(weeks=focus_report.WEEKS))
    recent = vectors.recent(db, model.name, model.dimensions, since=begin)
    scores = verdicts.scores_of(db, [issue.period for issue in issues])
    shown = _shown_before(db, [period for period, _ in periods], issues)
    standing = mark_rows.marked_at(db)
    wanted = sorted({*standing, *(item_id for ids in shown.values() for item_id in ids)})
    found = vectors.of_items(db, model.name, model.dimensions, wanted)
    return PastIssues(
        issues=tuple(_past_issue(issue, scores[issue.period], recent, shown[issue.period], found) for issue in issues),
        recent=recent,
        marks=_marks(db, standing, found, recent.part, now),
        embedded=vectors.count(db, model.name, model.dimensions),
    )


def read_works(db: Connection, past: PastIssues, work_ids: Iterable[str]) -> None:
    """Read these works whole, unless they are held already."""
    missing = sorted(set(work_ids) - past.works.keys())
    if len(past.works) + len(missing) > _WORKS_HELD:
        past.works.clear()
    if missing:
        past.works.update({work.work_id: work for work in work_rows.whole(db, missing)})


def _shown_before(db: Connection, periods: Sequence[str], issues: Sequence[Issue]) -> dict[str, list[str]]:
    """By issue, what the issues before it showed."""
    place = {period: number for number, period in enumerate(periods)}
    ends = {issue.period: place[issue.period] for issue in issues}
    before = {period: periods[max(0, end - candidates.RECENT_ISSUES) : end] for period, end in ends.items()}
    shown = history.shown_in(db, sorted({name for names in before.values() for name in names}))
    return {period: [item_id for name in names for item_id in shown[name]] for period, names in before.items()}


def _past_issue(
    issue: Issue, scores: Mapping[str, float], recent: vectors.Recent, shown: Sequence[str], found: Mapping[str, Floats]
) -> PastIssue:
    rows = [row for row, work_id in enumerate(recent.work_ids) if work_id in scores]
    lately = [found[item_id] for item_id in shown if item_id in found]
    size = recent.part.vectors.shape[1]
    return PastIssue(
        issue=issue,
        scores=scores,
        rows=np.array(rows, dtype=np.intp),
        lately=np.stack(lately) if lately else np.empty((0, size), dtype=np.float32),
    )


def _marks(
    db: Connection,
    standing: Mapping[str, Sequence[tuple[str, datetime]]],
    found: Mapping[str, Floats],
    part: vectors.Slice,
    now: datetime,
) -> Marked:
    own = {item_id: found[item_id] for item_id in standing if item_id in found}
    sources, background = items.sources_of(db, list(standing)), _background(part, standing)
    values = ranking.weigh_marks(standing, sources, now).values
    marked = MarkedItems(
        vectors=np.array(list(own.values()), np.float32).reshape(-1, part.vectors.shape[1]),
        values=np.array([values[item_id] for item_id in own], np.float32),
    )
    return Marked(
        standing=standing,
        sources=sources,
        vectors=own,
        titles=items.titles(db, list(standing)),
        background=background,
        direction=liked_direction(marked, background) if own else None,
    )


def _background(part: vectors.Slice, marked: Mapping[str, object]) -> Floats:
    """A sample of the items without a mark, always the same ones: item ids are as good as random."""
    rows = [row for row, item_id in enumerate(part.item_ids) if item_id not in marked]
    return part.vectors[rows[: ranking.BACKGROUND]]
