"""A run of issues: ranked and built by workers at one moment, which a run that was cut short keeps to."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.embed import model_to_use
from digest.cluster.engine import Engine
from digest.cluster.index import Index, read_index
from digest.cluster.issue import AT_MOST, ISSUES, PROBLEMS, IssueTask, issue_bucket, issue_tasks
from digest.cluster.issue_plan import IssuePlan, inputs_of, make_plan, publish_plan, read_plan
from digest.cluster.rank import run_plan
from digest.cluster.rank_plan import RankPlan, plan_ranking
from digest.cluster.runner import StepResult, run_step, without_output
from digest.cluster.slices import place_of
from digest.config import Embedding
from digest.judge.embedding import load_reranker
from digest.store.issue_slice import first_seen, last_ends
from digest.workflows.schedule import compared_since

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRun:
    """The tasks of one run, and what its steps did."""

    plan: IssuePlan
    ranking: RankPlan
    tasks: Sequence[IssueTask]
    steps: tuple[StepResult, ...]
    #: one line for each learner whose issue could not be built
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return any(step.failures for step in self.steps)


def issue_dataset(
    dataset: Dataset,
    engine: Engine,
    now: datetime,
    *,
    folder: Path,
    began: datetime | None = None,
    all_now: bool = False,
    at_most: int = AT_MOST,
    progress: Progress = lambda stage, done, total: None,
) -> IssueRun:
    """Rank everything for everybody, and build the issues that are due at *now*, or all of them; nothing is delivered.

    A run that was cut short goes on, at its own moment, while the dataset is as it was. *began* is when the archive's
    first answer came, by default when its first item was seen. Raises DatasetError and ModelError.
    """
    plan = _open_plan(dataset)
    if plan is None or (all_now and not plan.all_now):  # that one may leave out who is not due
        plan = _new_plan(dataset, now, folder=folder, began=began, all_now=all_now)
        publish_plan(dataset, plan)
    ranking = _ranking(dataset, plan)
    tasks = issue_tasks(dataset, plan, ranking.buckets, at_most=at_most)
    steps = run_plan(ranking, engine, progress=progress) if without_output(tasks) else []
    if not any(step.failures for step in steps):
        steps = [*steps, run_step("issue", engine, issue_bucket, tasks, progress=progress)]
    return IssueRun(
        plan=plan, ranking=ranking, tasks=tasks, steps=tuple(steps), problems=tuple(_problems(dataset, plan, tasks))
    )


def _problems(dataset: Dataset, plan: IssuePlan, tasks: Sequence[IssueTask]) -> Iterator[str]:
    names = [f"{task.folder}/{PROBLEMS}" for task in tasks]
    there = set(dataset.files(f"{ISSUES}/period={plan.period}", PROBLEMS)) & set(names)
    for name in sorted(there):
        yield from (f"{learner}: {told}" for learner, told in json.loads(dataset.read(name)).items())


def is_open(dataset: Dataset) -> bool:
    """Whether a run was cut short and can go on: nothing new was exported since it began."""
    return _open_plan(dataset) is not None


def close_plan(dataset: Dataset, plan: IssuePlan) -> None:
    """Let the next run begin at its own moment."""
    publish_plan(dataset, replace(plan, closed=True))


def _open_plan(dataset: Dataset) -> IssuePlan | None:
    plan = read_plan(dataset)
    return plan if plan and not plan.closed and plan.inputs == inputs_of(dataset, read_index(dataset)) else None


def _new_plan(dataset: Dataset, now: datetime, *, folder: Path, began: datetime | None, all_now: bool) -> IssuePlan:
    index = read_index(dataset)
    model, weights, _ = model_to_use(dataset, folder=folder)
    return make_plan(
        dataset,
        index,
        now,
        since=compared_since(_ends(dataset, index), now),
        folder=str(folder),
        model=model,
        weights=weights,
        reranker=_reranker(index, folder),
        began=began or _first_seen(dataset, index),
        all_now=all_now,
    )


def _reranker(index: Index, folder: Path) -> tuple[str, str]:
    """The model that reads the best again as it is declared, and the name of its weights; both "" where none does."""
    told = Embedding.model_validate(json.loads(index.settings).get("embedding", {}))
    declared = told.second_opinion or told.reranker
    opened = load_reranker(declared, folder=folder)
    return (declared, opened.name) if opened else ("", "")


def _ends(dataset: Dataset, index: Index) -> list[datetime]:
    """Where each learner's present period begins, as far as they had an issue."""
    if not index.rows.get("learners.parquet"):
        raise DatasetError(f"{dataset.address}: has no learners; `digest export --by week` writes them")
    return last_ends(place_of(dataset))


def _first_seen(dataset: Dataset, index: Index) -> datetime | None:
    files = index.items()
    seen = first_seen(place_of(dataset), [one.name for one in files if one.week == files[0].week])
    return seen.replace(tzinfo=UTC) if seen else None


def _ranking(dataset: Dataset, plan: IssuePlan) -> RankPlan:
    return plan_ranking(dataset, plan.moment, period=plan.period, model=plan.model, folder=Path(plan.folder))
