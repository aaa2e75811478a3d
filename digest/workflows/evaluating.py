"""Evaluate the judge on the learner's own marks, against simpler rankers.

`evaluate_marks` leaves out every like in turn. `evaluate_weeks` is a backtest: it rebuilds past periods
(`workflows.replaying`), so that the judge knows nothing that came after them, and counts what the
learner liked later. It leaves out works that were marked before their period ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import Embedder, embedding_text, load_model
from digest.judge.evaluation import FEWEST_LIKES, EvaluationRow, RankedPeriod, Sample, backtest, best, evaluate
from digest.judge.focus import FocusModel, read_focus
from digest.judge.mark_weights import MARK_VALUES, MarkedItems
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import RelevanceModel, declared_only
from digest.judge.tfidf import TfIdf
from digest.records import Issue, MarkKind, Verdict
from digest.store import items, vectors, verdicts
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked, archive_vectors, read_marks
from digest.workflows.replaying import PastArchive, Progress, past_archive

#: Unmarked items that the marked ones are ranked among; more change the figures by less than their intervals.
_OTHERS = 5_000
_DAY = 86_400

#: The value of "like" and "save"; "read" is worth less.
_LIKED = MARK_VALUES[MarkKind.LIKE]

#: One row a ranker and measure, with its 95 % interval and the number of marked works.
COLUMNS = ("ranker", "measure", "value", "low", "high", "marks")
BACKTEST_COLUMNS = (*COLUMNS, "issues")
_MEASURES = {
    "auc": "AUC",
    "precision_at_10": "P@10",
    "recall_at_2_percent": "R@2%",
    "kept": "kept",
    "kept_disliked": "kept, disliked",
}

Figure = tuple[str, str, float, float, float, int]
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Rows of BACKTEST_COLUMNS, and what they are based on."""

    rows: list[tuple[str | float, ...]]
    liked: int
    works: int
    periods: int


def evaluate_marks(config: Config, now: datetime, *, wait: float) -> list[Figure]:
    """Leave out each like in turn; returns rows of COLUMNS with 95 % bootstrap intervals."""
    model = load_model(config.embedding.model, folder=config.folder)
    focus = read_focus(config.focus, model)
    with opened(config, wait=wait, read_only=True) as db:
        marks = read_marks(db, now)
        likes = sum(1 for value in marks.values.values() if value > 0)
        if likes < FEWEST_LIKES:
            raise DigestError(f"{likes} liked items are too few to evaluate on; {FEWEST_LIKES} or more are needed")
        relevance_model = _focus_alone(db, focus, model)
        ids, marked, texts, ages = _columns(db, model, list(marks.values), now)
        others = items.sample_ids(db, count=_OTHERS, without=list(marks.values))
        _, other_vectors, other_texts, other_ages = _columns(db, model, others, now)
    if not len(other_vectors):
        raise DigestError("the archive holds nothing but marked items; there is nothing to find them among")
    sample = Sample(
        marked=MarkedItems(vectors=marked, values=np.array([marks.values[one] for one in ids], dtype=np.float32)),
        marked_texts=texts,
        marked_ages=ages,
        others=other_vectors,
        other_texts=other_texts,
        other_ages=other_ages,
        focus_text=_focus_text(focus),
    )
    return [figure for row in evaluate(relevance_model, sample) for figure in _figures(row)]


def evaluate_weeks(
    current: Config,
    other: Config | None,
    *,
    weeks: int,
    now: datetime,
    wait: float,
    progress: Progress = lambda stage, done, total: None,
) -> Backtest:
    """Backtest this judge, one under *other* settings, and simpler rankers over the last *weeks*."""
    rankers = ("this judge", "the other") if other is not None else ("this judge",)
    seen: dict[str, list[RankedPeriod]] = {ranker: [] for ranker in rankers}
    with past_archive(current, weeks=weeks, now=now, wait=wait, progress=progress) as past:
        with opened(past.config) as db:
            later = read_marks(db, now).undecayed
        for number, end in enumerate(past.ends, start=1):
            for ranker, period in _rankers(past, current, other, later, end):
                seen.setdefault(ranker, []).append(period)
            progress("replaying", number, len(past.ends))
    mine = seen["this judge"]
    liked = sum(int(period.liked.sum()) for period in mine)
    if liked < FEWEST_LIKES:
        raise DigestError(
            f"{liked} works of the last {weeks} weeks were liked after their period ended, which is too few to "
            f"evaluate on; {FEWEST_LIKES} or more are needed"
        )
    found = (figure for ranker, periods in seen.items() for figure in _figures(backtest(ranker, periods)))
    return Backtest(
        rows=[(*figure, len(mine)) for figure in found],
        liked=liked,
        works=sum(len(period.liked) for period in mine),
        periods=len(mine),
    )


def _rankers(
    past: PastArchive, current: Config, other: Config | None, later: Values, end: datetime
) -> Iterator[tuple[str, RankedPeriod]]:
    """Every ranker's values for the period that ended at *end*.

    The current settings come first: works that another model merges stay merged in the copy.
    """
    ranked, issue = past.rebuild(current, end)
    with opened(past.config) as db:
        known = read_marks(db, end).undecayed
        considered = _considered(db, issue, known)
        mine = _period(db, considered, later)
        simpler = list(_simpler(db, ranked, considered, known, end))
    yield "this judge", mine
    for ranker, values in simpler:
        kept = best(values, int(mine.kept.sum()))
        yield ranker, RankedPeriod(values=values, liked=mine.liked, disliked=mine.disliked, kept=kept)
    if other is not None:
        _, issue = past.rebuild(other, end)
        with opened(past.config) as db:
            yield "the other", _period(db, _considered(db, issue, known), later)


def _considered(db: Connection, issue: Issue, known: Values) -> list[Verdict]:
    """The verdicts of an issue on works that had no mark when it ended."""
    marked = set(work_rows.of_items(db, list(known)).values())
    return [verdict for verdict in verdicts.of_period(db, issue.period) if verdict.work_id not in marked]


def _period(db: Connection, considered: Sequence[Verdict], later: Values) -> RankedPeriod:
    """One period for the backtest: a work is liked if any of its items is, and else disliked if any is disliked."""
    marks: dict[str, list[float]] = {}
    for item, work in work_rows.of_items(db, list(later)).items():
        marks.setdefault(work, []).append(later[item])
    liked = {work for work, held in marks.items() if max(held) >= _LIKED}
    disliked = {work for work, held in marks.items() if min(held) < 0} - liked
    return RankedPeriod(
        values=np.array([verdict.score for verdict in considered], dtype=np.float32),
        liked=np.array([verdict.work_id in liked for verdict in considered], dtype=np.bool_),
        disliked=np.array([verdict.work_id in disliked for verdict in considered], dtype=np.bool_),
        kept=np.array([verdict.kept for verdict in considered], dtype=np.bool_),
    )


def _simpler(
    db: Connection, ranked: Ranked, considered: Sequence[Verdict], known: Values, end: datetime
) -> Iterator[tuple[str, Floats]]:
    """The values of the same works by the focus alone, by TF-IDF with the likes until then, and by recency."""
    ids = [verdict.item_id for verdict in considered]
    model = ranked.model
    found = vectors.of_items(db, model.name, model.dimensions, ids)
    nothing = np.zeros(model.dimensions, dtype=np.float32)
    rows = np.array([found.get(one, nothing) for one in ids], dtype=np.float32).reshape(len(ids), model.dimensions)
    yield "focus alone", _focus_alone(db, ranked.focus, model).relevance(rows)
    likes = [item for item, value in known.items() if value >= _LIKED]
    texts = items.texts(db, [*ids, *likes])
    liked, week = ([embedding_text(*texts[one]) for one in some if one in texts] for some in (likes, ids))
    yield "TF-IDF", _by_words(_focus_text(ranked.focus), liked, week)
    dates = items.dates(db, ids)
    yield "recency", np.array([-(end - dates[one]).total_seconds() / _DAY for one in ids], dtype=np.float32)


def _by_words(focus: str, liked: Sequence[str], texts: Sequence[str]) -> Floats:
    index = TfIdf([*liked, *texts])
    likes = [index.document(row) / np.float32(len(liked)) for row in range(len(liked))]
    return index.cosines(np.sum([index.query(focus), *likes], axis=0))[len(liked) :]


def _figures(row: EvaluationRow) -> list[Figure]:
    """One ranker's rows of COLUMNS."""
    measures = ((name, getattr(row, field)) for field, name in _MEASURES.items())
    return [(row.ranker, name, one.value, one.low, one.high, one.marks) for name, one in measures if one is not None]


def _columns(
    db: Connection, model: Embedder, item_ids: Sequence[str], now: datetime
) -> tuple[list[str], Floats, list[str], Floats]:
    """Ids, vectors [n, d], texts and ages in days of those items that have vectors."""
    ids: list[str] = []
    rows: list[Floats] = []
    ages: list[Floats] = []
    for part in vectors.slices(db, model.name, model.dimensions, only=item_ids):
        ids += part.item_ids
        rows.append(part.vectors)
        ages.append(np.where(part.dated, (now.timestamp() - part.seconds) / _DAY, np.nan).astype(np.float32))
    texts = items.texts(db, ids)
    joined = np.concatenate(rows) if rows else np.empty((0, model.dimensions), dtype=np.float32)
    spans = np.concatenate(ages) if ages else np.empty(0, dtype=np.float32)
    return ids, joined, [embedding_text(*texts[item_id]) for item_id in ids], spans


def _focus_alone(db: Connection, focus: FocusModel, model: Embedder) -> RelevanceModel:
    """The relevance model without any mark."""
    return with_pseudo_feedback(declared_only(focus), archive_vectors(db, model))


def _focus_text(focus: FocusModel) -> str:
    return " ".join(phrase.text for phrase in focus.phrases if phrase.used)
