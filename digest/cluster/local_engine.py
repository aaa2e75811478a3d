"""Processes of this machine.

Each worker is a process and a pipe of its own, so that one that is killed takes nothing along but its attempt at one
task; the standard library's pools break as a whole. One worker is a process too, so that figures compare.
"""

import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, TypeVar

from digest.cluster.attempt import ENVIRONMENT, Answer, attempt, failure
from digest.cluster.engine import Outcome
from digest.cluster.tasks import Result, Task

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

T = TypeVar("T", bound=Task)

#: How often a task is tried whose worker dies: it may be the one that eats the memory.
TRIES = 3
#: Seconds that a worker has to end by itself.
_GRACE = 5.0


class LocalEngine:
    """So many worker processes, by default one for each processor; they stay from one step to the next."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or processors()
        self._idle: list[_Worker] = []

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        """Outcomes as they come, one a task; see `Engine`. Every worker here is resident."""
        remaining = iter(tasks)
        again: deque[tuple[T, int]] = deque()
        busy: dict[Any, tuple[_Worker, T, int]] = {}
        try:
            while True:
                while len(busy) < self.workers and (following := _following(again, remaining)):
                    worker = self._idle.pop() if self._idle else _Worker()
                    worker.send(function, following[0])
                    busy[worker.connection] = worker, *following
                if not busy:
                    return
                for connection in wait(list(busy)):
                    worker, task, tries = busy.pop(connection)
                    answer = worker.answer()
                    if answer is not None:
                        self._idle.append(worker)
                        yield Outcome(task=task, result=answer.result, error=answer.error, trace=answer.trace)
                    elif tries < TRIES:
                        again.append((task, tries + 1))
                    else:
                        yield Outcome(task=task, error=f"its worker was killed, {TRIES} times in turn; out of memory?")
        finally:  # where nobody wants the rest, as after an interrupt
            for worker, _, _ in busy.values():
                worker.kill()

    def close(self) -> None:
        """End the workers."""
        while self._idle:
            self._idle.pop().close()


class _Worker:
    """A process that does what comes through its pipe until the pipe ends, which it does with the driver."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(theirs,), daemon=True)
        with _environment(ENVIRONMENT):
            self.process.start()
        theirs.close()

    def send(self, function: Callable[[T], Result], task: T) -> None:
        message = pickle.dumps((function, task))
        try:
            self.connection.send_bytes(message)
        except OSError:
            pass  # it was killed as it waited; the pipe's end says so to whoever asks for the answer

    def answer(self) -> Answer | None:
        """What it says of its task; None where it died."""
        try:
            return pickle.loads(self.connection.recv_bytes())  # type: ignore[no-any-return]
        except (EOFError, OSError):
            self.kill()
            return None

    def close(self) -> None:
        self.connection.close()
        self.process.join(_GRACE)
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


def _work(connection: Connection) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the driver ends its workers
    try:
        while True:
            connection.send_bytes(pickle.dumps(_attempt_at(connection.recv_bytes())))
    except (EOFError, OSError):
        return  # the driver is gone


def _attempt_at(message: bytes) -> Answer:
    try:
        function, task = pickle.loads(message)
    except Exception as error:  # whatever the import of the function's module raises
        return failure(error)
    return attempt(function, task)


def _following(again: deque[tuple[T, int]], remaining: Iterator[T]) -> tuple[T, int] | None:
    """The task to do next, and which try it is; None where there is no other."""
    if again:
        return again.popleft()
    return next(((task, 1) for task in remaining), None)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """The environment that a process starts with: numpy reads it once, as it loads."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def processors() -> int:
    """Processors this process may use; a container may have fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
