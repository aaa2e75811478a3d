"""What a step maps over: tasks, each of which reads named files of a dataset and writes one."""

from dataclasses import dataclass
from typing import Protocol

from digest.cluster.dataset import Dataset


class Task(Protocol):
    """One shard of a step: frozen, small, picklable. Its function is at the top of a module."""

    @property
    def dataset(self) -> Dataset: ...

    @property
    def output(self) -> str:
        """The file that this task writes last, relative to the dataset: where it is present, the task is done."""
        ...

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a task says of itself once its output is written; files count, never this."""

    rows: int
    seconds: float = 0.0
    processor_seconds: float = 0.0
    #: host and process that did it
    worker: str = ""
    #: anything worth a few words in the log
    note: str = ""
