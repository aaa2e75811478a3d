"""`digest cluster issue` and `run`: issues for all learners of a dataset, and everything from fetching to delivery."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.options import WAIT, ConfigOption, NowOption, WaitOption, configuration, moment

if TYPE_CHECKING:
    from digest.cluster.engine import Engine
    from digest.cluster.run import ClusterRun

AllOption = Annotated[
    bool, typer.Option("--issue", help="End everybody's period now, and write all issues, even if none is due.")
]
Progress = Callable[[str, int, int], None]


def report_run(done: "ClusterRun") -> bool:
    """Print what a run came to; whether nothing failed."""
    from digest.commands.cluster import report
    from digest.commands.output import print_sentence, warn

    if done.continued:
        print_sentence("Going on with a run that was cut short; sources are asked by the next one.")
    for told in done.problems:
        warn(told)
    if done.fetched is not None:
        for told in done.fetched.problems:
            warn(told)
        print_sentence(f"fetch: {done.fetched.asked:,} sources asked, {done.fetched.failed:,} failed")
    if done.exported is not None:
        print_sentence(f"export: {done.exported.items:,} items, {done.exported.written:,} files written")
    succeeded = [report(step) for step in done.steps]
    print_sentence(f"issues: {done.issues:,} new in the archive")
    if done.delivered is not None:
        for told in (*done.delivered.failures, *done.delivered.doubtful):
            warn(told)
        print_sentence(f"deliver: {done.delivered.sent:,} sent, {len(done.delivered.failures):,} failed")
    return all(succeeded) and not (done.delivered and done.delivered.failures)


def issue_step(
    dataset: str, now: datetime, *, all_now: bool
) -> "Callable[[Engine, Progress], ClusterRun]":
    """Ranks and builds; nothing is delivered."""

    def step(opened: "Engine", progress: Progress) -> "ClusterRun":
        from digest.cluster.dataset import Dataset
        from digest.cluster.issuing import issue_dataset
        from digest.cluster.run import ClusterRun

        done = issue_dataset(
            Dataset(dataset), opened, now, folder=Path.cwd(), all_now=all_now, progress=progress
        )
        return ClusterRun(steps=done.steps)

    return step


def run_step(
    context: typer.Context, config: ConfigOption, dataset: str, now: NowOption, *, all_now: bool, wait: WaitOption = WAIT
) -> "Callable[[Engine, Progress], ClusterRun]":
    """Everything, for the archive of a sources.toml."""
    settings = configuration(context, config)

    def step(opened: "Engine", progress: Progress) -> "ClusterRun":
        from digest.cluster.dataset import Dataset
        from digest.cluster.run import run_cluster

        return run_cluster(
            settings, Dataset(dataset), opened, moment(now), end_period=all_now, wait=wait, progress=progress
        )

    return step
