"""`digest cluster`: the steps of a dataset, on the processors of this machine or of many."""

import logging
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import CARE, Group, add_command
from digest.commands.options import json_option

if TYPE_CHECKING:
    from digest.cluster.engine import Engine
    from digest.cluster.runner import StepResult

app = typer.Typer(
    help="Embed, rank and write issues for thousands of learners, from a dataset, with Ray or with this machine's "
    "processes.",
    no_args_is_help=True,
    cls=Group,
)


class EngineName(StrEnum):
    """What maps a step over its shards."""

    LOCAL = "local"
    RAY = "ray"


DatasetArgument = Annotated[
    str, typer.Argument(metavar="DATASET", help="The dataset: a folder, or an address such as s3://bucket/folder.")
]
EngineOption = Annotated[
    EngineName,
    typer.Option("--engine", help="local (processes of this machine) or ray.", show_choices=False, metavar="ENGINE"),
]
AddressOption = Annotated[
    str,
    typer.Option(
        "--address",
        metavar="HOST:PORT",
        help='With ray: the cluster to join, or "auto"; by default RAY_ADDRESS, else one is started on this machine.',
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=100_000, help="Tasks at the same time; by default one for each processor."),
]
GpusOption = Annotated[
    float,
    typer.Option(
        "--gpus", min=0.01, max=64, help="With ray: what a transformer takes of a GPU, a fraction or several."
    ),
]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model", metavar="NAME", help="The embedding model; by default the one of the archive's sources.toml."
    ),
]


def register(root: typer.Typer) -> None:
    add_command(
        app,
        embed,
        "digest cluster embed /data/papers",
        "digest cluster embed s3://bucket/papers --engine ray --address auto",
        name="embed",
    )
    from digest.commands import cluster_issues  # it takes its options from here

    cluster_issues.register(app)
    add_command(app, status, "digest cluster status /data/papers", name="status")
    root.add_typer(app, name="cluster", rich_help_panel=CARE)


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

    def step(opened: "Engine", progress: Callable[[str, int, int], None]) -> "StepResult":
        from digest.cluster.embed import embed_dataset

        return embed_dataset(Dataset(dataset), opened, model=model, folder=Path.cwd(), progress=progress)

    run_with_engine(step, engine, address, workers, gpus)


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


def run_with_engine(
    step: "Callable[[Engine, Callable[[str, int, int], None]], StepResult]",
    engine: EngineName,
    address: str,
    workers: int | None,
    gpus: float = 1.0,
) -> None:
    """Run a step on the engine that was asked for and print what it did; exits 1 where a shard failed."""
    from digest.cluster.engines import opened_engine
    from digest.commands.output import progress_bars

    if engine == EngineName.LOCAL and address:
        raise typer.BadParameter("goes with --engine ray", param_hint="--address")
    if not sys.stderr.isatty():  # nobody sees a bar: a line a shard
        logging.getLogger("digest.cluster.runner").setLevel(logging.INFO)
    with opened_engine(engine, address=address, workers=workers, gpus=gpus) as opened, progress_bars() as progress:
        done = step(opened, progress)
    if not report(done):
        raise typer.Exit(1)


def report(done: "StepResult") -> bool:
    """Print what a step did and warn of each shard that failed; whether none did."""
    from digest.commands.output import print_sentence, warn

    for line in done.failures:
        warn(f"{done.step} {line}")
    skipped = f", {done.skipped:,} were there" if done.skipped else ""
    failed = f", {len(done.failures):,} failed" if done.failures else ""
    print_sentence(f"{done.step}: {done.done:,} files with {done.rows:,} rows written{skipped}{failed}")
    return not done.failures
