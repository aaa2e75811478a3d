"""What one tick does: the steps of `pipeline.run`, each when it is due."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from digest.config import Config
from digest.daemon.attempts import Attempts
from digest.daemon.event_log import log_event
from digest.daemon.group_job import GroupJob
from digest.daemon.project_jobs import ProjectJobs
from digest.judge.embedding import Embedder, load_model
from digest.records import DeliveryState, Issue
from digest.workflows import (
    building,
    calendars,
    delivering,
    embedding,
    feedback,
    fetching,
    ingesting,
    mail_feedback,
    ranking_together,
    status,
)
from digest.workflows.ingesting import RoundResult
from digest.workflows.ranking import Ranked
from digest.workflows.status import DueWork

#: New items have scores after this at the latest; scoring an archive of 200,000 items takes seconds.
RANK_EVERY = timedelta(hours=1)
#: A ranking that is retried every minute must not ask the mail server as often.
COLLECT_MAIL_EVERY = timedelta(minutes=10)
#: How much of a tick goes to embedding, so that the next one is on time.
EMBED_SECONDS = 45.0
#: How long an issue waits for the network, so that a machine that has just woken up fetches before it builds.
WAIT_FOR_NETWORK = timedelta(hours=2)


class Daemon:
    """Does what is due at each tick; it remembers failures, and when it last ranked and collected mail."""

    def __init__(
        self,
        load: Callable[[], Config],
        *,
        stop: threading.Event | None = None,
        wait: float = 10.0,
    ) -> None:
        """*load* reads sources.toml, again at each tick."""
        self._load = load
        self._stop = stop or threading.Event()
        self._wait = wait
        self._config = load()
        self._jobs = Attempts()
        self._group = GroupJob(self._jobs, wait=wait)
        self._ranked_at: datetime | None = None
        self._collected_mail_at: datetime | None = None
        self._unranked = True
        self._offline_since: datetime | None = None
        self.busy = threading.Lock()

    def tick(self, now: datetime) -> None:
        """Do what is due now."""
        with self.busy:
            if self._stop.is_set():
                return
            config = self._current_config(now)
            due = self._jobs.run("find due work", now, lambda: status.due_work(config, now, wait=self._wait))
            if due is None:
                return
            if due.busy:
                self._jobs.log_once("archive", due.busy)
            else:
                self._jobs.clear("archive")
            if due.sources:
                self._fetch(config, now)
            else:
                self._offline_since = None
            built = set[str]() if due.busy else self._rank_and_build(config, now, due)
            for one in config.learners:
                if one.learner_id in built | due.deliveries and not self._stop.is_set():
                    self._deliver(one, now)
                if one.learner_id in built and one.digest.calendar and not self._stop.is_set():
                    self._jobs.run(
                        "write the calendar", now, partial(calendars.write_beside, one, now, wait=self._wait)
                    )
            if due.group and not (self._stop.is_set() or self._waits_for_network(now)):
                self._group.serve(config, now)

    def _current_config(self, now: datetime) -> Config:
        """The current sources.toml, or its last valid version."""
        fresh = self._jobs.run("configure", now, self._load)
        if fresh is not None and fresh.archive != self._config.archive:
            self._jobs.log_once("configure", "another archive in sources.toml takes effect after a restart")
        elif fresh is not None:
            if _judged_by(fresh) != _judged_by(self._config):
                self._unranked, self._ranked_at = True, None
            self._config = fresh
        return self._config

    def _fetch(self, config: Config, now: datetime) -> None:
        """Fetch what is due, and ingest it."""
        began = time.monotonic()
        fetched = self._jobs.run("fetch", now, lambda: fetching.fetch(config, now, wait=self._wait, stop=self._stop))
        if fetched is None or self._stop.is_set():
            return
        done = self._jobs.run("ingest", now, lambda: ingesting.ingest_fetched(config, fetched, wait=self._wait))
        if done is None:
            return
        offline = bool(done.asked) and done.failed >= done.asked
        self._offline_since = (self._offline_since or now) if offline else None
        self._unranked = self._unranked or done.new_items > 0
        if done.asked and not offline:
            log_event("fetched", asked=done.asked, new=done.new_items, seconds=round(time.monotonic() - began, 1))
        self._log_problems(done)

    def _rank_and_build(self, config: Config, now: datetime, due: DueWork) -> set[str]:
        """Rank if there is something new and it is time, and build the issues that are due; whose were built."""
        stale = self._unranked and not (self._ranked_at and self._ranked_at <= now < self._ranked_at + RANK_EVERY)
        waits = self._waits_for_network(now)
        wanted = [one for one in config.learners if one.learner_id in due.issues and not waits]
        if self._stop.is_set() or not (stale or wanted):
            return set()
        self._collect_feedback(config, now)
        projects = ProjectJobs(self._jobs, wait=self._wait)
        projects.look_up(config.learners, now)
        model = self._embed(config, now)
        if model is None:
            return set()
        served = config.learners if stale else wanted
        ranked = self._jobs.run("rank", now, lambda: ranking_together.rank_all(served, model, now, wait=self._wait))
        if ranked is None:
            return set()
        if len(served) == len(config.learners):
            self._ranked_at, self._unranked = now, False
        for one in served:
            projects.review(one, ranked[one.learner_id], now)
        return {one.learner_id for one in wanted if self._build(one, ranked[one.learner_id], now)}

    def _build(self, config: Config, ranked: Ranked, now: datetime) -> Issue | None:
        """Build one learner's issue; one that fails stops no other."""
        if self._stop.is_set():
            return None
        issue = self._jobs.run(
            f"build{_whose(config)}", now, lambda: building.build_due(config, ranked, now, wait=self._wait)
        )
        if issue is not None:
            facts: dict[str, Any] = {"learner": config.learner_id} if len(config.learners) > 1 else {}
            log_event("issue built", **facts, period=issue.period, seen=issue.seen, kept=issue.kept)
            ProjectJobs(self._jobs, wait=self._wait).write(config, issue, now)
        return issue

    def _collect_feedback(self, config: Config, now: datetime) -> None:
        """Collect marks by mail and by checkboxes, so that the ranking knows them."""
        if not (
            self._collected_mail_at and self._collected_mail_at <= now < self._collected_mail_at + COLLECT_MAIL_EVERY
        ):
            self._collect_mail(config, now)
        self._jobs.run("store waiting marks", now, lambda: feedback.store_waiting(config, wait=self._wait))
        for one in config.learners:
            self._read_checkboxes(one, now)

    def _read_checkboxes(self, config: Config, now: datetime) -> None:
        job = f"read checkboxes{_whose(config)}"
        self._jobs.run(job, now, lambda: feedback.read_checkboxes(config, now, wait=self._wait))

    def _collect_mail(self, config: Config, now: datetime) -> None:
        found = self._jobs.run(
            "collect mail", now, lambda: mail_feedback.collect_all(config.learners, now, wait=self._wait)
        )
        self._collected_mail_at = now
        if found is None:
            return
        for one in config.learners:
            mail, job = found[one.learner_id], f"replies{_whose(one)}"
            if mail.problem:
                self._jobs.log_once(job, mail.problem)
            else:
                self._jobs.clear(job)
            if mail.marks:
                log_event("marks collected", count=len(mail.marks))

    def _embed(self, config: Config, now: datetime) -> Embedder | None:
        """Embed what is new, for as long as one tick may take; the model once nothing is left, else None."""
        until = time.monotonic() + EMBED_SECONDS

        def stop() -> bool:
            return self._stop.is_set() or time.monotonic() >= until

        def embed() -> tuple[Embedder, int]:
            model = load_model(config.embedding.model, folder=config.folder)
            return model, embedding.embed(config, model, now, wait=self._wait, stop=stop).left

        done = self._jobs.run("embed", now, embed)
        if done is None:
            return None
        model, left = done
        if left:
            log_event("embedding", left=left)
        return None if left else model

    def _deliver(self, config: Config, now: datetime) -> None:
        done = self._jobs.run(
            f"deliver{_whose(config)}",
            now,
            lambda: delivering.deliver_pending(config, now, wait=self._wait, only_due=True, stop=self._stop),
        )
        for delivery in done or ():
            receipt = delivery.receipt
            log_event(
                "delivery",
                logging.INFO if receipt.state == DeliveryState.SENT else logging.WARNING,
                period=receipt.period,
                channel=receipt.channel,
                to=receipt.recipient,
                state=receipt.state,
                **({"error": receipt.error} if receipt.error else {}),
            )

    def _waits_for_network(self, now: datetime) -> bool:
        since = self._offline_since
        return since is not None and since <= now < since + WAIT_FOR_NETWORK

    def _log_problems(self, done: RoundResult) -> None:
        if done.waiting:
            self._jobs.log_once("store", f"{done.waiting}; what was fetched waits in the spool")
        elif self._offline_since and done.problems:
            others = f" (and {len(done.problems) - 1} more)" if len(done.problems) > 1 else ""
            self._jobs.log_once("network", f"no source answered: {done.problems[0]}{others}")
        else:
            self._jobs.clear("store")
            self._jobs.clear("network")
            for problem in done.problems:
                log_event("source fails", logging.WARNING, error=problem)


def _judged_by(config: Config) -> tuple[object, ...]:
    """What the scores depend on; when it changes, all are ranked at the next tick."""
    return config.embedding, tuple((one.learner_id, one.focus) for one in config.learners)


def _whose(config: Config) -> str:
    """The end of a job's name, so that one learner's failure is not another's."""
    return f" of {config.learner_id}" if len(config.learners) > 1 else ""
