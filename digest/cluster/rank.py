"""Rank a dataset for all of its learners: the steps of a plan, one after the other."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.cluster.dataset import Dataset
from digest.cluster.engine import Engine
from digest.cluster.focuses import embed_focuses
from digest.cluster.marked import gather_marked
from digest.cluster.nearest import find_nearest, learn_models
from digest.cluster.rank_plan import RankPlan, plan_ranking
from digest.cluster.ranks import merge_ranks, rank_group
from digest.cluster.runner import StepResult, run_step
from digest.judge.embedding import name_of_model

#: Gets the name of a step, and how many of its shards are done, and of how many.
Progress = Callable[[str, int, int], None]


def rank_dataset(
    dataset: Dataset,
    engine: Engine,
    now: datetime,
    *,
    period: str,
    model: str = "",
    folder: Path,
    progress: Progress = lambda stage, done, total: None,
) -> list[StepResult]:
    """Rank everything for everybody at *now*; what is there already is left alone.

    Returns what each step did. A step with failures is the last: those after it would lack its output. Raises
    DatasetError and ModelError.
    """
    plan = plan_ranking(dataset, now, period=period, model=model, folder=folder)
    return run_plan(plan, engine, progress=progress)


def run_plan(
    plan: RankPlan, engine: Engine, *, progress: Progress = lambda stage, done, total: None
) -> list[StepResult]:
    """Run the steps of a plan, up to the first that has failures."""
    static = all(name_of_model(one.model, folder=Path(one.folder))[1] for one in plan.focus[:1])
    steps: list[tuple[str, Callable[[Any], Any], Sequence[Any]]] = [
        ("focus", embed_focuses, plan.focus),
        ("marked", gather_marked, plan.marked),
        ("nearest", find_nearest, plan.nearest),
        ("learn", learn_models, plan.learn),
        ("rank", rank_group, plan.rank),
        ("merge", merge_ranks, plan.merge),
    ]
    done: list[StepResult] = []
    for name, function, tasks in steps:
        done.append(run_step(name, engine, function, tasks, resident=name == "focus" and not static, progress=progress))
        if done[-1].failures:
            break
    return done
