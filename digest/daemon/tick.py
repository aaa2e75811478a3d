"""What one tick does: fetch what is due, rank, build, deliver."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from digest.config import Config
from digest.daemon.attempts import Attempts
from digest.daemon.event_log import say
from digest.records import Issue
from digest.workflows import building, delivering, due, fetching, mail_feedback, ranking
from digest.workflows.ingesting import IngestedRound

#: New items are searchable within this; scoring an archive of 200,000 items takes seconds.
RANK_EVERY = timedelta(hours=1)
#: A ranking that is tried again every minute must not ask the mail server as often.
HEAR_EVERY = timedelta(minutes=10)
#: How much of a tick goes to embedding, so that the next one is on time.
EMBED_SECONDS = 45.0
#: How long an issue waits for the network, so that a machine that has just woken up reads before it writes.
WAIT_FOR_NETWORK = timedelta(hours=2)


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
        self._jobs = Attempts()
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
            waiting = self._jobs.attempt("look", now, lambda: due.look(config, now, wait=self._wait))
            if waiting is None:
                return
            if waiting.busy:
                self._jobs.say_once("archive", waiting.busy)
            else:
                self._jobs.is_well("archive")
            if waiting.sources:
                self._fetch(config, now)
            else:
                self._offline_since = None
            issue = None if waiting.busy else self._publish(config, now, waiting)
            if (issue or waiting.deliveries) and not self._stop.is_set():
                self._deliver(config, now)

    def _current_config(self, now: datetime) -> Config:
        """sources.toml as it stands, or as it was when it was last right."""
        fresh = self._jobs.attempt("configure", now, self._load)
        if fresh is not None and fresh.archive != self._config.archive:
            self._jobs.say_once("configure", "another archive in sources.toml counts after a restart")
        elif fresh is not None:
            if (fresh.focus, fresh.embedding) != (self._config.focus, self._config.embedding):
                self._unranked, self._ranked_at = True, None
            self._config = fresh
        return self._config

    def _fetch(self, config: Config, now: datetime) -> None:
        began = time.monotonic()
        done = self._jobs.attempt("fetch", now, lambda: fetching.fetch(config, now, wait=self._wait, stop=self._stop))
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
        ranked = self._jobs.attempt("rank", now, lambda: ranking.rank(config, now, wait=self._wait))
        if ranked is None:
            return None
        self._ranked_at, self._unranked = now, False
        if not wanted or self._stop.is_set():
            return None
        issue = self._jobs.attempt("build", now, lambda: building.build_due(config, ranked, now, wait=self._wait))
        if issue is not None:
            say("issue built", period=issue.period, seen=issue.seen, kept=issue.kept)
        return issue

    def _embed(self, config: Config, now: datetime) -> bool:
        """Embed what is new, within one tick; true once nothing is left. Fetching must not wait for another model."""
        until = time.monotonic() + EMBED_SECONDS
        left = self._jobs.attempt(
            "embed",
            now,
            lambda: ranking.embed_a_while(
                config,
                now,
                wait=self._wait,
                enough=lambda: self._stop.is_set() or time.monotonic() >= until,
            ),
        )
        if left:
            say("embedding", left=left)
        return left == 0

    def _hear(self, config: Config, now: datetime) -> None:
        """Collect marks by mail, so that the ranking that follows knows them."""
        if self._heard_at and self._heard_at <= now < self._heard_at + HEAR_EVERY:
            return
        heard = self._jobs.attempt(
            "hear", now, lambda: mail_feedback.collect_mail_feedback(config, now, wait=self._wait)
        )
        self._heard_at = now
        if heard is None:
            return
        if heard.problem:
            self._jobs.say_once("replies", heard.problem)
        else:
            self._jobs.is_well("replies")
        if heard.marks:
            say("marks heard", count=len(heard.marks))

    def _deliver(self, config: Config, now: datetime) -> None:
        done = self._jobs.attempt(
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

    def _report(self, done: IngestedRound) -> None:
        if done.waiting:
            self._jobs.say_once("store", f"{done.waiting}; what was fetched waits in the spool")
        elif self._offline_since and done.problems:
            others = f" (and {len(done.problems) - 1} more)" if len(done.problems) > 1 else ""
            self._jobs.say_once("network", f"no source answered: {done.problems[0]}{others}")
        else:
            self._jobs.is_well("store")
            self._jobs.is_well("network")
            for problem in done.problems:
                say("source fails", logging.WARNING, error=problem)
