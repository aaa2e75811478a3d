"""How past periods went, by what the learner liked only afterwards.

Each period is ranked and built again as of its end (`stages.rewinding`), so that no judge knows a
mark, a work or an issue that came later. Works that were marked before their period ended are left
out: their judge was told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.config import Config
from digest.errors import DigestError
from digest.judge.evaluate import FEWEST_LIKES
from digest.judge.hindsight import Period, best, in_hindsight
from digest.judge.learn import MARK_VALUES
from digest.judge.model import embedding_text
from digest.judge.sharpen import sharpen
from digest.judge.taste import plain_taste
from digest.judge.tfidf import TfIdf
from digest.records import Issue, Verdict
from digest.stages.evaluating import figures
from digest.stages.ranking import Ranked, archive_vectors
from digest.stages.rewinding import Past, past
from digest.store import archive, items, vectors, verdicts
from digest.store.archive import Connection

_DAY = 86_400

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """Rows as `evaluating.COLUMNS` names them, and what they rest on."""

    rows: list[tuple[str, str, float, float, float]]
    liked: int
    works: int
    periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Marked items that still hold a mark: when they were first marked, and whether they are liked."""

    first: Mapping[str, datetime]
    liked: frozenset[str]


def evaluate_weeks(
    current: Config,
    other: Config | None,
    *,
    weeks: int,
    now: datetime,
    wait: float,
    progress: Progress = lambda done, total: None,
) -> Hindsight:
    """Figures for this judge, for one under *other* settings, and for simpler rankers, over the last *weeks*."""
    rankers = ("this judge", "the other") if other is not None else ("this judge",)
    seen: dict[str, list[Period]] = {ranker: [] for ranker in rankers}
    with past(current, weeks=weeks, now=now, wait=wait) as then:
        with archive.open_archive(then.archive) as db:
            said = _said(db)
        for number, end in enumerate(then.ends, start=1):
            for ranker, period in _rankers(then, current, other, said, end):
                seen.setdefault(ranker, []).append(period)
            progress(number, len(then.ends))
    mine = seen["this judge"]
    liked = sum(int(period.liked.sum()) for period in mine)
    if liked < FEWEST_LIKES:
        raise DigestError(
            f"{liked} works of the last {weeks} weeks were liked after their period ended, which is too few to "
            f"evaluate on; {FEWEST_LIKES} or more are needed"
        )
    rows = [figure for ranker, periods in seen.items() for figure in figures(in_hindsight(ranker, periods))]
    return Hindsight(rows=rows, liked=liked, works=sum(len(period.liked) for period in mine), periods=len(mine))


def _said(db: Connection) -> _Said:
    standing = verdicts.standing_marks(db)
    first: dict[str, datetime] = {}
    for mark in verdicts.marks(db):
        first.setdefault(mark.item_id, mark.marked_at)
    liked = {item for item, held in standing.items() if max((MARK_VALUES[mark] for mark in held), key=abs) > 0}
    return _Said(first=first, liked=frozenset(liked))


def _rankers(
    then: Past, current: Config, other: Config | None, said: _Said, end: datetime
) -> Iterator[tuple[str, Period]]:
    """Each ranker's view of the period that ended at *end*."""
    if other is not None:
        _, issue = then.rebuilt(other, end)
        with archive.open_archive(then.archive) as db:
            yield "the other", _period(*_considered(db, issue, said, end))
    ranked, issue = then.rebuilt(current, end)
    with archive.open_archive(then.archive) as db:
        considered, liked = _considered(db, issue, said, end)
        mine = _period(considered, liked)
        yield "this judge", mine
        for ranker, values in _simpler(db, ranked, considered, said, end):
            yield ranker, Period(values=values, liked=mine.liked, kept=best(values, int(mine.kept.sum())))


def _considered(db: Connection, issue: Issue, said: _Said, end: datetime) -> tuple[list[Verdict], set[str]]:
    """The verdicts of an issue on works that nobody had marked by then, and which works are liked now."""
    works = items.works_of(db, list(said.first))
    told = {work for item, work in works.items() if said.first[item] <= end}
    liked = {works[item] for item in said.liked if item in works} - told
    return [verdict for verdict in verdicts.of_period(db, issue.period) if verdict.work_id not in told], liked


def _period(considered: Sequence[Verdict], liked: set[str]) -> Period:
    return Period(
        values=np.array([verdict.score for verdict in considered], dtype=np.float32),
        liked=np.array([verdict.work_id in liked for verdict in considered], dtype=np.bool_),
        kept=np.array([verdict.kept for verdict in considered], dtype=np.bool_),
    )


def _simpler(
    db: Connection, ranked: Ranked, considered: Sequence[Verdict], said: _Said, end: datetime
) -> Iterator[tuple[str, np.ndarray]]:
    """The same works by the focus alone, by TF-IDF with what was liked by then, and by recency."""
    ids = [verdict.item_id for verdict in considered]
    model = ranked.model
    found = vectors.of_items(db, model.name, model.dimensions, ids)
    taste = sharpen(plain_taste(ranked.focus), archive_vectors(db, model))
    nothing = np.zeros(model.dimensions, dtype=np.float32)
    rows = np.array([found.get(one, nothing) for one in ids], dtype=np.float32).reshape(len(ids), model.dimensions)
    yield "focus alone", taste.relevance(rows)
    known = [item for item in said.liked if said.first[item] <= end]
    texts = items.texts(db, [*ids, *known])
    focus = " ".join(phrase.text for phrase in ranked.focus.phrases)
    liked, week = ([embedding_text(*texts[one]) for one in some if one in texts] for some in (known, ids))
    yield "TF-IDF", _by_words(focus, liked, week)
    dates = items.dates(db, ids)
    yield "recency", np.array([-(end - dates[one]).total_seconds() / _DAY for one in ids], dtype=np.float32)


def _by_words(focus: str, liked: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    index = TfIdf([*liked, *texts])
    likes = [index.document(row) / np.float32(len(liked)) for row in range(len(liked))]
    return index.cosines(np.sum([index.query(focus), *likes], axis=0))[len(liked) :]
