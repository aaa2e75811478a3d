"""How past periods went, by what the learner liked only afterwards.

Each period is ranked and built again as of its end (`stages.rewinding`), so that no judge knows a
mark, a work or an issue that came later. Works that were marked before their period ended are left
out: their judge was told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import embedding_text
from digest.judge.evaluation import FEWEST_LIKES, RankedPeriod, backtest, best
from digest.judge.mark_weights import MARK_VALUES
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import declared_only
from digest.judge.tfidf import TfIdf
from digest.records import Issue, Verdict
from digest.store import archive, items, vectors, verdicts
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import evaluating
from digest.workflows.as_of import ArchiveAsOf, Progress, archive_as_of
from digest.workflows.ranking import Ranked, archive_vectors, read_marks

COLUMNS = (*evaluating.COLUMNS, "issues")
_DAY = 86_400
#: What "like" and "save" say; to have read something is not yet to like it.
_LIKED = MARK_VALUES["like"]

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Rows of COLUMNS, and what they rest on."""

    rows: list[tuple[str | float, ...]]
    liked: int
    works: int
    periods: int


def evaluate_weeks(
    current: Config,
    other: Config | None,
    *,
    weeks: int,
    now: datetime,
    wait: float,
    progress: Progress = lambda stage, done, total: None,
) -> Backtest:
    """Figures for this judge, for one under *other* settings, and for simpler rankers, over the last *weeks*."""
    rankers = ("this judge", "the other") if other is not None else ("this judge",)
    seen: dict[str, list[RankedPeriod]] = {ranker: [] for ranker in rankers}
    with archive_as_of(current, weeks=weeks, now=now, wait=wait, progress=progress) as then:
        with archive.open_archive(then.archive) as db:
            later = read_marks(db, now).fresh
        for number, end in enumerate(then.ends, start=1):
            for ranker, period in _rankers(then, current, other, later, end):
                seen.setdefault(ranker, []).append(period)
            progress("replaying", number, len(then.ends))
    mine = seen["this judge"]
    liked = sum(int(period.liked.sum()) for period in mine)
    if liked < FEWEST_LIKES:
        raise DigestError(
            f"{liked} works of the last {weeks} weeks were liked after their period ended, which is too few to "
            f"evaluate on; {FEWEST_LIKES} or more are needed"
        )
    found = (figure for ranker, periods in seen.items() for figure in evaluating.figures(backtest(ranker, periods)))
    return Backtest(
        rows=[(*figure, len(mine)) for figure in found],
        liked=liked,
        works=sum(len(period.liked) for period in mine),
        periods=len(mine),
    )


def _rankers(
    then: ArchiveAsOf, current: Config, other: Config | None, later: Values, end: datetime
) -> Iterator[tuple[str, RankedPeriod]]:
    """Each ranker's view of the period that ended at *end*.

    The present settings come first: works that another model takes for one stay joined on the copy.
    """
    ranked, issue = then.rebuilt(current, end)
    with archive.open_archive(then.archive) as db:
        known = read_marks(db, end).fresh
        considered = _considered(db, issue, known)
        mine = _period(db, considered, later)
        simpler = list(_simpler(db, ranked, considered, known, end))
    yield "this judge", mine
    for ranker, values in simpler:
        kept = best(values, int(mine.kept.sum()))
        yield ranker, RankedPeriod(values=values, liked=mine.liked, disliked=mine.disliked, kept=kept)
    if other is not None:
        _, issue = then.rebuilt(other, end)
        with archive.open_archive(then.archive) as db:
            yield "the other", _period(db, _considered(db, issue, known), later)


def _considered(db: Connection, issue: Issue, known: Values) -> list[Verdict]:
    """The verdicts of an issue on works that held no mark when it ended."""
    told = set(work_rows.of_items(db, list(known)).values())
    return [verdict for verdict in verdicts.of_period(db, issue.period) if verdict.work_id not in told]


def _period(db: Connection, considered: Sequence[Verdict], later: Values) -> RankedPeriod:
    """A work that came as several items is liked when one of them is, and disliked when none is but one disliked."""
    values: dict[str, list[float]] = {}
    for item, work in work_rows.of_items(db, list(later)).items():
        values.setdefault(work, []).append(later[item])
    liked = {work for work, said in values.items() if max(said) >= _LIKED}
    disliked = {work for work, said in values.items() if min(said) < 0} - liked
    return RankedPeriod(
        values=np.array([verdict.score for verdict in considered], dtype=np.float32),
        liked=np.array([verdict.work_id in liked for verdict in considered], dtype=np.bool_),
        disliked=np.array([verdict.work_id in disliked for verdict in considered], dtype=np.bool_),
        kept=np.array([verdict.kept for verdict in considered], dtype=np.bool_),
    )


def _simpler(
    db: Connection, ranked: Ranked, considered: Sequence[Verdict], known: Values, end: datetime
) -> Iterator[tuple[str, Floats]]:
    """The same works by the focus alone, by TF-IDF with what was liked by then, and by recency."""
    ids = [verdict.item_id for verdict in considered]
    model = ranked.model
    found = vectors.of_items(db, model.name, model.dimensions, ids)
    relevance_model = with_pseudo_feedback(declared_only(ranked.focus), archive_vectors(db, model))
    nothing = np.zeros(model.dimensions, dtype=np.float32)
    rows = np.array([found.get(one, nothing) for one in ids], dtype=np.float32).reshape(len(ids), model.dimensions)
    yield "focus alone", relevance_model.relevance(rows)
    likes = [item for item, value in known.items() if value >= _LIKED]
    texts = items.texts(db, [*ids, *likes])
    focus = " ".join(phrase.text for phrase in ranked.focus.phrases if phrase.used)
    liked, week = ([embedding_text(*texts[one]) for one in some if one in texts] for some in (likes, ids))
    yield "TF-IDF", _by_words(focus, liked, week)
    dates = items.dates(db, ids)
    yield "recency", np.array([-(end - dates[one]).total_seconds() / _DAY for one in ids], dtype=np.float32)


def _by_words(focus: str, liked: Sequence[str], texts: Sequence[str]) -> Floats:
    index = TfIdf([*liked, *texts])
    likes = [index.document(row) / np.float32(len(liked)) for row in range(len(liked))]
    return index.cosines(np.sum([index.query(focus), *likes], axis=0))[len(liked) :]
