"""Asks the world: many hosts at once, each politely. The only door through which this program reads it."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config import Fetch
from digest.fetch.messages import Follow, Limits, OnFetched, OnProgress, Visit

if TYPE_CHECKING:
    from digest.fetch.doors import Resolve

__all__ = ["Limits", "Visit", "fetch_all", "lock_folder"]


def fetch_all(
    visits: Sequence[Visit],
    settings: Fetch,
    *,
    now: datetime,
    follow: Follow,
    on_fetched: OnFetched,
    locks: Path | None = None,
    on_progress: OnProgress | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
    resolve: "Resolve | None" = None,
    stop: threading.Event | None = None,
) -> None:
    """Make all visits and hand each to *on_fetched*, in this thread, as it ends.

    *follow* names further requests of a visit and must be pure. *now* is the moment that this
    run counts from, *clock* counts seconds, *locks* is the folder of the machine-wide lock
    for arXiv and of what robots.txt said (this user's cache unless given). What goes wrong with a source is in its
    Fetched; only bugs and what *on_fetched* raises come out of here. Once *stop* is set no
    visit is handed over any more, and those under way are let go.
    """
    from digest.fetch.scheduler import Scheduler  # brings httpx2, which most commands do without

    folder = locks or lock_folder(os.environ, Path.home())
    scheduler = Scheduler(settings, limits, folder, clock, resolve, stop or threading.Event())
    try:
        scheduler.make(visits, follow, now, on_fetched, on_progress)
    finally:
        scheduler.close()


def lock_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Choose where this user's processes share locks: the cache, which cron jobs and sessions agree on."""
    cache = environment.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache.startswith("/") else home / ".cache") / "mldigest"
