"""Whose turn it is: one request at a time per host, with a pause between two. Pure, time comes in.

`ArxivGate`, at the end, is the exception that touches a disk: it carries arXiv's own rule
across all processes on the machine.
"""

import contextlib
import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from filelock import FileLock, Timeout

from digest.errors import FetchError
from digest.fetch.messages import Place

#: seconds until another look where a request to arXiv is under way
_SOON = 0.1

Task = TypeVar("Task")


@dataclass(slots=True)
class _Host(Generic[Task]):
    waiting: deque[Task] = field(default_factory=deque)
    ready_at: float = 0.0
    busy: bool = False
    listed: bool = False


class Turns(Generic[Task]):
    """Queues tasks by host and hands out those whose host is free and has had its pause."""

    def __init__(self, pause: float) -> None:
        """*pause* in seconds, between the end of one request and the start of the next."""
        self._pause = pause
        self._hosts: dict[Place, _Host[Task]] = {}
        self._ready: list[tuple[float, int, Place]] = []
        self._postponed: list[tuple[float, int, Place, Task]] = []
        self._count = itertools.count()

    def add(self, place: Place, task: Task, *, first: bool = False) -> None:
        """Queue a task; *first* for a visit under way, so that few visits are half done at a time."""
        host = self._hosts.setdefault(place, _Host())
        (host.waiting.appendleft if first else host.waiting.append)(task)
        self._list(place, host)

    def take(self, now: float) -> tuple[Place, Task] | None:
        """Hand out the task whose host has been ready longest; its host is busy until `release`."""
        while self._postponed and self._postponed[0][0] <= now:
            _, _, place, task = heapq.heappop(self._postponed)
            self.add(place, task, first=True)
        if not self._ready or self._ready[0][0] > now:
            return None
        _, _, place = heapq.heappop(self._ready)
        host = self._hosts[place]
        host.busy, host.listed = True, False
        return place, host.waiting.popleft()

    def release(self, place: Place, now: float, *, asked: bool = True) -> bool:
        """Free a host after its request; tell whether more tasks wait for it."""
        host = self._hosts[place]
        host.busy = False
        if asked:
            host.ready_at = now + self._pause
        self._list(place, host)
        return bool(host.waiting)

    def postpone(self, place: Place, task: Task, until: float) -> None:
        """Put a task aside without holding up its host."""
        heapq.heappush(self._postponed, (until, next(self._count), place, task))

    def next_moment(self) -> float | None:
        """Say when `take` may have something; None where nothing waits but for a release."""
        moments = [heap[0][0] for heap in (self._ready, self._postponed) if heap]
        return min(moments, default=None)

    def _list(self, place: Place, host: _Host[Task]) -> None:
        if host.waiting and not host.busy and not host.listed:
            host.listed = True
            heapq.heappush(self._ready, (host.ready_at, next(self._count), place))


class ArxivGate:
    """Lets one request to arXiv through at a time, a gap after the last, across processes.

    The lock is held while a request is under way and never while waiting; the file beside it
    holds the time at which the last one ended.
    """

    def __init__(self, folder: Path, gap: float, *, clock: Callable[[], float] = time.time) -> None:
        """*gap* in seconds; *clock* counts the same seconds in every process, as the wall clock does."""
        self._folder = folder
        self._stamp = folder / "arxiv.last"
        self._lock = FileLock(folder / "arxiv.lock", thread_local=False)
        self._inside = threading.Lock()  # the file lock alone would let a second thread in
        self._gap = gap
        self._clock = clock

    def enter(self) -> float:
        """Take the lock and return 0.0, or return how many seconds to wait before trying again."""
        if not self._inside.acquire(blocking=False):
            return _SOON
        wait = _SOON
        try:
            wait = self._enter()
        finally:
            if wait:
                self._inside.release()
        return wait

    def leave(self) -> None:
        with contextlib.suppress(OSError):  # a full disk; the stamp of `enter` still stands
            self._write()
        self._lock.release()
        self._inside.release()

    def _enter(self) -> float:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
            if wait := self._wait():
                self._lock.release()
            else:
                self._write()  # should this process die before `leave`, the request still counts
            return wait
        except Timeout:
            return _SOON
        except OSError as error:
            self._lock.release()
            raise FetchError(f"not asked: arXiv's waiting rule needs a lock file in {self._folder}: {error}") from error

    def _wait(self) -> float:
        try:
            last = float(self._stamp.read_text("ascii"))
        except (OSError, ValueError):
            return 0.0
        # A stamp from the future was made under another clock: wait one gap at most.
        return max(0.0, min(last + self._gap - self._clock(), self._gap))

    def _write(self) -> None:
        self._stamp.write_text(f"{self._clock():.6f}", "ascii")
