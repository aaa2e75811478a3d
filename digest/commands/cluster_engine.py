"""What the steps of a dataset share on the command line: the engine that does them, and what is said of each."""

import logging
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from digest.cluster.engine import Engine
    from digest.cluster.runner import StepResult

Progress = Callable[[str, int, int], None]
T = TypeVar("T")


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


def with_engine(
    step: "Callable[[Engine, Progress], T]",
    report: Callable[[T], bool],
    engine: EngineName,
    address: str,
    workers: int | None,
    gpus: float = 1.0,
) -> None:
    """Do a step on the engine that was asked for and report it; exits 1 where *report* says that something failed."""
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


def report_step(done: "StepResult") -> bool:
    """Print what a step did and warn of each shard that failed; whether none did."""
    from digest.commands.output import print_sentence, warn
    from digest.render.wording import count_words

    for line in done.failures:
        warn(f"{done.step} {line}")
    skipped = f", {done.skipped:,} were there" if done.skipped else ""
    failed = f", {len(done.failures):,} failed" if done.failures else ""
    print_sentence(
        f"{done.step}: {count_words(done.done, 'file')} with {count_words(done.rows, 'row')} written{skipped}{failed}"
    )
    return not done.failures
