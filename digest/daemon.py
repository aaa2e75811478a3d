"""The background job: every minute it asks the archive what is due, and does that.

Nothing depends on its memory. Asleep, killed or held up, it finds at the next tick what is
due then; that is why one issue follows three missed weeks, and why a change of the clocks
neither skips nor doubles one. What fails is one line in the log and is tried again later;
nothing that fails ends it.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from digest.config import Config
from digest.errors import ArchiveBusy, DigestError, StoreError
from digest.records import Issue
from digest.stages import delivering, due, fetching, hearing, publishing, ranking
from digest.stages.status import SERVING
from digest.stages.storing import Round
from digest.store import archive, locks

log = logging.getLogger(__name__)
Result = TypeVar("Result")

TICK = timedelta(minutes=1)
#: New items are searchable within this; scoring an archive of 200,000 items takes seconds.
RANK_EVERY = timedelta(hours=1)
#: A ranking that is tried again every minute must not ask the mail server as often.
HEAR_EVERY = timedelta(minutes=10)
#: How much of a tick goes to embedding, so that the next one is on time.
EMBED_SECONDS = 45.0
#: How long an issue waits for the network, so that a machine that has just woken up reads before it writes.
WAIT_FOR_NETWORK = timedelta(hours=2)
#: What fails is tried again after 1, 2, 4 ... minutes, and at least this often.
LONGEST_REST = timedelta(hours=1)
#: Seconds for a job to end by itself after SIGTERM; service managers and people wait five.
GRACE = 4.0


class Daemon:
    """What one tick does. It remembers only what makes it quieter: failures, and when it last ranked and heard."""

    def __init__(
        self,
        load: Callable[[], Config],
        *,
        stop: threading.Event | None = None,
        wait: float = 10.0,
    ) -> None:
        """*load* reads sources.toml, anew at each tick."""
        self._load = load
        self._stop = stop or threading.Event()
        self._wait = wait
        self._config = load()
        self._failures: dict[str, int] = {}
        self._resting: dict[str, datetime] = {}
        self._said: dict[str, str] = {}
        self._ranked_at: datetime | None = None
        self._heard_at: datetime | None = None
        self._unranked = True
        self._offline_since: datetime | None = None
        self.busy = threading.Lock()

    def tick(self, now: datetime) -> None:
        """Do what is due now."""
        with self.busy:
            if self._stop.is_set():
                return
            config = self._current_config(now)
            waiting = self._attempt("look", now, lambda: due.look(config, now, wait=self._wait))
            if waiting is None:
                return
            if waiting.busy:
                self._say_once("archive", waiting.busy)
            else:
                self._said.pop("archive", None)
            if waiting.sources:
                self._fetch(config, now)
            else:
                self._offline_since = None
            issue = None if waiting.busy else self._publish(config, now, waiting)
            if (issue or waiting.deliveries) and not self._stop.is_set():
                self._deliver(config, now)

    def _current_config(self, now: datetime) -> Config:
        """sources.toml as it stands, or as it was when it was last right."""
        fresh = self._attempt("configure", now, self._load)
        if fresh is not None and fresh.archive != self._config.archive:
            self._say_once("configure", "another archive in sources.toml counts after a restart")
        elif fresh is not None:
            if (fresh.focus, fresh.embedding) != (self._config.focus, self._config.embedding):
                self._unranked, self._ranked_at = True, None
            self._config = fresh
        return self._config

    def _fetch(self, config: Config, now: datetime) -> None:
        began = time.monotonic()
        done = self._attempt("fetch", now, lambda: fetching.fetch(config, now, wait=self._wait, stop=self._stop))
        if done is None or self._stop.is_set():
            return
        offline = bool(done.asked) and done.failed >= done.asked
        self._offline_since = (self._offline_since or now) if offline else None
        self._unranked = self._unranked or done.new_items > 0
        if done.asked and not offline:
            say("fetched", asked=done.asked, new=done.new_items, seconds=round(time.monotonic() - began, 1))
        self._report(done)

    def _publish(self, config: Config, now: datetime, waiting: due.Due) -> Issue | None:
        """Rank when there is something new and it is time, and build the issue that is due."""
        stale = self._unranked and not (self._ranked_at and self._ranked_at <= now < self._ranked_at + RANK_EVERY)
        wanted = waiting.issue is not None and not self._waits_for_network(now)
        if self._stop.is_set() or not (stale or wanted):
            return None
        if not self._embed(config, now):
            return None
        self._hear(config, now)
        ranked = self._attempt("rank", now, lambda: ranking.rank(config, now, wait=self._wait))
        if ranked is None:
            return None
        self._ranked_at, self._unranked = now, False
        if not wanted or self._stop.is_set():
            return None
        issue = self._attempt("build", now, lambda: publishing.build_due(config, ranked, now, wait=self._wait))
        if issue is not None:
            say("issue built", period=issue.period, seen=issue.seen, kept=issue.kept)
        return issue

    def _embed(self, config: Config, now: datetime) -> bool:
        """Embed what is new, within one tick; true once nothing is left. Fetching must not wait for another model."""
        until = time.monotonic() + EMBED_SECONDS
        left: list[int] = []
        finished = self._attempt(
            "embed",
            now,
            lambda: ranking.embed_a_while(
                config,
                now,
                wait=self._wait,
                progress=lambda done, total: left.append(total - done),
                enough=lambda: self._stop.is_set() or time.monotonic() >= until,
            ),
        )
        if finished is False:
            say("embedding", left=left[-1])
        return bool(finished)

    def _hear(self, config: Config, now: datetime) -> None:
        """Collect marks by mail, so that the ranking that follows knows them."""
        if self._heard_at and self._heard_at <= now < self._heard_at + HEAR_EVERY:
            return
        heard = self._attempt("hear", now, lambda: hearing.hear(config, now, wait=self._wait))
        self._heard_at = now
        if heard is None:
            return
        if heard.problem:
            self._say_once("replies", heard.problem)
        else:
            self._said.pop("replies", None)
        if heard.marks:
            say("marks heard", count=len(heard.marks))

    def _deliver(self, config: Config, now: datetime) -> None:
        done = self._attempt(
            "deliver",
            now,
            lambda: delivering.deliver_pending(config, now, wait=self._wait, only_due=True, stop=self._stop),
        )
        for delivery in done or ():
            receipt = delivery.receipt
            level = logging.INFO if receipt.state == "sent" else logging.WARNING
            say(
                "delivery",
                level,
                period=receipt.period,
                channel=receipt.channel,
                to=receipt.recipient,
                state=receipt.state,
                **({"error": receipt.error} if receipt.error else {}),
            )

    def _waits_for_network(self, now: datetime) -> bool:
        since = self._offline_since
        return since is not None and since <= now < since + WAIT_FOR_NETWORK

    def _attempt(self, job: str, now: datetime, act: Callable[[], Result]) -> Result | None:
        """Run one job; one that failed rests a while, and whatever it raises is one line in the log."""
        if self._rests(job, now):
            return None
        try:
            result = act()
        except ArchiveBusy as busy:  # no failure: somebody works with the archive
            self._say_once(job, str(busy))
            return None
        except DigestError as error:
            self._failed(job, now, str(error))
            return None
        except Exception as bug:
            self._failed(job, now, f"{type(bug).__name__}: {bug} ({_place(bug)})")
            log.debug("the whole story", exc_info=True)
            return None
        self._failures.pop(job, None)
        self._said.pop(job, None)
        return result

    def _failed(self, job: str, now: datetime, error: str) -> None:
        count = self._failures[job] = self._failures.get(job, 0) + 1
        self._resting[job] = now + min(TICK * 2 ** min(count - 1, 10), LONGEST_REST)
        self._say_once(job, error, level=logging.ERROR)

    def _rests(self, job: str, now: datetime) -> bool:
        until = self._resting.get(job)
        # A rest that reaches further than any was made under another clock.
        return self._failures.get(job, 0) > 0 and until is not None and now < until <= now + LONGEST_REST

    def _report(self, done: Round) -> None:
        if done.waiting:
            self._say_once("store", f"{done.waiting}; what was fetched waits in the spool")
        elif self._offline_since and done.problems:
            others = f" (and {len(done.problems) - 1} more)" if len(done.problems) > 1 else ""
            self._say_once("network", f"no source answered: {done.problems[0]}{others}")
        else:
            self._said.pop("store", None)
            self._said.pop("network", None)
            for problem in done.problems:
                say("source ails", logging.WARNING, error=problem)

    def _say_once(self, job: str, text: str, *, level: int = logging.WARNING) -> None:
        """Log what goes wrong when it begins and when it changes, not at every tick."""
        if self._said.get(job) != text:
            say("failed", level, job=job, error=text)
        self._said[job] = text


def serve(load: Callable[[], Config], *, wait: float = 10.0) -> None:
    """Tick until SIGTERM or SIGINT; refuse where another process serves the archive already."""
    config = load()
    pid = locks.holder(config.archive, SERVING)
    if pid is not None:
        raise StoreError(f"{config.archive}: another `digest serve` (pid {pid}) looks after it already")
    with locks.hold(config.archive, SERVING, wait=1.0):  # `status` may be looking at the lock just now
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        _migrate(config, wait)
        _run(Daemon(load, stop=stop, wait=wait), stop, config)


def say(event: str, level: int = logging.INFO, **facts: Any) -> None:  # noqa: ANN401 - anything that can be shown
    """Log one event as key=value pairs, on one line whatever the values hold."""
    log.log(level, " ".join([f"event={_value(event)}", *(f"{key}={_value(fact)}" for key, fact in facts.items())]))


def write_logs_to_stderr(level: int = logging.INFO) -> None:
    """One line an event: time in UTC, level, then its key=value pairs."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("time=%(asctime)s level=%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    log.handlers, log.propagate = [handler], False
    log.setLevel(level)
    # The scheduler's own complaints are about ticks that take longer than a minute, which is no trouble.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def _run(daemon: Daemon, stop: threading.Event, config: Config) -> None:
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(timezone=UTC)
    job = scheduler.add_job(
        lambda: daemon.tick(datetime.now(UTC)),
        "interval",
        seconds=TICK.total_seconds(),
        next_run_time=datetime.now(UTC),
        misfire_grace_time=None,  # however late: what was missed is found out by looking
        coalesce=True,
        max_instances=1,
    )
    say("serving", archive=config.archive, pid=os.getpid())
    scheduler.start()
    while not stop.wait(TICK.total_seconds() / 2):
        # A clock that was set back would leave the next tick hours away.
        if job.next_run_time and job.next_run_time > datetime.now(UTC) + 2 * TICK:
            job.modify(next_run_time=datetime.now(UTC))
    scheduler.shutdown(wait=False)
    if daemon.busy.acquire(timeout=GRACE):
        daemon.busy.release()
        say("stopped")
        return
    # What is under way is safe to cut: answers are in the spool, writes are transactions, and a
    # delivery that began is on record as begun.
    say("stopped", unfinished=True)
    logging.shutdown()
    os._exit(0)


def _migrate(config: Config, wait: float) -> None:
    """Bring an archive of an earlier version up to date, since ticks only look into it."""
    if config.archive.exists():
        try:
            with archive.open_archive(config.archive, wait=wait):
                pass
        except ArchiveBusy as busy:
            say("failed", logging.WARNING, job="open", error=str(busy))


def _value(fact: object) -> str:
    text = str(fact)
    plain = text and text.isprintable() and not set(text) & set(' "=')
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())


def _place(bug: BaseException) -> str:
    """Where it was raised, as file:line."""
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
