"""One request at a time per host, with a pause between two. Pure: the time comes in as an argument."""

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from digest.fetch.request_steps import HostPort

Task = TypeVar("Task")


@dataclass(slots=True)
class _Queue(Generic[Task]):
    """The tasks that wait for one host."""

    waiting: deque[Task] = field(default_factory=deque)
    ready_at: float = 0.0
    busy: bool = False
    listed: bool = False


class HostRateLimiter(Generic[Task]):
    """Queues tasks by host and returns those whose host is free and has had its pause."""

    def __init__(self, pause: float) -> None:
        """*pause* in seconds, between the end of one request and the start of the next."""
        self._pause = pause
        self._queues: dict[HostPort, _Queue[Task]] = {}
        self._ready: list[tuple[float, int, HostPort]] = []
        self._postponed: list[tuple[float, int, HostPort, Task]] = []
        self._count = itertools.count()

    def add(self, host: HostPort, task: Task, *, first: bool = False) -> None:
        """Queue a task; *first* for a session that has begun, so that few sessions are open at a time."""
        queue = self._queues.setdefault(host, _Queue())
        (queue.waiting.appendleft if first else queue.waiting.append)(task)
        self._list(host, queue)

    def take(self, now: float) -> tuple[HostPort, Task] | None:
        """Return the task whose host has been ready longest; the host is busy until `release`."""
        while self._postponed and self._postponed[0][0] <= now:
            _, _, host, task = heapq.heappop(self._postponed)
            self.add(host, task, first=True)
        if not self._ready or self._ready[0][0] > now:
            return None
        _, _, host = heapq.heappop(self._ready)
        queue = self._queues[host]
        queue.busy, queue.listed = True, False
        return host, queue.waiting.popleft()

    def release(self, host: HostPort, now: float, *, asked: bool = True) -> bool:
        """Free a host after its request; return whether more tasks wait for it."""
        queue = self._queues[host]
        queue.busy = False
        if asked:
            queue.ready_at = now + self._pause
        self._list(host, queue)
        return bool(queue.waiting)

    def postpone(self, host: HostPort, task: Task, until: float) -> None:
        """Set a task aside without holding up its host."""
        heapq.heappush(self._postponed, (until, next(self._count), host, task))

    def next_moment(self) -> float | None:
        """Return when `take` may have something; None where everything waits for a `release`."""
        moments = [heap[0][0] for heap in (self._ready, self._postponed) if heap]
        return min(moments, default=None)

    def _list(self, host: HostPort, queue: _Queue[Task]) -> None:
        if queue.waiting and not queue.busy and not queue.listed:
            queue.listed = True
            heapq.heappush(self._ready, (queue.ready_at, next(self._count), host))
