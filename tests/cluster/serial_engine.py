"""An engine of this process alone, in any order of tasks."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from digest.cluster.engine import Outcome
from digest.cluster.tasks import Result, Task

T = TypeVar("T", bound=Task)


class SerialEngine:
    """One task after the other, first to last or last to first."""

    workers = 1

    def __init__(self, *, backwards: bool = False) -> None:
        self._backwards = backwards

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        for task in list(tasks)[:: -1 if self._backwards else 1]:
            yield Outcome(task=task, result=function(task))

    def close(self) -> None: ...
