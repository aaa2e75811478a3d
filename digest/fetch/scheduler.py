"""Runs all sessions of a fetch: hands their steps to a few threads, politely, and takes the results back.

Steps wait in the rate limiter until their host is free and its pause is over. The threads carry
them out. The caller's thread only schedules and passes results on, one at a time, so that bodies
do not pile up. Threads rather than an event loop, because a request costs a third less and a
waiting step occupies none.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from digest.config import Fetch
from digest.errors import FetchError
from digest.fetch.arxiv_rate_limiter import ArxivRateLimiter
from digest.fetch.circuit_breaker import CircuitBreaker
from digest.fetch.conversation import Conversation, Ownership
from digest.fetch.host_client import HostClients
from digest.fetch.limits import FetchLimits
from digest.fetch.memory_semaphore import MemorySemaphore, MemorySlot
from digest.fetch.network_backend import Resolve
from digest.fetch.rate_limiter import HostRateLimiter
from digest.fetch.request_steps import Follow, HostPort, OnFetched, OnProgress, Poll, RequestStep, StepResult
from digest.fetch.robots_cache import RobotsCache
from digest.fetch.session import start_session
from digest.records import Fetched

#: seconds between two checks whether to stop; a background job has five to end in
_STOP_CHECK = 0.2


@dataclass(slots=True)
class _Task:
    """A running session, the step it waits for, and its share of the memory."""

    conversation: Conversation
    step: RequestStep
    slot: MemorySlot


@dataclass(slots=True, kw_only=True)
class _Done:
    """What carrying out one step led to."""

    host: HostPort
    task: _Task
    result: StepResult | None = None
    fetched: Fetched | None = None
    #: the session goes on at another owner's host
    elsewhere: bool = False
    #: whether a request was really sent
    sent: bool = False
    #: seconds until arXiv may be asked, where the step was not carried out
    postponed: float = 0.0
    bug: BaseException | None = None


class Scheduler:
    """One call of `fetch_all`: its threads, clients and queues."""

    def __init__(
        self,
        settings: Fetch,
        limits: FetchLimits,
        folder: Path,
        clock: Callable[[], float],
        resolve: Resolve | None,
        stop: threading.Event,
        ownership: Ownership | None = None,
    ) -> None:
        """*folder* holds arXiv's lock and the robots cache; *clock* counts seconds."""
        self._ownership = ownership
        began = clock()
        self._clock: Callable[[], float] = lambda: clock() - began
        self._settings = settings
        self._limits = limits
        self._stop = stop
        self._arxiv = ArxivRateLimiter(folder, limits.arxiv_gap)
        self._robots = RobotsCache(folder / "robots")
        self._limiter: HostRateLimiter[_Task] = HostRateLimiter(settings.pause.total_seconds())
        self._breaker = CircuitBreaker(limits.host_failures)
        confirm = ownership.confirm if ownership else lambda: None
        self._clients = HostClients(limits, self._clock, resolve, confirm)
        self._memory = MemorySemaphore(limits.large_bodies)
        self._jobs: SimpleQueue[tuple[HostPort, _Task] | None] = SimpleQueue()
        self._done: SimpleQueue[_Done] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._ended_threads = 0
        self._running = 0
        self._waiting = 0

    def run(
        self,
        polls: Sequence[Poll],
        follow: Follow,
        now: datetime,
        on_fetched: OnFetched,
        on_progress: OnProgress | None,
    ) -> None:
        started = self._start(polls, follow, now)
        for fetched in started:
            on_fetched(fetched)
        ended = len(polls) - self._waiting
        while ended < len(polls) and not self._stop.is_set():
            self._dispatch()
            done = self._next_done()
            if done is None:
                continue
            self._settle(done)
            self._dispatch()  # the network works while the caller stores
            if done.fetched is not None or done.elsewhere:
                if done.fetched is not None:
                    on_fetched(done.fetched)
                else:
                    self._hand_over(done.task.conversation)
                done.task.slot.release()
                ended += 1
                if on_progress:
                    on_progress(ended, len(polls))

    def close(self) -> None:
        """End the threads. One that still waits for an answer closes its connection when it has it."""
        for _ in self._threads:
            self._jobs.put(None)
        if not self._running:
            for thread in self._threads:
                thread.join()

    def _start(self, polls: Sequence[Poll], follow: Follow, now: datetime) -> list[Fetched]:
        """Queue the first step of every session; return the results of those that have none."""
        ended = []
        for poll in polls:
            rules = dict(poll.rules)
            session = start_session(poll, follow, self._settings, self._limits, now, self._robots, rules)
            conversation = Conversation(poll, session, rules, self._ownership)
            try:
                task = _Task(conversation, conversation.begin(), self._memory.slot())
            except StopIteration as end:
                ended.append(end.value)
                continue
            if conversation.elsewhere:
                self._hand_over(conversation)
            else:
                self._limiter.add(task.step.host, task)
                self._waiting += 1
        return ended

    def _hand_over(self, conversation: Conversation) -> None:
        assert self._ownership is not None
        assert self._ownership.hand_over is not None
        self._ownership.hand_over(conversation.so_far(), conversation.step)

    def _dispatch(self) -> None:
        """Give the threads every step whose host is ready."""
        while self._running < self._limits.concurrency and (ready := self._limiter.take(self._clock())):
            self._running += 1
            host, task = ready
            if refusal := self._breaker.refusal(host):
                self._done.put(self._advance(host, task, refusal, sent=False))
                continue
            if len(self._threads) < self._running:
                # Daemons: an interrupted run must not wait for a server that never answers.
                self._threads.append(threading.Thread(target=self._work, daemon=True))
                self._threads[-1].start()
            self._jobs.put(ready)

    def _next_done(self) -> _Done | None:
        """Wait until a step is done; None when another step may be ready first."""
        ready_at = self._limiter.next_moment() if self._running < self._limits.concurrency else None
        if ready_at is None and not self._running:
            raise RuntimeError("sessions are left, but nothing is waiting or running")
        try:
            wait = _STOP_CHECK if ready_at is None else min(max(ready_at - self._clock(), 0.0), _STOP_CHECK)
            done = self._done.get(timeout=wait)
        except Empty:
            return None
        if done.bug:
            self._running -= 1
            raise done.bug
        return done

    def _settle(self, done: _Done) -> None:
        """Free the host of a step that is done, and queue the step that follows."""
        self._running -= 1
        if done.postponed:
            self._limiter.postpone(done.host, done.task, self._clock() + done.postponed)
        elif done.fetched is None and not done.elsewhere:
            self._limiter.add(done.task.step.host, done.task, first=True)
        if done.sent and done.result is not None:
            self._breaker.record(done.host, done.result)
        if self._limiter.release(done.host, self._clock(), asked=done.sent):
            self._clients.rest(done.host)
        else:
            self._clients.close_host(done.host)

    def _work(self) -> None:
        """One thread: carry out steps until stopped; the last thread closes the connections."""
        while (job := self._jobs.get()) is not None:
            self._done.put(self._carry_out(*job))
        with self._lock:
            self._ended_threads += 1
            if self._ended_threads == len(self._threads):
                self._clients.close()

    def _carry_out(self, host: HostPort, task: _Task) -> _Done:
        try:
            wait = self._arxiv.acquire() if task.step.arxiv else 0.0
            if wait:
                return _Done(host=host, task=task, postponed=wait)
            try:
                result = self._clients.find(task.step).send(task.step, self._settings.max_body, task.slot)
            finally:
                if task.step.arxiv:
                    self._arxiv.release()
        except FetchError as error:
            result = StepResult(error=str(error), started=self._clock(), ended=self._clock())
            return self._advance(host, task, result, sent=False)
        except BaseException as bug:
            return _Done(host=host, task=task, bug=bug)
        return self._advance(host, task, result, sent=True)

    def _advance(self, host: HostPort, task: _Task, result: StepResult, *, sent: bool) -> _Done:
        """Send a session the result of its step, and see what it wants next."""
        try:
            task.step = task.conversation.send(result)
            elsewhere = task.conversation.elsewhere
            return _Done(host=host, task=task, result=result, sent=sent, elsewhere=elsewhere)
        except StopIteration as end:
            return _Done(host=host, task=task, result=result, sent=sent, fetched=end.value)
        except BaseException as bug:
            return _Done(host=host, task=task, bug=bug)
