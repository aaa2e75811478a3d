"""Trying things that may fail: what fails rests a while, and is said once."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from digest.daemon.event_log import log, say
from digest.errors import ArchiveBusy, DigestError

Result = TypeVar("Result")

#: What fails is tried again after 1, 2, 4 ... minutes, and at least once an hour.
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)


class Attempts:
    """Remembers what failed, and what was said of it."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._resting: dict[str, datetime] = {}
        self._said: dict[str, str] = {}

    def attempt(self, job: str, now: datetime, act: Callable[[], Result]) -> Result | None:
        """Run one job; one that failed rests a while, and whatever it raises is one line in the log."""
        if self._rests(job, now):
            return None
        try:
            result = act()
        except ArchiveBusy as busy:  # no failure: somebody works with the archive
            self.say_once(job, str(busy))
            return None
        except DigestError as error:
            self._failed(job, now, str(error))
            return None
        except Exception as bug:
            self._failed(job, now, f"{type(bug).__name__}: {bug} ({_place(bug)})")
            log.debug("the whole story", exc_info=True)
            return None
        self._failures.pop(job, None)
        self._resting.pop(job, None)
        self.is_well(job)
        return result

    def say_once(self, job: str, text: str, *, level: int = logging.WARNING) -> None:
        """Log what goes wrong when it begins and when it changes, not at every tick."""
        if self._said.get(job) != text:
            say("failed", level, job=job, error=text)
        self._said[job] = text

    def is_well(self, job: str) -> None:
        """What is said of it next is news again."""
        self._said.pop(job, None)

    def _failed(self, job: str, now: datetime, error: str) -> None:
        count = self._failures[job] = self._failures.get(job, 0) + 1
        self._resting[job] = now + min(FIRST_REST * 2 ** min(count - 1, 10), LONGEST_REST)
        self.say_once(job, error, level=logging.ERROR)

    def _rests(self, job: str, now: datetime) -> bool:
        until = self._resting.get(job)
        # A rest that reaches further than any was made under another clock.
        return until is not None and now < until <= now + LONGEST_REST


def _place(bug: BaseException) -> str:
    """Where it was raised, as file:line."""
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
