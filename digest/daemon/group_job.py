"""The reading group in the background job: its paper when it is due, and what of it is still to be delivered."""

from datetime import datetime, timedelta

from digest.config import Config
from digest.daemon.attempts import Attempts
from digest.daemon.event_log import log_event
from digest.judge.embedding import load_model
from digest.workflows import reading_group

#: Where there was no paper to choose, the next look comes after this.
LOOK_EVERY = timedelta(hours=1)


class GroupJob:
    """Serves the reading group; it remembers when there was nothing to choose from."""

    def __init__(self, jobs: Attempts, *, wait: float) -> None:
        self._jobs = jobs
        self._wait = wait
        self._nothing_at: datetime | None = None

    def serve(self, config: Config, now: datetime) -> None:
        """Choose the paper if it is due, and deliver what is due."""
        if self._nothing_at is not None and self._nothing_at <= now < self._nothing_at + LOOK_EVERY:
            return
        done = self._jobs.run("reading group", now, lambda: self._serve(config, now))
        self._nothing_at = now if done is not None and not (done.issue or done.delivered) else None
        if done is not None and done.issue is not None:
            log_event("issue built", group=done.name, period=done.issue.period)

    def _serve(self, config: Config, now: datetime) -> reading_group.GroupResult | None:
        model = load_model(config.embedding.model, folder=config.folder)
        return reading_group.issue_and_deliver(config, model, now, only_due=True, wait=self._wait)
