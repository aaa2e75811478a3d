"""One attempt at a task, as every engine's worker makes it: timed, and with a line in place of an exception.

Imports nothing heavy: a worker reads this before the environment of `ENVIRONMENT` has to be in force.
"""

import os
import platform
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from digest import __version__
from digest.cluster.tasks import Result, Task
from digest.errors import DigestError
from digest.printable import one_line

T = TypeVar("T", bound=Task)

#: How often a task is tried whose worker dies: it may be the one that eats the memory.
TRIES = 3
WORKER_DIED = f"its worker died, {TRIES} times in turn; out of memory?"
#: A worker is one processor: more threads would only wait for one another, and add up a product in another order.
ENVIRONMENT = {
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "RAYON")},
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a worker says of its attempt: a result, or an error in one line and where it was raised."""

    result: Result | None = None
    error: str = ""
    trace: str = ""


def attempt(function: Callable[[T], Result], task: T, version: str = __version__) -> Answer:
    """Do *task*, which was sent by a driver of *version*; never raises an Exception.

    Two versions in one cluster would write different rows under one name.
    """
    if version != __version__:
        return Answer(error=f"{here()} runs mldigest {__version__}, and the command is of {version}")
    clock = time.process_time if threading.current_thread() is threading.main_thread() else time.thread_time
    began, used = time.monotonic(), clock()
    try:
        done = function(task)
    except Exception as error:
        return failure(error)
    seconds, processor_seconds = time.monotonic() - began, clock() - used
    return Answer(result=replace(done, seconds=seconds, processor_seconds=processor_seconds, worker=here()))


def failure(error: Exception) -> Answer:
    """The answer in place of *error*: a DigestError speaks for itself, anything else is named by its type."""
    told = str(error) if isinstance(error, DigestError) else f"{type(error).__name__}: {error}"
    return Answer(error=one_line(told), trace="".join(traceback.format_exception(error)))


def here() -> str:
    """This host and process."""
    return f"{platform.node() or 'localhost'}:{os.getpid()}"
