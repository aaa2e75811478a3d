"""Drives all visits of a run: one conversation each, a few threads that carry out their requests.

Hops wait in `Turns` until their host is free and has had its pause; the threads carry them out;
the caller's thread only hands out turns and takes what came back, one visit at a time, so that
bodies never pile up. Threads, because a request is a third cheaper than in an event loop, and
waiting for a turn occupies none.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from digest.config import Fetch
from digest.errors import FetchError
from digest.fetch.body import LargeBodies, Permit
from digest.fetch.connection import Wires
from digest.fetch.conversation import Conversation, converse, not_asked
from digest.fetch.doors import Resolve
from digest.fetch.messages import Answer, Follow, Hop, Limits, OnFetched, OnProgress, Place, Visit
from digest.fetch.robots import Rulebook
from digest.fetch.turns import ArxivGate, Turns
from digest.records import Fetched

#: Seconds between two looks at whether to stop; a background job has five to end in.
_GLANCE = 0.2


@dataclass(slots=True)
class _Task:
    """A visit under way: its conversation, the hop it waits for, and its permission to hold much."""

    conversation: Conversation
    hop: Hop
    permit: Permit


@dataclass(slots=True, kw_only=True)
class _Step:
    """What carrying out one hop led to."""

    place: Place
    task: _Task
    answer: Answer | None = None
    fetched: Fetched | None = None
    #: whether the host was really asked
    asked: bool = False
    #: seconds until arXiv may be asked, where the hop was not carried out
    postponed: float = 0.0
    bug: BaseException | None = None


class Scheduler:
    """One call of `fetch_all`: its threads, wires and turns."""

    def __init__(
        self,
        settings: Fetch,
        limits: Limits,
        folder: Path,
        clock: Callable[[], float],
        resolve: Resolve | None,
        stop: threading.Event,
    ) -> None:
        """*folder* holds arXiv's lock and what robots.txt said; *clock* counts seconds."""
        began = clock()
        self._clock: Callable[[], float] = lambda: clock() - began
        self._settings = settings
        self._limits = limits
        self._gate = ArxivGate(folder, limits.arxiv_gap)
        self._rulebook = Rulebook(folder / "robots")
        self._stop = stop
        self._turns: Turns[_Task] = Turns(settings.pause.total_seconds())
        self._jobs: SimpleQueue[tuple[Place, _Task] | None] = SimpleQueue()
        self._steps: SimpleQueue[_Step] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._door = threading.Lock()
        self._gone_home = 0
        self._under_way = 0
        self._wires = Wires(limits, self._clock, resolve)
        self._strikes: Counter[Place] = Counter()
        self._last: dict[Place, Answer] = {}
        self._large = LargeBodies()

    def make(
        self,
        visits: Sequence[Visit],
        follow: Follow,
        now: datetime,
        on_fetched: OnFetched,
        on_progress: OnProgress | None,
    ) -> None:
        done = 0
        for fetched in self._begin(visits, follow, now):
            on_fetched(fetched)
            done += 1
        while done < len(visits) and not self._stop.is_set():
            self._hand_out()
            step = self._next_step()
            if step is None:
                continue
            self._settle(step)
            self._hand_out()  # the network works on while the caller stores
            if step.fetched is not None:
                on_fetched(step.fetched)
                step.task.permit.give_back()
                done += 1
                if on_progress:
                    on_progress(done, len(visits))

    def close(self) -> None:
        """Send the threads home. One that is still waiting for an answer hangs up when it has it."""
        for _ in self._threads:
            self._jobs.put(None)
        if not self._under_way:
            for thread in self._threads:
                thread.join()

    def _begin(self, visits: Sequence[Visit], follow: Follow, now: datetime) -> list[Fetched]:
        """Queue every visit's first hop; give back the visits that ended without one."""
        ended = []
        for visit in visits:
            conversation = converse(visit, follow, self._settings, self._limits, now, self._rulebook)
            try:
                task = _Task(conversation, next(conversation), self._large.permit())
            except StopIteration as end:
                ended.append(end.value)
            else:
                self._turns.add(task.hop.place, task)
        return ended

    def _hand_out(self) -> None:
        while self._under_way < self._limits.at_once and (turn := self._turns.take(self._clock())):
            self._under_way += 1
            if self._strikes[turn[0]] >= self._limits.strikes:
                self._steps.put(self._leave_alone(*turn))
                continue
            if len(self._threads) < self._under_way:
                # Daemons: an interrupted run must not wait for a server that never answers.
                self._threads.append(threading.Thread(target=self._work, daemon=True))
                self._threads[-1].start()
            self._jobs.put(turn)

    def _next_step(self) -> _Step | None:
        """Wait for a hop to end, or for a turn to come."""
        moment = self._turns.next_moment() if self._under_way < self._limits.at_once else None
        if moment is None and not self._under_way:
            raise RuntimeError("visits are left, but nothing is waiting or under way")
        try:
            until = _GLANCE if moment is None else min(max(moment - self._clock(), 0.0), _GLANCE)
            step = self._steps.get(timeout=until)
        except Empty:
            return None
        if step.bug:
            self._under_way -= 1
            raise step.bug
        return step

    def _settle(self, step: _Step) -> None:
        """Free the host of a hop that ended, and queue the hop that follows."""
        self._under_way -= 1
        if step.postponed:
            self._turns.postpone(step.place, step.task, self._clock() + step.postponed)
        elif step.fetched is None:
            self._turns.add(step.task.hop.place, step.task, first=True)
        if step.asked and step.answer is not None:
            self._strikes[step.place] = self._strikes[step.place] + 1 if step.answer.strike else 0
            if step.answer.strike:
                self._last[step.place] = replace(step.answer, body=b"")
        if not self._turns.release(step.place, self._clock(), asked=step.asked):
            self._wires.hang_up(step.place)

    def _work(self) -> None:
        while (turn := self._jobs.get()) is not None:
            self._steps.put(self._carry_out(*turn))
        with self._door:
            self._gone_home += 1
            if self._gone_home == len(self._threads):
                self._wires.close()

    def _carry_out(self, place: Place, task: _Task) -> _Step:
        try:
            wait = self._gate.enter() if task.hop.arxiv else 0.0
            if wait:
                return _Step(place=place, task=task, postponed=wait)
            try:
                answer = self._wires.find(task.hop).ask(task.hop, self._settings.max_body, task.permit)
            finally:
                if task.hop.arxiv:
                    self._gate.leave()
        except FetchError as error:
            answer = Answer(error=str(error), started=self._clock(), ended=self._clock())
            return _advance(place, task, answer, asked=False)
        except BaseException as bug:
            return _Step(place=place, task=task, bug=bug)
        return _advance(place, task, answer, asked=True)

    def _leave_alone(self, place: Place, task: _Task) -> _Step:
        answer = not_asked(self._last[place], place[0], self._limits.strikes)
        return _advance(place, task, answer, asked=False)


def _advance(place: Place, task: _Task, answer: Answer, *, asked: bool) -> _Step:
    """Tell a conversation what its hop brought, and see what it wants next."""
    try:
        task.hop = task.conversation.send(answer)
        return _Step(place=place, task=task, answer=answer, asked=asked)
    except StopIteration as end:
        return _Step(place=place, task=task, answer=answer, asked=asked, fetched=end.value)
    except BaseException as bug:
        return _Step(place=place, task=task, bug=bug)
