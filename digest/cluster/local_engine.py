"""Processes of this machine.

Each worker is a process and a pipe of its own, so that one that is killed takes nothing along but its attempt at one
task; the standard library's pools break as a whole. One worker is a process too, so that figures compare.
"""

import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from threading import Lock, Thread
from typing import Any, TypeVar

from digest.cluster.attempt import ENVIRONMENT, TRIES, WORKER_DIED, Answer, attempt, failure
from digest.cluster.engine import Outcome
from digest.cluster.tasks import Result, Task

T = TypeVar("T", bound=Task)

#: Seconds that a worker has to end by itself.
_GRACE = 5.0


class LocalEngine:
    """So many worker processes, by default one for each processor; they stay from one step to the next."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or processors()
        self._team: list[_Worker] = []

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        """Outcomes as they come, one a task; see `Engine`. Every worker here is resident."""
        remaining = iter(tasks)
        again: deque[tuple[T, int]] = deque()
        try:
            while True:
                while (worker := self._free(abreast)) and (following := _following(again, remaining)):
                    worker.send(function, *following, apart=abreast > 1)
                busy = {worker.connection: worker for worker in self._team if worker.tasks}
                if not busy:
                    return
                for connection in wait(list(busy)):
                    yield from self._outcomes(busy[connection], again)  # type: ignore[index]
        finally:  # where nobody wants the rest, as after an interrupt
            for worker in [worker for worker in self._team if worker.tasks]:
                self._dismiss(worker)

    def _free(self, abreast: int) -> "_Worker | None":
        """The worker with the least to do, if it may do more."""
        least = min(self._team, key=lambda worker: len(worker.tasks), default=None)
        if (least is None or least.tasks) and len(self._team) < self.workers:
            least = _Worker()
            self._team.append(least)
        return least if least and len(least.tasks) < abreast else None

    def _outcomes(self, worker: "_Worker", again: deque[tuple[Any, int]]) -> Iterator[Outcome[Any]]:
        """What became of the task that a worker answers for; of a worker that died all its tasks are tried again."""
        answered = worker.receive()
        if answered is not None:
            task, answer = answered
            yield Outcome(task=task, result=answer.result, error=answer.error, trace=answer.trace)
            return
        lost = list(worker.tasks.values())
        self._dismiss(worker)
        for task, tries in lost:
            if tries < TRIES:
                again.append((task, tries + 1))
            else:
                yield Outcome(task=task, error=WORKER_DIED)

    def _dismiss(self, worker: "_Worker") -> None:
        self._team.remove(worker)
        worker.kill()

    def close(self) -> None:
        """End the workers."""
        while self._team:
            self._team.pop().close()


class _Worker:
    """A process that does what comes through its pipe until the pipe ends, which it does with the driver."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        #: what it has to do, with the number of the try
        self.tasks: dict[int, tuple[Any, int]] = {}
        self._numbers = count()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        with _environment(ENVIRONMENT):
            self._process.start()
        theirs.close()

    def send(self, function: Callable[[T], Result], task: T, tries: int, *, apart: bool) -> None:
        """Give it a task, in a thread of its own or not."""
        number = next(self._numbers)
        message = pickle.dumps((number, apart, pickle.dumps((function, task))))
        self.tasks[number] = task, tries
        with suppress(OSError):  # it was killed as it waited; the pipe's end says so to whoever asks for the answer
            self.connection.send_bytes(message)

    def receive(self) -> tuple[Any, Answer] | None:
        """A task and what it says of it; None where it died."""
        try:
            number, answer = pickle.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            return None
        return self.tasks.pop(number)[0], answer

    def close(self) -> None:
        self.connection.close()
        self._process.join(_GRACE)
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


def _work(connection: Connection) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the driver ends its workers
    lock = Lock()

    def work(number: int, message: bytes) -> None:
        answer = pickle.dumps((number, _attempt_at(message)))
        with lock, suppress(OSError):  # the driver is gone
            connection.send_bytes(answer)

    while True:
        try:
            number, apart, message = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return  # the driver is gone, or has no more for it
        if apart:
            Thread(target=work, args=(number, message), daemon=True).start()
        else:
            work(number, message)


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
