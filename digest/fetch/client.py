"""Fetches many sources at once, politely: the entry point for everything that is read over HTTP."""

import os
import resource
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config import Fetch
from digest.fetch.limits import FetchLimits, within_files
from digest.fetch.request_steps import Follow, OnFetched, OnProgress, Poll

if TYPE_CHECKING:
    from digest.fetch.conversation import Ownership
    from digest.fetch.network_backend import Resolve

__all__ = ["FetchLimits", "Poll", "fetch_all", "lock_folder"]


def fetch_all(
    polls: Sequence[Poll],
    settings: Fetch,
    *,
    now: datetime,
    follow: Follow,
    on_fetched: OnFetched,
    locks: Path | None = None,
    on_progress: OnProgress | None = None,
    limits: FetchLimits = FetchLimits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
    resolve: "Resolve | None" = None,
    stop: threading.Event | None = None,
    ownership: "Ownership | None" = None,
) -> None:
    """Poll every source and pass each result to *on_fetched*, in this thread, as it ends.

    *follow* names further requests of a poll and must be pure. *now* is the time that this run
    counts from, *clock* counts seconds. *locks* is the folder of the machine-wide lock for arXiv
    and of the robots cache (by default, in this user's cache). What goes wrong with a source is
    in its Fetched; only bugs and what *on_fetched* raises are raised here. Once *stop* is set, no
    further result is passed on, and running requests are abandoned. With *ownership* a poll ends with
    a result, or by being handed over; what its `confirm` raises is raised here.
    """
    from digest.fetch.scheduler import Scheduler  # loads httpx2, which most commands do without

    folder = locks or lock_folder(os.environ, Path.home())
    limits = within_files(limits, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    scheduler = Scheduler(settings, limits, folder, clock, resolve, stop or threading.Event(), ownership)
    try:
        scheduler.run(polls, follow, now, on_fetched, on_progress)
    finally:
        scheduler.close()


def lock_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Choose where this user's processes share locks: the cache, where cron jobs and terminals find the same one."""
    cache = environment.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache.startswith("/") else home / ".cache") / "mldigest"
