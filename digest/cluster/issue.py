"""Build issues: a task a bucket of learners, whose files and rows are those that one machine would have written.

    issues/period=2026-W47/bucket=003/KEY/LEARNER/2026-W47.md      the issue in each format that [digest] asks for
    issues/period=2026-W47/bucket=003/KEY/problems.json            whose could not be built, and why
    receipts/period=2026-W47/bucket=003/KEY.parquet                written last: what the archive will know of them

Nothing in it is delivered: the driver takes the rows into the archive, and delivers from there.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from digest.cluster import parquet
from digest.cluster.dataset import Dataset, DatasetError, key
from digest.cluster.index import read_index
from digest.cluster.issue_plan import IssuePlan, inputs_of
from digest.cluster.issue_scores import Scorer, opened_model, read_ranking, reread, scorer
from digest.cluster.issue_slices import Bucket, opened_bucket
from digest.cluster.learners import buckets
from digest.cluster.rank_plan import BucketFiles
from digest.cluster.tasks import Result
from digest.config import Config
from digest.deliver import files
from digest.errors import DigestError
from digest.printable import one_line
from digest.records import Issue
from digest.store.archive import acting_for, undone
from digest.store.issue_rows import no_rows, rows_of_issue
from digest.workflows import building, calendars, schedule
from digest.workflows.reranking_together import Reranking
from digest.workflows.shared_reading import SharedReading

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")

#: Raised when the same input gives other files.
REVISION = 2
ISSUES, RECEIPTS = "issues", "receipts"
#: Beside the learners' folders: whose issue could not be built, and why.
PROBLEMS = "problems.json"
#: Learners a task at most: making the worker's archive takes seconds, and their results lie in its memory.
AT_MOST = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTask:
    """The issues of one bucket of learners."""

    dataset: Dataset
    plan: IssuePlan
    learners: tuple[str, ...]
    #: what the ranking left of their bucket
    focuses: str
    models: str
    ranks: str
    output: str
    name: str

    @property
    def folder(self) -> str:
        """Where the issues' files are."""
        return f"{ISSUES}/{self.output.removeprefix(f'{RECEIPTS}/').removesuffix('.parquet')}"


def issue_tasks(
    dataset: Dataset, plan: IssuePlan, ranked: Sequence[BucketFiles], *, at_most: int = AT_MOST
) -> list[IssueTask]:
    """A task for each part of the buckets that were ranked."""
    parts = [(number, held, some) for number, held in enumerate(ranked) for some in buckets(held.learners, at_most)]
    tasks = []
    for number, held, some in parts:
        folder = f"period={plan.period}/bucket={number:03}"
        name = key(plan.key, held.focuses, held.models, held.ranks, *some, REVISION)
        tasks.append(
            IssueTask(
                dataset=dataset,
                plan=plan,
                learners=some,
                focuses=held.focuses,
                models=held.models,
                ranks=held.ranks,
                output=f"{RECEIPTS}/{folder}/{name}.parquet",
                name=f"bucket={number:03} {some[0]}..{some[-1]}",
            )
        )
    return tasks


def issue_bucket(task: IssueTask) -> Result:
    """Build the issues that are due in one bucket. DatasetError where the dataset lacks what they are made of.

    One learner's failure is a line, and stops no other.
    """
    dataset, plan = task.dataset, task.plan
    _refuse_change(dataset, plan)
    held = read_ranking(dataset, task.focuses, task.models, task.ranks, task.learners)
    model = opened_model(plan.model, plan.folder)
    problems: dict[str, str] = {}
    with opened_bucket(dataset, plan, task.learners, held.item_ids) as bucket:
        reading = _reading(dataset, plan)
        reading.once("states", lambda: bucket.declared.states)
        reading.settle(bucket.db, model, next(iter(held.rankers.values())).focus.reference.mean(axis=0))
        scores = scorer(bucket.db, held, model, bucket.index, task.learners, plan.moment)
        configs = [one.config for one in bucket.learners]
        due = [one for one in configs if _guarded(problems, one, partial(_is_due, bucket, plan, one))]
        scored = _Scored(scores, reread(bucket.db, scores, due, plan))
        built = [_guarded(problems, one, partial(_build, bucket, task, one, scored, reading)) for one in due]
        schema = no_rows(bucket.db).schema
    _refuse_change(dataset, plan)
    dataset.publish_bytes(f"{task.folder}/{PROBLEMS}", json.dumps(problems, indent=1, ensure_ascii=False).encode())
    pieces = (one for rows in built if rows is not None for one in rows.to_batches())
    written = parquet.publish_pieces(dataset, task.output, schema, pieces)
    left = len(task.learners) - written - len(problems)
    told = [f"{left} not due"] * bool(left) + [f"{one}: {why}" for one, why in problems.items()]
    return Result(rows=written, note="; ".join(told))


def _refuse_change(dataset: Dataset, plan: IssuePlan) -> None:
    """Raise DatasetError where something was exported since the run began: its names would promise what was there then."""
    if inputs_of(dataset, read_index(dataset)) != plan.inputs:
        raise DatasetError(f"{dataset.address}: has changed since the run began; run it again")


def _is_due(bucket: Bucket, plan: IssuePlan, one: Config) -> bool:
    with acting_for(bucket.db, one.learner_id):
        return plan.all_now or schedule.due_at(bucket.db, one, plan.moment, began=plan.first_answer) <= plan.moment


class _Scored(NamedTuple):
    """What the learners' scores come from."""

    scores: Scorer
    reranking: Reranking | None


def _guarded(problems: dict[str, str], one: Config, act: Callable[[], T]) -> T | None:
    """What *act* returns for one learner; None where it fails, which is a line among the *problems*."""
    try:
        return act()
    except (DatasetError, MemoryError):
        raise  # it is no learner's fault, and another try may do
    except DigestError as error:
        problems[one.learner_id] = one_line(str(error))
    except Exception as bug:
        problems[one.learner_id] = one_line(f"a bug: {bug!r}")
    return None


def _build(bucket: Bucket, task: IssueTask, one: Config, scored: _Scored, reading: SharedReading) -> "pa.Table":
    """Build one learner's issue, publish its files, and return its rows."""
    db, now = bucket.db, task.plan.moment
    with acting_for(db, one.learner_id), undone(db):
        ranked = scored.scores.put(db, one.learner_id, scored.reranking)
        issue = building.build_in(db, one, ranked, now, reading)
        _publish_files(task, one, issue)
        if one.digest.calendar:
            made = calendars.file_of(db, one, now)
            task.dataset.publish_bytes(f"{task.folder}/{one.learner_id}/{calendars.FILE}", made.text)
        return rows_of_issue(db, issue.period, now, reading.settled)


def _publish_files(task: IssueTask, config: Config, issue: Issue) -> None:
    """Write an issue in the formats that the learner asks for."""
    for name in dict.fromkeys(config.digest.formats):
        file = files.path_of(Path(), issue.period, name)
        content = files.RENDERERS[name](issue).encode()
        task.dataset.publish_bytes(f"{task.folder}/{config.learner_id}/{file.name}", content)


@lru_cache(maxsize=1)
def _reading(dataset: Dataset, plan: IssuePlan) -> SharedReading:
    """What all buckets of a run read alike, kept in a worker from task to task."""
    return SharedReading(since=plan.compared_since)
