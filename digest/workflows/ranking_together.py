"""Rank several learners over one archive: its vectors are read once for all of them.

While learners times items stay within `EVERYTHING`, each learner has a score for every item, as one alone has. Beyond
that each has scores for what counts: the items of the last weeks, what was marked or shown, and the nearest of the
rest. Those are the scores that ranking alone gives, from the same model of the learner.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats
from digest.compose.themes import WEEKS
from digest.config import Config
from digest.judge.embedding import Embedder, load_reranker
from digest.judge.focus import FocusModel, read_focus
from digest.judge.lean import load_lean
from digest.judge.mark_weights import MarkedItems
from digest.judge.pseudo_relevance_feedback import NearestWorks, expanded_by
from digest.judge.relevance import declared_only
from digest.judge.scoring import score_leaning
from digest.store import archive, history, items, vectors
from digest.store.archive import Connection, acting_for
from digest.store.vectors import Slice
from digest.workflows import ranking
from digest.workflows.marked_items import Sample, learn_from, read_marked
from digest.workflows.opening import opened
from digest.workflows.ranking import BACKGROUND, MarkValues, Progress, Ranked, ScoreTable
from digest.workflows.reranking_together import rerank

#: Learners times items up to which every item is scored for everybody. Beyond it, storing all scores takes longer
#: than everything else: some seconds a learner for 200,000 items.
EVERYTHING = 500_000
#: What is recent: the weeks that themes look back on, and one more.
_RECENT = timedelta(weeks=WEEKS + 1)
#: Older items that each slice of the archive nominates for a learner: so many near the focus, so many near the likes.
_NOMINATED = 128
_LONG_AGO = timedelta(days=36_500)


@dataclass(slots=True, kw_only=True)
class Ranking:
    """One learner's ranking under way."""

    config: Config
    focus: FocusModel
    marks: MarkValues
    marked: MarkedItems
    nearest: NearestWorks
    #: what is near, slice by slice, and not scored for everybody
    nominated: list[Slice] = field(default_factory=list)

    def add(self, part: Slice, shared: AbstractSet[str]) -> None:
        """Take in a slice of the archive; the items of *shared* need not be nominated."""
        self.nearest.add(part.vectors)
        liked = self.marked.values > 0
        targets = [self.focus.query, *([self.marked.vectors[liked].mean(axis=0)] if liked.any() else [])]
        rows = np.unique(np.concatenate([_nearest(part.vectors @ target) for target in targets]))
        fresh = [row for row in rows if part.item_ids[row] not in shared]
        self.nominated.append(part.take(np.array(fresh, dtype=np.intp)))

    def scored(self, shared: Slice, sample: Sample, model: Embedder, now: datetime) -> ScoreTable:
        """The scores of what is shared and of what was nominated."""
        part = vectors.joined([shared, *self.nominated])
        expanded = expanded_by(declared_only(self.focus), self.nearest)
        relevance_model = learn_from(self.marked, expanded, self.marks, sample)
        lean = load_lean(model).probability(part.vectors)
        batch = ranking.batch_of(part, self.marks, self.config, now)
        return ScoreTable(item_ids=part.item_ids, scores=score_leaning(relevance_model, lean, batch))


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
    with opened(first, wait=wait) as db:
        count, _ = items.counts(db)
    if len(learners) == 1 or count * len(learners) <= EVERYTHING:
        return {one.learner_id: ranking.rank(one, model, now, wait=wait, progress=progress) for one in learners}
    with opened(first, wait=wait) as db:
        rankings, shared, sample = _gather(db, learners, model, now)
    total = rankings[0].nearest.count
    tables = {one.config.learner_id: one.scored(shared, sample, model, now) for one in rankings}
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
    focuses = {one.config.learner_id: one.focus for one in rankings}
    return {
        learner: Ranked(items=total, model=model, focus=focus, nearest=nearest[learner], everything=False)
        for learner, focus in focuses.items()
    }


def _gather(
    db: Connection, learners: Sequence[Config], model: Embedder, now: datetime
) -> tuple[list[Ranking], Slice, Sample]:
    """Every learner's ranking after one pass over the archive, the items that are scored for all, and a sample."""
    wanted = set(items.recent_ids(db, since=now - _RECENT))
    marks: dict[str, MarkValues] = {}
    for config in learners:
        with acting_for(db, config.learner_id):
            marks[config.learner_id] = ranking.read_marks(db, now)
            wanted |= marks[config.learner_id].values.keys() | set(history.shown_since(db, now - _LONG_AGO))
    read = list(vectors.slices(db, model.name, model.dimensions, only=sorted(wanted)))
    shared = vectors.joined(read) if read else vectors.no_items(model.dimensions)
    rankings = [_begun(config, model, marks[config.learner_id], shared) for config in learners]
    known = set(shared.item_ids)
    for part in vectors.slices(db, model.name, model.dimensions):
        for one in rankings:
            one.add(part, known)
    most = BACKGROUND + max(len(one.values) for one in marks.values())
    return rankings, shared, Sample(*vectors.named_sample(db, model.name, model.dimensions, count=most))


def _begun(config: Config, model: Embedder, marks: MarkValues, shared: Slice) -> Ranking:
    focus, marked = read_focus(config.focus, model), read_marked(shared, marks)
    nearest = NearestWorks(focus, marked.vectors[marked.values < 0])
    return Ranking(config=config, focus=focus, marks=marks, marked=marked, nearest=nearest)


def _nearest(cosines: Floats) -> NDArray[np.intp]:
    """Rows of the items nearest to one direction."""
    if len(cosines) <= _NOMINATED:
        return np.arange(len(cosines))
    rows: NDArray[np.intp] = np.argpartition(-cosines, _NOMINATED)[:_NOMINATED]
    return rows
