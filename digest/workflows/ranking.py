"""Score every embedded item in the archive under the current focus, marks and model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.judge.best_works import Ranker
from digest.judge.embedding import Embedder, load_reranker
from digest.judge.focus import FocusModel, read_focus
from digest.judge.item_columns import NEUTRAL, ItemColumns, ages, coded, flagged
from digest.judge.lean import LeanModel, load_lean
from digest.judge.mark_weights import MARK_VALUES, MarkedItems, learn, mark_value
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import RelevanceModel, RelevanceReader, declared_only
from digest.judge.reranker import best_rows, rerank_adjustment
from digest.judge.scoring import Scores, source_prior, weighted_prior, with_reranking
from digest.store import archive, items, vectors, verdicts
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection
from digest.workflows.embedding import encode_texts
from digest.workflows.opening import opened

#: Items without a mark that the liked ones are contrasted with.
BACKGROUND = 2_000
#: Items whose texts say which terms the focus could add.
_NEAREST = 40

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """How many items were ranked, and what the next steps need of the ranking."""

    items: int
    model: Embedder
    focus: FocusModel
    #: ids of the most relevant items, the most relevant first
    nearest: tuple[str, ...] = ()
    #: whether every item has a score, or only what counts for one of many learners
    everything: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """The scores of every item, one row each."""

    item_ids: list[str]
    scores: Scores

    def rows(self, chosen: Sequence[str]) -> list[int]:
        place = {item_id: row for row, item_id in enumerate(self.item_ids)}
        return [place[item_id] for item_id in chosen if item_id in place]

    @property
    def nearest(self) -> tuple[str, ...]:
        """The most relevant items, the most relevant first."""
        relevance = self.scores.relevance
        if not len(relevance):
            return ()
        last = max(len(relevance) - _NEAREST, 0)
        rows = np.flatnonzero(relevance >= np.partition(relevance, last)[last])
        order = sorted(rows, key=lambda row: (-relevance[row], self.item_ids[row]))
        return tuple(self.item_ids[row] for row in order[:_NEAREST])


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkValues:
    """The value of each marked item, and the trust in each source that follows from the marks."""

    values: Mapping[str, float]
    trust: Mapping[str, float]
    #: the values without decay, as if every mark were made today
    undecayed: Mapping[str, float]


def rank(
    config: Config, model: Embedder, now: datetime, *, wait: float = 10.0, progress: Progress = lambda done, total: None
) -> Ranked:
    """Score every item that *model* has embedded, and replace the stored scores.

    *progress* counts the texts that the reranker has to embed.
    """
    focus = read_focus(config.focus, model)
    with opened(config, wait=wait) as db:
        table = score(db, config, focus, model, now)
    nearest = table.nearest
    reranker = load_reranker(config.embedding.second_opinion or config.embedding.reranker, folder=config.folder)
    if reranker is not None:
        table = rerank(config, reranker, table, now, wait=wait, progress=progress)
    with opened(config, wait=wait) as db, archive.transaction(db):
        save(db, table)
        if reranker is None:
            vectors.remember_reranker(db, "")
    return Ranked(items=len(table.item_ids), model=model, focus=focus, nearest=nearest)


def score(db: Connection, config: Config, focus: FocusModel, model: Embedder, now: datetime) -> ScoreTable:
    """Score every item in the archive."""
    lean = load_lean(model)
    marks = read_marks(db, now)
    relevance_model = learn_relevance_model(db, focus, model, marks)
    item_ids: list[str] = []
    found: list[Scores] = []
    ranker = ranker_of(relevance_model, marks, config)
    for part in vectors.slices(db, model.name, model.dimensions):
        item_ids += part.item_ids
        found.append(ranker.score(columns_of(part, lean, now)))
    return ScoreTable(item_ids=item_ids, scores=joined(found))


def read_marks(db: Connection, now: datetime) -> MarkValues:
    """The current marks as values that decay with age, and the trust in sources that follows from them.

    The strongest mark of an item counts.
    """
    standing = mark_rows.marked_at(db)
    return weigh_marks(standing, items.sources_of(db, list(standing)), now)


def weigh_marks(
    standing: Mapping[str, Sequence[tuple[str, datetime]]], sources: Mapping[str, str], now: datetime
) -> MarkValues:
    """The same of marks that were read: by item id, each mark with its moment, and the source."""
    values = {one: max((mark_value(mark, at, now) for mark, at in held), key=abs) for one, held in standing.items()}
    undecayed = {one: max((MARK_VALUES[mark] for mark, _ in held), key=abs) for one, held in standing.items()}
    good, bad = dict[str, float](), dict[str, float]()
    for item_id, value in values.items():
        side = good if value > 0 else bad
        side[sources.get(item_id, "")] = side.get(sources.get(item_id, ""), 0.0) + abs(value)
    trust = {source: source_prior(good.get(source, 0.0), bad.get(source, 0.0)) for source in {*good, *bad}}
    return MarkValues(values=values, trust=trust, undecayed=undecayed)


def learn_relevance_model(
    db: Connection, focus: FocusModel, model: Embedder, marks: MarkValues, *, size: int | None = None
) -> RelevanceModel:
    """The focus with pseudo-relevance feedback from the archive and the learner's marks; *size* as in `with_pseudo_feedback`."""
    marked = marked_in(*_vectors_of(db, model, list(marks.values)), marks)
    relevance_model = with_pseudo_feedback(
        declared_only(focus), archive_vectors(db, model), disliked=marked.vectors[marked.values < 0], size=size
    )
    if not len(marked.values):
        return relevance_model
    background = vectors.sample(db, model.name, model.dimensions, count=BACKGROUND, without=list(marks.values))
    return learn(relevance_model, marked, background=background)


def marked_in(item_ids: Sequence[str], rows: Floats, marks: MarkValues) -> MarkedItems:
    """The marked items among some with their vectors [items, dimensions], by id."""
    places = sorted((item_id, place) for place, item_id in enumerate(item_ids) if item_id in marks.values)
    values = np.array([marks.values[item_id] for item_id, _ in places], dtype=np.float32)
    return MarkedItems(vectors=rows[[place for _, place in places]], values=values)


def rerank(
    config: Config, model: Embedder, table: ScoreTable, now: datetime, *, wait: float, progress: Progress
) -> ScoreTable:
    """Combine the relevance of the best new items with that from another model.

    That model also embeds every marked item, so that it learns from the same marks.
    """
    with opened(config, wait=wait) as db:
        fresh = table.rows(items.fresh_ids(db, since=verdicts.last_end(db)))
        rows = np.array(fresh, dtype=np.intp)[best_rows(table.scores.relevance[fresh])]
        chosen = [table.item_ids[row] for row in rows]
        marks = read_marks(db, now)
        vectors.add_model(db, model.name, model.dimensions, now=now)
        vectors.remember_reranker(db, model.name)
        texts = vectors.missing(db, model.name, model.dimensions, only=[*chosen, *marks.values])
    encoded = encode_texts(model, texts)  # a few hundred
    if texts:
        with opened(config, wait=wait) as db:
            vectors.save(db, model.name, [text_hash for text_hash, _, _ in texts], encoded)
        progress(len(texts), len(texts))
    focus = read_focus(config.focus, model)
    with opened(config, wait=wait) as db:
        relevance_model = learn_relevance_model(db, focus, model, marks, size=len(table.item_ids))
        read, read_vectors = _vectors_of(db, model, chosen)
    rows = np.array(table.rows(read), dtype=np.intp)
    added = np.full(len(table.item_ids), np.nan, dtype=np.float32)
    added[rows] = rerank_adjustment(table.scores.relevance[rows], relevance_model.relevance(read_vectors))
    return replace(table, scores=with_reranking(table.scores, added))


def save(db: Connection, table: ScoreTable) -> None:
    """Replace all stored scores."""
    columns = {name: getattr(table.scores, name) for name in ("relevance", "lean", "score")}
    score_rows.replace(db, table.item_ids, columns, table.scores.parts)


def archive_vectors(db: Connection, model: Embedder) -> Iterator[Floats]:
    for part in vectors.slices(db, model.name, model.dimensions):
        yield part.vectors


def _vectors_of(db: Connection, model: Embedder, item_ids: Sequence[str]) -> tuple[list[str], Floats]:
    """The items' ids and vectors [n, d], without those that have none."""
    parts = list(vectors.slices(db, model.name, model.dimensions, only=item_ids)) if item_ids else []
    if not parts:
        return [], np.empty((0, model.dimensions), dtype=np.float32)
    return [item_id for part in parts for item_id in part.item_ids], np.concatenate([part.vectors for part in parts])


def columns_of(part: vectors.Slice, lean: LeanModel, now: datetime) -> ItemColumns:
    """The items as the judge reads them for any learner."""
    sources, names = coded(part.sources)
    extras, kinds = flagged(part.extras)
    return ItemColumns(
        item_ids=np.array(part.item_ids, np.str_),
        vectors=part.vectors,
        leans=lean.probability(part.vectors),
        ages=ages(part.seconds, part.dated, now.timestamp()),
        sources=sources,
        source_names=names,
        extras=extras,
        kinds=kinds,
    )


def ranker_of(relevance_model: RelevanceModel, marks: MarkValues, config: Config) -> Ranker:
    """A learner as items are scored for them: with the trust in sources, and what they prefer."""
    weights = {source.name: source.weight for source in config.sources if source.weight != 1}
    return Ranker(
        reader=RelevanceReader(relevance_model),
        priors=priors_of(marks, weights),
        wanted=frozenset(config.focus.prefer),
    )


def priors_of(marks: MarkValues, weights: Mapping[str, float]) -> dict[str, float]:
    """The prior of each source that a learner's marks or the *weights* of sources speak of."""
    return {
        name: weighted_prior(marks.trust.get(name, NEUTRAL), weights.get(name, 1.0))
        for name in {**marks.trust, **weights}
    }


def joined(found: Sequence[Scores]) -> Scores:
    """Scores of several batches as one."""
    if not found:
        nothing = np.empty(0, dtype=np.float32)
        return Scores(relevance=nothing, lean=nothing, score=nothing, parts={})
    return Scores(
        relevance=np.concatenate([scores.relevance for scores in found]),
        lean=np.concatenate([scores.lean for scores in found]),
        score=np.concatenate([scores.score for scores in found]),
        parts={name: np.concatenate([scores.parts[name] for scores in found]) for name in found[0].parts},
    )
