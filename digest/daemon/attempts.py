"""Run jobs that may fail: retry with exponential backoff, and log each failure once."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from digest.daemon.event_log import log, log_event
from digest.errors import ArchiveBusy, DigestError

Result = TypeVar("Result")

#: A failed job is retried after 1, 2, 4 ... minutes, and at least once an hour.
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(minutes=1), timedelta(hours=1)


class Attempts:
    """Remembers which jobs failed, and what was logged about them."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._retry_at: dict[str, datetime] = {}
        self._logged: dict[str, str] = {}

    def run(self, job: str, now: datetime, act: Callable[[], Result]) -> Result | None:
        """Run a job unless it failed a moment ago; None if it did not run or failed. An error is one line in the log."""
        if self._backs_off(job, now):
            return None
        try:
            result = act()
        except ArchiveBusy as busy:  # no failure: another process uses the archive
            self.log_once(job, str(busy))
            return None
        except DigestError as error:
            self._failed(job, now, str(error))
            return None
        except Exception as bug:
            self._failed(job, now, f"{type(bug).__name__}: {bug} ({_place(bug)})")
            log.debug("traceback", exc_info=True)
            return None
        self._failures.pop(job, None)
        self._retry_at.pop(job, None)
        self.clear(job)
        return result

    def log_once(self, job: str, text: str, *, level: int = logging.WARNING) -> None:
        """Log a problem when it begins or changes, not at every tick."""
        if self._logged.get(job) != text:
            log_event("failed", level, job=job, error=text)
        self._logged[job] = text

    def clear(self, job: str) -> None:
        """Forget what was logged, so that the next problem is logged again."""
        self._logged.pop(job, None)

    def _failed(self, job: str, now: datetime, error: str) -> None:
        count = self._failures[job] = self._failures.get(job, 0) + 1
        self._retry_at[job] = now + min(FIRST_BACKOFF * 2 ** min(count - 1, 10), LONGEST_BACKOFF)
        self.log_once(job, error, level=logging.ERROR)

    def _backs_off(self, job: str, now: datetime) -> bool:
        until = self._retry_at.get(job)
        # A moment further off than any backoff was computed before the clock was set back.
        return until is not None and now < until <= now + LONGEST_BACKOFF


def _place(bug: BaseException) -> str:
    """The file:line that raised it."""
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
