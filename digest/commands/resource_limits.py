"""Hard bounds for SQL that is not ours.

DuckDB looks at its own bounds, and whether it was interrupted, between pieces of work of some
thousand values; where one value has a gigabyte, one piece takes minutes and all memory. Then the
process ends itself. It has the archive open for reading only, so nothing is lost.
"""

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from digest.commands.output import warn

#: Seconds for DuckDB to stop by itself, and between two looks.
GRACE, _PAUSE = 2.0, 0.1
#: Bytes of memory that a query may add: what DuckDB may hold, and the model, with room to spare.
MOST_MEMORY = 2_000_000_000


@contextmanager
def bounded(seconds: float, *, wait: float, clear_away: Callable[[], None]) -> Iterator[None]:
    """End the process where the query inside does not end in time, in memory, or when interrupted.

    It may take so many *seconds*, after it waited so long for the archive; *clear_away* removes
    what it would leave behind.
    """
    done, interrupted = threading.Event(), threading.Event()

    def interrupt(*_: object) -> NoReturn:
        interrupted.set()
        raise KeyboardInterrupt

    def watch() -> None:
        until, most = time.monotonic() + wait + seconds + GRACE, _peak_memory() + MOST_MEMORY
        while not done.wait(_PAUSE):
            if interrupted.is_set():
                if not done.wait(GRACE):
                    _end(130, "", clear_away)
            elif time.monotonic() > until:
                _end(1, f"the query failed: it took longer than {seconds:g} s and did not stop", clear_away)
            elif _peak_memory() > most:
                _end(1, f"the query failed: it needs more than {MOST_MEMORY // 10**6} MB of memory", clear_away)

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # else it was told to ignore interrupts, as in a script's background
        signal.signal(signal.SIGINT, interrupt)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        signal.signal(signal.SIGINT, before)


def _peak_memory() -> int:
    """The most bytes that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _end(status: int, told: str, clear_away: Callable[[], None]) -> NoReturn:
    clear_away()
    if told:
        warn(told)
    os._exit(status)
