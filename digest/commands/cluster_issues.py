"""`digest cluster issue` and `run`: issues for all learners of a dataset, and everything from fetching to delivery."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.cluster_engine import (
    AddressOption,
    DatasetArgument,
    EngineName,
    EngineOption,
    GpusOption,
    Progress,
    WorkersOption,
    report_step,
    with_engine,
)
from digest.commands.help import add_command
from digest.commands.options import WAIT, ConfigOption, NowOption, WaitOption, configuration, moment

if TYPE_CHECKING:
    from digest.cluster.engine import Engine
    from digest.cluster.fetching import FetchReport
    from digest.cluster.run import ClusterRun

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
        return ClusterRun(steps=done.steps, problems=done.problems)

    with_engine(step, _report, engine, address, workers, gpus)


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

    with_engine(step, _report, engine, address, workers, gpus)


def _report(done: "ClusterRun") -> bool:
    """Print what was done; whether nothing failed."""
    from digest.commands.output import print_sentence, warn
    from digest.render.wording import count_words

    if done.continued:
        print_sentence("A run that was cut short goes on; sources are asked by the next one.")
    for told in done.problems:
        warn(told)
    if done.fetched is not None:
        report_fetch(done.fetched)
    if done.exported is not None:
        print_sentence(
            f"export: {count_words(done.exported.items, 'item')}, {count_words(done.exported.written, 'file')} written"
        )
    succeeded = [report_step(step) for step in done.steps]
    if done.delivered is not None:
        for told in (*done.delivered.failures, *done.delivered.doubtful):
            warn(told)
        print_sentence(f"deliver: {done.issues:,} new issues, {done.delivered.sent:,} deliveries made")
    return all(succeeded) and not (done.delivered and done.delivered.failures)


def report_fetch(done: "FetchReport") -> bool:
    """Print what a round of fetching came to; whether any source could be asked."""
    from digest.commands.output import print_sentence, warn

    for told in done.problems:
        warn(told)
    print_sentence(f"fetch: {done.asked:,} sources asked, {done.failed:,} failed")
    return not done.asked or done.failed < done.asked
