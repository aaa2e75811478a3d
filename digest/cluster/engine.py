"""An engine maps a function over tasks: with processes of this machine, or with Ray."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from digest.cluster.tasks import Result, Task

T = TypeVar("T", bound=Task)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[T]):
    """What became of one task: a result, or why there is none."""

    task: T
    result: Result | None = None
    #: one line
    error: str = ""
    #: where it was raised, in many
    trace: str = ""


class Engine(Protocol):
    """Maps a pure function over tasks, with a bounded number of them in flight."""

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""
        ...

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        """Outcomes as they come, in any order, one a task.

        Tasks are taken from the iterable only as workers come free, so that a million cost the driver nothing. A task
        whose worker died is tried again; one that raises is an outcome with an error. Tasks that wait for the network
        rather than compute run *abreast* in each worker, so many at the same time in its threads. *resident* asks for
        workers that stay from task to task and hold a GPU where there is one: what the function loads is dear.
        """
        ...

    def close(self) -> None: ...
