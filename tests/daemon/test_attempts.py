"""A failed job is retried with exponential backoff, and logged once."""

import logging
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from digest.daemon.attempts import LONGEST_BACKOFF, Attempts
from digest.errors import ArchiveBusy, DigestError

NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Job:
    """Fails as long as it is told to, and counts how often it was tried."""

    def __init__(self, error: Exception | None) -> None:
        self.error, self.tried = error, 0

    def __call__(self) -> str:
        self.tried += 1
        if self.error:
            raise self.error
        return "done"


def test_it_hands_on_what_the_job_returns() -> None:
    """And None for one that failed."""
    attempts = Attempts()

    assert attempts.run("look", NOW, Job(None)) == "done"
    assert attempts.run("look", NOW, Job(DigestError("no"))) is None


def test_backoff_grows_up_to_the_longest() -> None:
    """A job that keeps failing is tried after 1, 2, 4 ... minutes, then once an hour."""
    attempts, job = Attempts(), Job(DigestError("no"))
    tried = []
    for minute in range(300):
        before = job.tried
        attempts.run("look", NOW + minute * MINUTE, job)
        if job.tried > before:
            tried.append(minute)

    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_success_ends_the_backoff() -> None:
    """A job that failed and then succeeded begins with the shortest backoff again."""
    attempts, job = Attempts(), Job(DigestError("no"))
    for minute in (0, 1):
        attempts.run("look", NOW + minute * MINUTE, job)
    job.error = None
    assert attempts.run("look", NOW + 3 * MINUTE, job) == "done"

    job.error = DigestError("no")
    tried = job.tried
    for minute in (4, 5):
        attempts.run("look", NOW + minute * MINUTE, job)

    assert job.tried == tried + 2


def test_a_clock_that_was_set_back_ends_a_backoff() -> None:
    """Else the job would wait until the clock is there again."""
    attempts, job = Attempts(), Job(DigestError("no"))
    attempts.run("look", NOW, job)

    attempts.run("look", NOW - 3 * LONGEST_BACKOFF, job)

    assert job.tried == 2


def test_a_busy_archive_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once, and the job runs again at the next tick."""
    attempts, job = Attempts(), Job(ArchiveBusy("held by a shell (pid 7)", pid=7))
    with caplog.at_level(logging.INFO):
        for minute in range(3):
            attempts.run("look", NOW + minute * MINUTE, job)

    assert job.tried == 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_problem_is_logged_when_it_begins_and_when_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    """And again after it was over."""
    attempts = Attempts()
    with caplog.at_level(logging.INFO):
        for text in ("one", "one", "two", "two"):
            attempts.log_once("store", text)
        attempts.clear("store")
        attempts.log_once("store", "two")

    assert [record.getMessage().rpartition("error=")[2] for record in caplog.records] == ["one", "two", "two"]
