"""The scores that a bucket's issues are picked by: those that one machine's ranking of many learners would store."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from digest.cluster.dataset import Dataset
from digest.cluster.index import Index
from digest.cluster.issue_plan import IssuePlan
from digest.cluster.nearest import ClusterRanker, read_rankers
from digest.cluster.ranks import read_ranks
from digest.config import Config
from digest.errors import ModelError
from digest.judge.best_works import NOTHING, Table
from digest.judge.embedding import Embedder, load_model, load_reranker
from digest.judge.item_columns import ItemColumns
from digest.judge.lean import load_lean
from digest.store import items, vectors
from digest.store.archive import Connection, acting_for
from digest.workflows import ranking, ranking_together
from digest.workflows.ranking import Ranked, ScoreTable
from digest.workflows.reranking_together import Reranking, choose, rerank_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What the ranking left of some learners."""

    rankers: dict[str, ClusterRanker]
    best: dict[str, Table]

    @property
    def item_ids(self) -> list[str]:
        """The best works of all of them."""
        return sorted({item_id for table in self.best.values() for item_id in table.item_ids.tolist()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Scores the items of a bucket's archive for its learners."""

    ranking: Ranking
    model: Embedder
    #: how many items the whole dataset has
    total: int
    items: ItemColumns
    #: the items of the last weeks
    recent: AbstractSet[str]
    #: by learner, what they marked or were shown
    own: dict[str, AbstractSet[str]]

    def table(self, learner: str) -> ScoreTable:
        """One learner's scores by the first model."""
        known, best = self.ranking.rankers[learner], self.ranking.best.get(learner, NOTHING)
        return ranking_together.with_best(known.ranker, self.items, self.recent | self.own[learner], best)

    def put(self, db: Connection, learner: str, reranking: Reranking | None) -> Ranked:
        """Store one learner's scores; the connection acts for them."""
        table = self.table(learner)
        ranking.save(db, reranking.applied(learner, table) if reranking else table)
        focus = self.ranking.rankers[learner].focus
        return Ranked(items=self.total, model=self.model, focus=focus, nearest=table.nearest, everything=False)


def read_ranking(dataset: Dataset, focuses: str, models: str, ranks: str, learners: Sequence[str]) -> Ranking:
    """The rankers and best works of some learners of one bucket. Raises DatasetError."""
    return Ranking(
        rankers={one.learner: one for one in read_rankers(dataset, focuses, models, learners)},
        best=dict(read_ranks(dataset, ranks, learners)),
    )


def scorer(
    db: Connection, held: Ranking, model: Embedder, index: Index, learners: Sequence[str], now: datetime
) -> Scorer:
    """Read the items of an archive that these learners have scores for."""
    recent = set(items.recent_ids(db, since=now - ranking_together.RECENT))
    own: dict[str, AbstractSet[str]] = {}
    for learner in learners:
        with acting_for(db, learner):
            own[learner] = ranking.read_marks(db, now).values.keys() | ranking_together.shown(db, now)
    wanted = sorted(recent.union(*own.values()))
    parts = list(vectors.slices(db, model.name, model.dimensions, only=wanted))
    part = vectors.joined(parts) if parts else vectors.no_items(model.dimensions)
    return Scorer(
        ranking=held,
        model=model,
        total=sum(one.rows for one in index.items()),
        items=ranking.columns_of(part, load_lean(model), now),
        recent=recent,
        own=own,
    )


def reread(db: Connection, scores: Scorer, learners: Sequence[Config], plan: IssuePlan) -> Reranking | None:
    """What the second model makes of these learners' best new items; None where there is none, or nobody to read for.

    It reads each text once a bucket. The scores of all of them at once would not fit into a worker's memory, so they
    are computed again when they are stored. ModelError where this machine has other weights than the plan names.
    """
    if not (plan.reranker and learners):
        return None
    model = opened_reranker(plan.reranker, plan.folder)
    if model is None or model.name != plan.reranker_weights:
        found = model.name if model else "missing"
        raise ModelError(
            f"reranker {plan.reranker!r} is {found} here, and {plan.reranker_weights} where the command runs"
        )
    chosen = {one.learner_id: choose(db, one, scores.table(one.learner_id), plan.moment) for one in learners}
    return rerank_open(db, learners, model, chosen, scores.total, plan.moment)


@lru_cache(maxsize=1)
def opened_reranker(name: str, folder: str) -> Embedder | None:
    """The second model, read once a process."""
    return load_reranker(name, folder=Path(folder))


@lru_cache(maxsize=1)
def opened_model(name: str, folder: str) -> Embedder:
    """The embedding model, read once a process."""
    return load_model(name, folder=Path(folder))
