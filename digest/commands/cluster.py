"""`digest cluster`: the steps of a dataset, on the processors of this machine or of many."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands import cluster_issues
from digest.commands.cluster_engine import (
    AddressOption,
    DatasetArgument,
    EngineName,
    EngineOption,
    GpusOption,
    ModelOption,
    Progress,
    WorkersOption,
    report_step,
    with_engine,
)
from digest.commands.help import CARE, Group, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    NowOption,
    WaitOption,
    configuration,
    json_option,
    moment,
)

if TYPE_CHECKING:
    from digest.cluster.engine import Engine
    from digest.cluster.fetching import FetchReport
    from digest.cluster.runner import StepResult

app = typer.Typer(
    help="Embed, rank and write issues for thousands of learners, from a dataset, with Ray or with this machine's "
    "processes.",
    no_args_is_help=True,
    cls=Group,
)


def register(root: typer.Typer) -> None:
    add_command(app, fetch, "digest cluster fetch /data/papers", name="fetch")
    add_command(
        app,
        embed,
        "digest cluster embed /data/papers",
        "digest cluster embed s3://bucket/papers --engine ray --address auto",
        name="embed",
    )
    add_command(app, rank, "digest cluster rank /data/papers --period 2026-W47", name="rank")
    cluster_issues.register(app)
    add_command(app, status, "digest cluster status /data/papers", name="status")
    root.add_typer(app, name="cluster", rich_help_panel=CARE)


def fetch(
    context: typer.Context,
    dataset: DatasetArgument,
    now: NowOption = None,
    engine: EngineOption = EngineName.LOCAL,
    address: AddressOption = "",
    workers: WorkersOption = None,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Fetch the sources that are due into the dataset, one owner for each host; `digest cluster run` stores what came."""
    settings, at = configuration(context, config), moment(now)

    def step(opened: "Engine", progress: Progress) -> "FetchReport":
        from digest.cluster.dataset import Dataset
        from digest.cluster.run import fetch_dataset

        return fetch_dataset(settings, Dataset(dataset), opened, at, wait=wait, progress=progress)

    with_engine(step, cluster_issues.report_fetch, engine, address, workers)


def embed(
    dataset: DatasetArgument,
    engine: EngineOption = EngineName.LOCAL,
    address: AddressOption = "",
    workers: WorkersOption = None,
    gpus: GpusOption = 1.0,
    model: ModelOption = "",
) -> None:
    """Embed the items of a dataset that have no vectors yet.

    A file of vectors is written whole or not at all, so that an interrupted run is continued by the same command.
    """
    from digest.cluster.dataset import Dataset

    def step(opened: "Engine", progress: Progress) -> "StepResult":
        from digest.cluster.embed import embed_dataset

        return embed_dataset(Dataset(dataset), opened, model=model, folder=Path.cwd(), progress=progress)

    with_engine(step, report_step, engine, address, workers, gpus)


def rank(
    dataset: DatasetArgument,
    period: Annotated[
        str,
        typer.Option("--period", metavar="PERIOD", help="What to file them under; by default the week that ends now."),
    ] = "",
    now: NowOption = None,
    engine: EngineOption = EngineName.LOCAL,
    address: AddressOption = "",
    workers: WorkersOption = None,
    gpus: GpusOption = 1.0,
    model: ModelOption = "",
) -> None:
    """Rank all items of a dataset for all of its learners."""
    from digest.cluster.dataset import Dataset

    at = moment(now)

    def step(opened: "Engine", progress: Progress) -> "list[StepResult]":
        from digest.cluster.issue_plan import week_of
        from digest.cluster.rank import rank_dataset

        return rank_dataset(
            Dataset(dataset),
            opened,
            at,
            period=period or week_of(at),
            model=model,
            folder=Path.cwd(),
            progress=progress,
        )

    with_engine(step, lambda steps: all([report_step(one) for one in steps]), engine, address, workers, gpus)


def status(
    dataset: DatasetArgument,
    model: ModelOption = "",
    json: Annotated[bool, json_option("one object, with an array of weeks and one of periods")] = False,
) -> None:
    """Show a dataset's weeks, and how many of their files each step has done."""
    from dataclasses import asdict

    from digest.cluster.dataset import Dataset
    from digest.cluster.engines import need_libraries
    from digest.commands.output import print_json, print_sentence

    need_libraries()
    from digest.cluster.status import status_of, told

    found = status_of(Dataset(dataset), model=model, folder=Path.cwd())
    if json:
        print_json([asdict(found)])
    else:
        for line in told(found):
            print_sentence(line)
