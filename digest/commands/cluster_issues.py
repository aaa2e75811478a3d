"""`digest cluster issue` and `run`: issues for all learners of a dataset, and everything from fetching to delivery."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.cluster import (
    AddressOption,
    DatasetArgument,
    EngineName,
    EngineOption,
    GpusOption,
    WorkersOption,
    report,
)
from digest.commands.help import add_command
from digest.commands.options import WAIT, ConfigOption, NowOption, WaitOption, configuration, moment

if TYPE_CHECKING:
    from digest.cluster.engine import Engine
    from digest.cluster.run import ClusterRun

Progress = Callable[[str, int, int], None]
EverybodyOption = Annotated[
    bool, typer.Option("--issue", help="End everybody's period now and write their issues, even if none is due.")
]


def register(app: typer.Typer) -> None:
    add_command(app, issue, "digest cluster issue /data/papers --issue", name="issue")
    add_command(
        app,
        run,
        "digest cluster run /data/papers",
        "digest cluster run s3://bucket/papers --engine ray --address auto",
        name="run",
    )


def issue(
    dataset: DatasetArgument,
    everybody: EverybodyOption = False,
    now: NowOption = None,
    engine: EngineOption = EngineName.LOCAL,
    address: AddressOption = "",
    workers: WorkersOption = None,
    gpus: GpusOption = 1.0,
) -> None:
    """Rank a dataset for all of its learners and write the issues that are due into it; nothing is delivered."""

    def step(opened: "Engine", progress: Progress) -> "ClusterRun":
        from digest.cluster.dataset import Dataset
        from digest.cluster.issuing import issue_dataset
        from digest.cluster.run import ClusterRun

        done = issue_dataset(
            Dataset(dataset), opened, moment(now), folder=Path.cwd(), all_now=everybody, progress=progress
        )
        return ClusterRun(steps=done.steps)

    _with_engine(step, engine, address, workers, gpus)


def run(
    context: typer.Context,
    dataset: DatasetArgument,
    everybody: EverybodyOption = False,
    now: NowOption = None,
    engine: EngineOption = EngineName.LOCAL,
    address: AddressOption = "",
    workers: WorkersOption = None,
    gpus: GpusOption = 1.0,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Do one full run for all learners: fetch, store, export, embed, rank, write the issues that are due, deliver.

    The archive is written, and mails are sent, by this process alone. A run that was cut short is continued by the
    next, and no mail is sent twice.
    """
    settings = configuration(context, config)

    def step(opened: "Engine", progress: Progress) -> "ClusterRun":
        from digest.cluster.dataset import Dataset
        from digest.cluster.run import run_cluster

        return run_cluster(
            settings, Dataset(dataset), opened, moment(now), end_period=everybody, wait=wait, progress=progress
        )

    _with_engine(step, engine, address, workers, gpus)


def _with_engine(
    step: "Callable[[Engine, Progress], ClusterRun]",
    engine: EngineName,
    address: str,
    workers: int | None,
    gpus: float,
) -> None:
    from digest.cluster.engines import opened_engine
    from digest.commands.output import progress_bars

    if engine == EngineName.LOCAL and address:
        raise typer.BadParameter("goes with --engine ray", param_hint="--address")
    if not sys.stderr.isatty():  # nobody sees a bar: a line a shard
        logging.getLogger("digest.cluster.runner").setLevel(logging.INFO)
    with opened_engine(engine, address=address, workers=workers, gpus=gpus) as opened, progress_bars() as progress:
        done = step(opened, progress)
    if not _report(done):
        raise typer.Exit(1)


def _report(done: "ClusterRun") -> bool:
    """Print what was done; whether nothing failed."""
    from digest.commands.output import print_sentence, warn

    if done.continued:
        print_sentence("A run that was cut short goes on; sources are asked by the next one.")
    for told in (*done.problems, *(done.fetched.problems if done.fetched else ())):
        warn(told)
    if done.fetched is not None:
        print_sentence(f"fetch: {done.fetched.asked:,} sources asked, {done.fetched.failed:,} failed")
    if done.exported is not None:
        print_sentence(f"export: {done.exported.items:,} items, {done.exported.written:,} files written")
    succeeded = [report(step) for step in done.steps]
    if done.delivered is not None:
        for told in (*done.delivered.failures, *done.delivered.doubtful):
            warn(told)
        print_sentence(f"deliver: {done.issues:,} new issues, {done.delivered.sent:,} deliveries made")
    return all(succeeded) and not (done.delivered and done.delivered.failures)
