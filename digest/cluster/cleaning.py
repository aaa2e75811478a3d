"""What no later run reads: the parts that a ranking was put together from, and those of foci and files that are gone."""

from digest.cluster.dataset import Dataset
from digest.cluster.rank_plan import RankPlan

#: Parts that the next ranking takes up again where foci, marks and files are as they were.
_LASTING = ("focus", "marked", "nearest_parts", "nearest")
#: Each learner's best of a group of files, at one moment.
_PASSING = "rank_parts"


def remove_superseded(dataset: Dataset, ranking: RankPlan) -> None:
    """Remove the parts that a finished ranking does not name, and what killed workers left beside them.

    For one process at a time, while no ranking is under way; a suspended worker that goes on finds its draft gone.
    """
    named = {task.output for step in (ranking.focus, ranking.marked, ranking.nearest, ranking.learn) for task in step}
    for folder in (*_LASTING, _PASSING):
        dataset.remove(name for name in dataset.files(folder) if name not in named)
        dataset.remove_drafts(folder)
