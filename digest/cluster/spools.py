"""The spool of a shard: rounds in the archive's format, which grow in place where the dataset is a folder.

    spool/shard=007/MOMENT-PASS-OWNER.round    visits, each on disk before the next
    spool/shard=007/MOMENT-PASS.done           the shard's part of a pass is complete: how many were asked, and where

In a folder a kill costs the visits that it interrupts; the next owner goes on from the others. In a store elsewhere a
file cannot grow, so that a round is published at its end, and a kill costs the shard's visits of that pass.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.handoffs import stamp
from digest.records import SourceState
from digest.store import spool

FOLDER = "spool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a shard's part of a pass came to."""

    asked: int = 0
    failed: int = 0
    #: where no host answered at all
    unreached: int = 0
    handed_over: int = 0
    #: host and process
    worker: str = ""


def folder_of(shard: int) -> str:
    return f"{FOLDER}/shard={shard:03}"


def done_name(shard: int, moment: datetime, number: int) -> str:
    return f"{folder_of(shard)}/{stamp(moment)}-{number}.done"


def write_done(dataset: Dataset, name: str, done: Done) -> None:
    dataset.publish_bytes(name, json.dumps(asdict(done)).encode())


def read_done(dataset: Dataset, name: str) -> Done:
    """DatasetError where the file is missing or damaged."""
    try:
        return Done(**json.loads(dataset.read(name)))
    except (ValueError, TypeError) as error:
        raise DatasetError(f"{dataset.address}: {name} is damaged") from error


@contextmanager
def begin(dataset: Dataset, shard: int, moment: datetime, *, writer: str) -> Iterator[spool.SpooledRound]:
    """Begin a round of a shard; what is put is kept at once in a folder, and at the end elsewhere."""
    with ExitStack() as stack:
        folder = _here(dataset, shard) or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with spool.begin(folder, moment, writer=writer) as current:
            yield current
        if dataset.folder is None:
            for path in spool.rounds(folder):
                content = path.read_bytes()
                dataset.publish_bytes(f"{folder_of(shard)}/{path.name}", content)


def visited(dataset: Dataset, shard: int, moment: datetime) -> dict[str, SourceState]:
    """The sources that this or an earlier owner of a shard has visited in the round of *moment*, with their states."""
    names = [name for name in rounds(dataset, shard) if name.rpartition("/")[2].startswith(stamp(moment))]
    with on_this_machine(dataset, names) as paths:
        return {after.source: after for path in paths for after in spool.states_after(path)}


def rounds(dataset: Dataset, shard: int | None = None) -> list[str]:
    """The rounds of a shard, or of all, that wait to be stored, oldest first."""
    names = dataset.files(FOLDER if shard is None else folder_of(shard), ".round")
    return sorted(names, key=lambda name: name.rpartition("/")[2])


def sizes(dataset: Dataset) -> dict[str, int]:
    """All rounds that wait to be stored, oldest first, with their bytes."""
    return {name: int(dataset.system.size(dataset.path(name)) or 0) for name in rounds(dataset)}


def clear(dataset: Dataset, stored: Mapping[str, int]) -> None:
    """Forget rounds that are stored, with what said that they were complete.

    One that an owner still has open stays, even if that owner is suspended and long superseded; what is stored of it
    already is passed over later.
    """
    dataset.remove(dataset.files(FOLDER, ".done"))
    if dataset.folder is None:
        dataset.remove(stored)
        return
    for name, size in stored.items():
        with suppress(FileNotFoundError):
            spool.remove(dataset.folder / name, size=size)


@contextmanager
def on_this_machine(dataset: Dataset, names: Iterable[str]) -> Iterator[Iterator[Path]]:
    """The files as paths, one after the other: those of a store elsewhere are copied, and their copies removed."""
    if dataset.folder is not None:
        folder = dataset.folder
        yield (folder / name for name in names)
        return
    with tempfile.TemporaryDirectory() as here:
        yield _copies(dataset, names, Path(here))


def _copies(dataset: Dataset, names: Iterable[str], folder: Path) -> Iterator[Path]:
    for number, name in enumerate(names):
        path = folder / f"{number}.round"
        path.write_bytes(dataset.read(name))
        yield path
        path.unlink()


def _here(dataset: Dataset, shard: int) -> Path | None:
    return dataset.folder / folder_of(shard) if dataset.folder is not None else None
