"""Tasks of a step that is made up: they write small files, and go wrong when told to."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.cluster.dataset import Dataset
from digest.cluster.tasks import Result
from digest.errors import DigestError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Writes the square of its number."""

    dataset: Dataset
    number: int
    #: "", or what goes wrong: "raise", "bug", "die" each time, "die once", "wait" for minutes, "linger" for a second, "slow"
    fate: str = ""

    @property
    def output(self) -> str:
        return f"squares/{self.number:05}.txt"

    @property
    def name(self) -> str:
        return f"shard {self.number}"


def shards(folder: Path, count: int, fates: dict[int, str] | None = None) -> Sequence[Shard]:
    dataset = Dataset(str(folder))
    return [Shard(dataset=dataset, number=number, fate=(fates or {}).get(number, "")) for number in range(count)]


def square(shard: Shard) -> Result:
    """The step's function; what it was told goes wrong, does."""
    log = Path(shard.dataset.address) / "attempts"
    log.mkdir(parents=True, exist_ok=True)
    (log / f"{shard.number}-{os.getpid()}-{time.monotonic_ns()}").touch()
    first = len(list(log.glob(f"{shard.number}-*"))) == 1
    if shard.fate == "raise":
        raise DigestError("no such\nshard")
    if shard.fate == "bug":
        raise ZeroDivisionError("division by zero")
    if shard.fate == "die" or (shard.fate == "die once" and first):
        os.kill(os.getpid(), signal.SIGKILL)
    if shard.fate == "wait":
        time.sleep(600)
    if shard.fate in ("linger", "slow"):
        time.sleep(1 if shard.fate == "linger" else 0.3)
    shard.dataset.publish_bytes(shard.output, str(shard.number**2).encode())
    return Result(rows=1, note=",".join(os.environ.get(f"{name}_NUM_THREADS", "-") for name in ("OMP", "OPENBLAS")))


def attempts(folder: Path, number: int) -> int:
    """How often a shard was tried."""
    return len(list((folder / "attempts").glob(f"{number}-*")))


def written(folder: Path) -> dict[str, str]:
    """The names and contents of what was written."""
    return {path.name: path.read_text() for path in sorted((folder / "squares").iterdir())}


def squares(count: int) -> dict[str, str]:
    return {f"{number:05}.txt": str(number**2) for number in range(count)}
