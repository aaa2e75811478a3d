"""The scores that a bucket's issues are picked by, as one machine's ranking of many learners would store them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.arrays import Floats
from digest.cluster.dataset import Dataset
from digest.cluster.issue_plan import IssuePlan
from digest.cluster.learners import ClusterLearner
from digest.judge.embedding import Embedder, load_model
from digest.judge.focus import read_focus
from digest.judge.reference_texts import REFERENCE_TEXTS
from digest.store.archive import Connection
from digest.workflows import ranking
from digest.workflows.ranking import Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketScores:
    """What the ranking of some learners left."""

    plan: IssuePlan
    model: Embedder
    #: the mean of the reference texts
    usual: Floats
    #: the items that they have scores for beside those of the last weeks
    item_ids: Sequence[str] = ()

    def put(self, db: Connection, one: ClusterLearner) -> Ranked:
        """Store one learner's scores in the archive that the issue is built in."""
        model = self.model
        focus = read_focus(one.config.focus, model)
        table = ranking.score(db, one.config, focus, model, self.plan.moment)
        ranking.save(db, table)
        return Ranked(items=len(table.item_ids), model=model, focus=focus, nearest=table.nearest, everything=True)


def scores_of(dataset: Dataset, plan: IssuePlan, learners: Sequence[str]) -> BucketScores:
    model = load_model("bundled", folder=Path())
    return BucketScores(plan=plan, model=model, usual=model.encode(REFERENCE_TEXTS).mean(axis=0))
