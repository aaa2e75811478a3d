"""Everything once, for an institution: what one `digest run` does, with the work of many learners on many machines.

    sources | ask | spools          workers, by shards of hosts
    spools | store | export         the driver: one writer of the archive
    items | embed | vectors         workers, by files
    foci | rank | issue             workers, by buckets of learners
    issues | store | deliver        the driver

A run that was cut short is continued by the next: what is done is there, and no mail is sent twice. Where a bucket of
learners fails in that one too, they wait for the run after it, which asks the sources again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from digest.cluster.cleaning import remove_superseded
from digest.cluster.dataset import MANIFEST, Dataset
from digest.cluster.deliver import DeliveryReport, deliver_issues, take_in_issues
from digest.cluster.embed import embed_dataset
from digest.cluster.engine import Engine
from digest.cluster.export import Exported, export_dataset
from digest.cluster.fetching import FetchReport, fetch_all_shards, store_spools
from digest.cluster.issuing import close_plan, is_open, issue_dataset
from digest.cluster.runner import StepResult
from digest.cluster.source_files import write_sources
from digest.config import Config
from digest.store import locks, verdicts
from digest.store import sources as source_rows
from digest.workflows import building, feedback, mail_feedback, projects, schedule
from digest.workflows.ingesting import RoundResult
from digest.workflows.opening import opened

Progress = Callable[[str, int, int], None]
#: Only one process at a time runs a cluster's steps for an archive.
TASK = "cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRun:
    """What a run came to."""

    #: whether it went on with one that was cut short
    continued: bool = False
    fetched: FetchReport | None = None
    stored: RoundResult | None = None
    exported: Exported | None = None
    steps: tuple[StepResult, ...] = ()
    #: issues that are in the archive now
    issues: int = 0
    delivered: DeliveryReport | None = None
    #: one line each: what went wrong beside
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return any(step.failures for step in self.steps)


def run_cluster(
    config: Config,
    dataset: Dataset,
    engine: Engine,
    now: datetime,
    *,
    end_period: bool = False,
    wait: float = 10.0,
    progress: Progress = lambda stage, done, total: None,
) -> ClusterRun:
    """Fetch, store, export, embed, rank, write the issues that are due, and deliver them.

    *end_period* ends everybody's period now. Raises DigestError where the archive or the dataset cannot be used;
    what is wrong with one shard is among the failures, and ends the run before the next step.
    """
    with locks.hold(config.archive, TASK, wait=wait):
        if is_open(dataset):
            return _issues(config, dataset, engine, now, ClusterRun(continued=True), end_period, wait, progress)
        done = _gather(config, dataset, engine, now, wait, progress)
        embedded = embed_dataset(dataset, engine, folder=config.folder, progress=progress)
        done = replace(done, steps=(embedded,))
        if embedded.failures or not building.can_begin(config, wait=wait):
            return replace(done, delivered=deliver_issues(config, now, wait=wait, progress=progress))
        return _issues(config, dataset, engine, now, done, end_period, wait, progress)


def fetch_dataset(
    config: Config,
    dataset: Dataset,
    engine: Engine,
    now: datetime,
    *,
    wait: float = 10.0,
    progress: Progress = lambda stage, done, total: None,
) -> FetchReport:
    """Ask the sources that are due; what they say stays in the dataset until the next round or run stores it.

    DigestError as above.
    """
    with locks.hold(config.archive, TASK, wait=wait):
        dataset.check()
        if store_spools(dataset, config, wait=wait).asked:  # their states say what is due now
            with opened(config, wait=wait, read_only=True) as db:
                write_sources(dataset, config.sources, source_rows.states(db))
        return _fetch(config, dataset, engine, now, wait, progress)


def _fetch(
    config: Config, dataset: Dataset, engine: Engine, now: datetime, wait: float, progress: Progress
) -> FetchReport:
    with opened(config, wait=wait) as db:
        since = schedule.news_since(config, verdicts.last_ends(db), now)
    return fetch_all_shards(dataset, engine, config, now, period_start=since, progress=progress)


def _gather(
    config: Config, dataset: Dataset, engine: Engine, now: datetime, wait: float, progress: Progress
) -> ClusterRun:
    """Ask the sources, store what they said and what learners said, and export what is new."""
    with opened(config, wait=wait):
        pass  # the first run makes the archive
    if dataset.exists(MANIFEST):  # of a round before, whose sources are not due again
        store_spools(dataset, config, wait=wait)
    exported = export_dataset(config, dataset, wait=wait)  # sources of sources.toml that are new
    fetched = _fetch(config, dataset, engine, now, wait, progress)
    stored = store_spools(dataset, config, wait=wait)
    problems = _hear(config, now, wait=wait)
    exported = export_dataset(config, dataset, wait=wait, step=lambda name: progress(f"export {name}", 0, 1))
    return ClusterRun(fetched=fetched, stored=stored, exported=exported, problems=tuple(problems))


def _hear(config: Config, now: datetime, *, wait: float) -> list[str]:
    """Take in the marks that came by mail and by boxes, and begin projects that are new; what went wrong."""
    learners = config.learners
    mail = mail_feedback.collect_all(learners, now, wait=wait)
    problems = [one.problem for one in mail.values() if one.problem]
    for one in learners:
        feedback.read_checkboxes(one, now, wait=wait)
        if told := projects.look_up(one, now, wait=wait):
            problems.append(f"{one.learner.name}: {told}")
    return problems


def _issues(
    config: Config,
    dataset: Dataset,
    engine: Engine,
    now: datetime,
    done: ClusterRun,
    end_period: bool,
    wait: float,
    progress: Progress,
) -> ClusterRun:
    """Rank and build, store the issues, and deliver."""
    with opened(config, wait=wait) as db:
        began = verdicts.began_at(db)
    built = issue_dataset(
        dataset, engine, now, folder=config.folder, began=began, all_now=end_period, progress=progress
    )
    taken = take_in_issues(config, dataset, built.tasks, wait=wait)
    if done.continued or not built.failed:  # what fails twice would keep all later runs at this moment
        close_plan(dataset, built.plan)
    if not built.failed:
        remove_superseded(dataset, built.ranking)
    delivered = deliver_issues(config, now, wait=wait, progress=progress)
    problems = (*done.problems, *built.problems)
    steps = (*done.steps, *built.steps)
    return replace(done, steps=steps, issues=len(taken), delivered=delivered, problems=problems)
