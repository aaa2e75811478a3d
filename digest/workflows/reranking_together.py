"""The second model's part for several learners: each text is embedded once, however many of them it is among the best of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from digest.config import Config
from digest.judge.embedding import Embedder
from digest.judge.focus import read_focus
from digest.judge.nearest_works import NearestWorks
from digest.judge.pseudo_relevance_feedback import expanded_by
from digest.judge.relevance import RelevanceModel, declared_only
from digest.judge.reranker import best_rows, rerank_adjustment
from digest.judge.scoring import with_reranking
from digest.store import items, vectors, verdicts
from digest.store.archive import Connection, acting_for
from digest.store.vectors import Slice
from digest.workflows import ranking
from digest.workflows.embedding import encode_texts
from digest.workflows.marked_items import Sample, learn_from
from digest.workflows.opening import opened
from digest.workflows.ranking import BACKGROUND, MarkValues, Progress, ScoreTable, marked_in

#: Texts embedded between two openings of the archive; a kill loses no more.
_TEXTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the second model reads for one learner."""

    item_ids: list[str]
    marks: MarkValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranking:
    """What some learners' foci and marks mean to the second model, and the items that it read for them."""

    chosen: Mapping[str, Chosen]
    part: Slice
    models: Mapping[str, RelevanceModel]

    def applied(self, learner: str, table: ScoreTable) -> ScoreTable:
        """One learner's scores with what the second model adds."""
        best = set(self.chosen[learner].item_ids)
        read = np.array([row for row, item_id in enumerate(self.part.item_ids) if item_id in best], dtype=np.intp)
        rows = np.array(table.rows([self.part.item_ids[row] for row in read]), dtype=np.intp)
        added = np.full(len(table.item_ids), np.nan, dtype=np.float32)
        relevance = self.models[learner].relevance(self.part.vectors[read])
        added[rows] = rerank_adjustment(table.scores.relevance[rows], relevance)
        return replace(table, scores=with_reranking(table.scores, added))


def rerank(
    learners: Sequence[Config],
    model: Embedder,
    tables: Mapping[str, ScoreTable],
    size: int,
    now: datetime,
    *,
    wait: float,
    progress: Progress,
) -> dict[str, ScoreTable]:
    """Combine the relevance of each learner's best new items with that from another model, as `ranking.rerank` does.

    *size* is the number of items in the archive, which is closed while the model works.
    """
    first = learners[0]
    with opened(first, wait=wait) as db:
        chosen = {one.learner_id: choose(db, one, tables[one.learner_id], now) for one in learners}
        texts = missing_texts(db, model, chosen.values(), now)
    for start in range(0, len(texts), _TEXTS):
        some = texts[start : start + _TEXTS]
        encoded = encode_texts(model, some)
        with opened(first, wait=wait) as db:
            vectors.save(db, model.name, [text_hash for text_hash, _, _ in some], encoded)
        progress(start + len(some), len(texts))
    with opened(first, wait=wait) as db:
        learned = learn_together(db, learners, model, chosen, size)
    return {learner: learned.applied(learner, table) for learner, table in tables.items()}


def rerank_open(
    db: Connection, learners: Sequence[Config], model: Embedder, chosen: Mapping[str, Chosen], size: int, now: datetime
) -> Reranking:
    """The same for what was *chosen* already, in an archive that nobody else waits for."""
    texts = missing_texts(db, model, chosen.values(), now)
    for start in range(0, len(texts), _TEXTS):
        some = texts[start : start + _TEXTS]
        vectors.save(db, model.name, [text_hash for text_hash, _, _ in some], encode_texts(model, some))
    return learn_together(db, learners, model, chosen, size)


def choose(db: Connection, config: Config, table: ScoreTable, now: datetime) -> Chosen:
    """The best of what no issue of this learner has considered."""
    with acting_for(db, config.learner_id):
        fresh = table.rows(items.fresh_ids(db, since=verdicts.last_end(db)))
        rows = np.array(fresh, dtype=np.intp)[best_rows(table.scores.relevance[fresh])]
        return Chosen(item_ids=[table.item_ids[row] for row in rows], marks=ranking.read_marks(db, now))


def missing_texts(
    db: Connection, model: Embedder, chosen: Iterable[Chosen], now: datetime
) -> list[tuple[int, str, str]]:
    """Hash, title and body of what *model* has to embed."""
    vectors.add_model(db, model.name, model.dimensions, now=now)
    vectors.remember_reranker(db, model.name)
    return vectors.missing(db, model.name, model.dimensions, only=_wanted(chosen))


def learn_together(
    db: Connection, learners: Sequence[Config], model: Embedder, chosen: Mapping[str, Chosen], size: int
) -> Reranking:
    """What was chosen, and what each learner's focus and marks mean to this model."""
    read = list(vectors.slices(db, model.name, model.dimensions, only=_wanted(chosen.values())))
    part = vectors.joined(read) if read else vectors.no_items(model.dimensions)
    focuses = {one.learner_id: read_focus(one.focus, model) for one in learners}
    marked = {learner: marked_in(part.item_ids, part.vectors, one.marks) for learner, one in chosen.items()}
    nearest = NearestWorks(
        list(focuses.values()), [marked[learner].vectors[marked[learner].values < 0] for learner in focuses]
    )
    for some in vectors.slices(db, model.name, model.dimensions):
        nearest.add(some.vectors, some.item_ids)
    most = BACKGROUND + max(len(one.marks.values) for one in chosen.values())
    sample = Sample(*vectors.named_sample(db, model.name, model.dimensions, count=most))
    models = {}
    for number, (learner, focus) in enumerate(focuses.items()):
        expanded = expanded_by(declared_only(focus), nearest.of(number), size=size)
        models[learner] = learn_from(marked[learner], expanded, chosen[learner].marks, sample)
    return Reranking(chosen=chosen, part=part, models=models)


def _wanted(chosen: Iterable[Chosen]) -> list[str]:
    return sorted({item for one in chosen for item in (*one.item_ids, *one.marks.values)})
