"""Rank several learners over one archive: it is read twice for all of them together, and never for one.

The first pass finds the works nearest to each learner's phrases, the second scores. While learners times items stay
within `EVERYTHING`, each learner has a score for every item, as one alone has. Beyond that each has scores for what
counts: the items of the last weeks, what was marked or shown, and the best of the rest. They are the scores that
ranking alone gives, from the same model of the learner.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from digest.compose.themes import WEEKS
from digest.config import Config
from digest.judge.best_works import BEST, BestWorks, Ranker, Table
from digest.judge.embedding import Embedder, load_reranker
from digest.judge.focus import FocusModel, read_focus
from digest.judge.item_columns import ItemColumns
from digest.judge.lean import load_lean
from digest.judge.mark_weights import MarkedItems
from digest.judge.nearest_works import NearestWorks
from digest.judge.pseudo_relevance_feedback import expanded_by
from digest.judge.relevance import declared_only
from digest.judge.scoring import Scores
from digest.store import archive, history, items, vectors
from digest.store.archive import Connection, acting_for
from digest.store.vectors import Slice
from digest.workflows import ranking
from digest.workflows.marked_items import Sample, learn_from
from digest.workflows.opening import opened
from digest.workflows.ranking import BACKGROUND, MarkValues, Progress, Ranked, ScoreTable, marked_in
from digest.workflows.reranking_together import rerank

#: Learners times items up to which every item is scored for everybody. Beyond it, storing all scores takes longer
#: than everything else: some seconds a learner for 200,000 items.
EVERYTHING = 500_000
#: What is recent: the weeks that themes look back on, and one more.
RECENT = timedelta(weeks=WEEKS + 1)
_LONG_AGO = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learner:
    """One of the learners, with what they declared and marked."""

    config: Config
    focus: FocusModel
    marks: MarkValues
    marked: MarkedItems


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What is read of the archive before anything is scored."""

    marks: Mapping[str, MarkValues]
    #: items that are scored for everybody, and those that somebody marked or was shown
    shared: Slice
    #: by learner, what they marked or were shown; None where everything is scored for everybody
    own: Mapping[str, AbstractSet[str]]
    recent: AbstractSet[str]
    #: what likes are contrasted with
    sample: Sample


def rank_all(
    learners: Sequence[Config],
    model: Embedder,
    now: datetime,
    *,
    wait: float = 10.0,
    progress: Progress = lambda done, total: None,
) -> dict[str, Ranked]:
    """Rank for every learner and replace the stored scores; returns each learner's ranking by id."""
    first = learners[0]
    if len(learners) == 1:
        return {first.learner_id: ranking.rank(first, model, now, wait=wait, progress=progress)}
    with opened(first, wait=wait) as db:
        count, _ = items.counts(db)
        everything = count * len(learners) <= EVERYTHING
        focuses, total, tables = _tables(db, learners, model, now, everything=everything)
    nearest = {learner: table.nearest for learner, table in tables.items()}
    reranker = load_reranker(first.embedding.second_opinion or first.embedding.reranker, folder=first.folder)
    if reranker is not None:
        tables = rerank(learners, reranker, tables, total, now, wait=wait, progress=progress)
    with opened(first, wait=wait) as db, archive.transaction(db):
        for learner, table in tables.items():
            with acting_for(db, learner):
                ranking.save(db, table)
        if reranker is None:
            vectors.remember_reranker(db, "")
    return {
        learner: Ranked(items=total, model=model, focus=focus, nearest=nearest[learner], everything=everything)
        for learner, focus in focuses.items()
    }


def _tables(
    db: Connection, learners: Sequence[Config], model: Embedder, now: datetime, *, everything: bool
) -> tuple[dict[str, FocusModel], int, dict[str, ScoreTable]]:
    """Every learner's focus, the number of items, and every learner's scores."""
    read = _read(db, learners, model, now, everything=everything)
    group = [_learner(config, model, read) for config in learners]
    nearest = NearestWorks([one.focus for one in group], [one.marked.vectors[one.marked.values < 0] for one in group])
    for part in vectors.slices(db, model.name, model.dimensions):
        nearest.add(part.vectors, part.item_ids)
    rankers = [_ranker(one, nearest, number, read.sample) for number, one in enumerate(group)]
    if everything:
        scores = _score_everything(db, rankers, model, now)
    else:
        chosen = [read.recent | read.own[one.config.learner_id] for one in group]
        scores = _score_what_counts(db, rankers, read.shared, chosen, model, now)
    named = zip(group, scores, strict=True)
    focuses = {one.config.learner_id: one.focus for one in group}
    return focuses, nearest.count, {one.config.learner_id: table for one, table in named}


def _read(db: Connection, learners: Sequence[Config], model: Embedder, now: datetime, *, everything: bool) -> _Read:
    recent = set() if everything else set(items.recent_ids(db, since=now - RECENT))
    marks: dict[str, MarkValues] = {}
    own: dict[str, AbstractSet[str]] = {}
    for config in learners:
        with acting_for(db, config.learner_id):
            marks[config.learner_id] = ranking.read_marks(db, now)
            own[config.learner_id] = marks[config.learner_id].values.keys() | shown(db, now)
    wanted = recent.union(*(marks[one].values.keys() if everything else held for one, held in own.items()))
    parts = list(vectors.slices(db, model.name, model.dimensions, only=sorted(wanted)))
    shared = vectors.joined(parts) if parts else vectors.no_items(model.dimensions)
    most = BACKGROUND + max(len(one.values) for one in marks.values())
    sample = Sample(*vectors.named_sample(db, model.name, model.dimensions, count=most))
    return _Read(marks=marks, shared=shared, sample=sample, own=own, recent=recent)


def shown(db: Connection, now: datetime) -> set[str]:
    """What the connection's learner was ever shown."""
    return set(history.shown_since(db, now - _LONG_AGO))


def _learner(config: Config, model: Embedder, read: _Read) -> _Learner:
    marks = read.marks[config.learner_id]
    marked = marked_in(read.shared.item_ids, read.shared.vectors, marks)
    return _Learner(config=config, focus=read_focus(config.focus, model), marks=marks, marked=marked)


def _ranker(one: _Learner, nearest: NearestWorks, number: int, sample: Sample) -> Ranker:
    expanded = expanded_by(declared_only(one.focus), nearest.of(number), size=nearest.count)
    return ranking.ranker_of(learn_from(one.marked, expanded, one.marks, sample), one.marks, one.config)


def _score_everything(db: Connection, rankers: Sequence[Ranker], model: Embedder, now: datetime) -> list[ScoreTable]:
    """The scores of every item for each."""
    item_ids: list[str] = []
    found: list[list[Scores]] = [[] for _ in rankers]
    for columns in _columns(db, model, now):
        item_ids += columns.item_ids.tolist()
        for ranker, scores in zip(rankers, found, strict=True):
            scores.append(ranker.score(columns))
    return [ScoreTable(item_ids=item_ids, scores=ranking.joined(scores)) for scores in found]


def _score_what_counts(
    db: Connection,
    rankers: Sequence[Ranker],
    shared: Slice,
    chosen: Sequence[AbstractSet[str]],
    model: Embedder,
    now: datetime,
) -> list[ScoreTable]:
    """The scores of the items *chosen* for each learner, and of each one's best of the rest."""
    best = BestWorks(rankers, keep=BEST)
    for columns in _columns(db, model, now):
        best.add(columns)
    columns = ranking.columns_of(shared, load_lean(model), now)
    named = zip(rankers, best.tables, chosen, strict=True)
    return [with_best(ranker, columns, own, table) for ranker, table, own in named]


def with_best(ranker: Ranker, items: ItemColumns, chosen: AbstractSet[str], best: Table) -> ScoreTable:
    """A learner's scores of the *chosen* ones of some items, and of their best works elsewhere."""
    rows = np.array([row for row, item_id in enumerate(items.item_ids.tolist()) if item_id in chosen], np.intp)
    scores, known = ranker.score(items, rows), items.item_ids[rows].tolist()
    held = set(known)
    rest = np.array([item_id not in held for item_id in best.item_ids], np.bool_)
    item_ids = [*known, *best.item_ids[rest].tolist()]
    return ScoreTable(item_ids=item_ids, scores=ranking.joined([scores, best.scores(list(scores.parts), rest)]))


def _columns(db: Connection, model: Embedder, now: datetime) -> Iterator[ItemColumns]:
    lean = load_lean(model)
    for part in vectors.slices(db, model.name, model.dimensions):
        yield ranking.columns_of(part, lean, now)
