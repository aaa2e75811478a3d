"""arXiv's own rate limit, kept across all processes on the machine by a lock file and a timestamp beside it."""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from digest.errors import FetchError

#: seconds to wait where another request to arXiv is running
_RETRY = 0.1


class ArxivRateLimiter:
    """Allows one request to arXiv at a time, and a gap between two.

    The lock is held while a request runs, never while waiting for the gap to pass.
    """

    def __init__(self, folder: Path, gap: float, *, clock: Callable[[], float] = time.time) -> None:
        """*gap* in seconds; *clock* must agree between processes, as the wall clock does."""
        self._folder = folder
        self._stamp = folder / "arxiv.last"
        self._lock = FileLock(folder / "arxiv.lock", thread_local=False)
        self._thread_lock = threading.Lock()  # the file lock alone would let a second thread in
        self._gap = gap
        self._clock = clock

    def acquire(self) -> float:
        """Take the lock and return 0.0, or return the seconds to wait before trying again.

        FetchError where the lock file cannot be written.
        """
        if not self._thread_lock.acquire(blocking=False):
            return _RETRY
        wait = _RETRY
        try:
            wait = self._try()
        finally:
            if wait:
                self._thread_lock.release()
        return wait

    def release(self) -> None:
        with contextlib.suppress(OSError):  # a full disk; the stamp of `acquire` remains
            self._write()
        self._lock.release()
        self._thread_lock.release()

    def _try(self) -> float:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
            if wait := self._wait():
                self._lock.release()
            else:
                self._write()  # if this process dies before `release`, the request still counts
            return wait
        except Timeout:
            return _RETRY
        except OSError as error:
            self._lock.release()
            raise FetchError(f"not asked: arXiv's waiting rule needs a lock file in {self._folder}: {error}") from error

    def _wait(self) -> float:
        try:
            last = float(self._stamp.read_text("ascii"))
        except (OSError, ValueError):
            return 0.0
        # A stamp from the future comes from another clock: wait one gap at most.
        return max(0.0, min(last + self._gap - self._clock(), self._gap))

    def _write(self) -> None:
        self._stamp.write_text(f"{self._clock():.6f}", "ascii")
