"""The process behind `digest serve`: one per archive, ticking until SIGTERM or SIGINT."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from digest.config import Config
from digest.daemon.event_log import log_event
from digest.daemon.tick import Daemon
from digest.errors import ArchiveBusy, StoreError
from digest.store import locks
from digest.workflows.opening import bring_up_to_date
from digest.workflows.status import SERVING

TICK = timedelta(minutes=1)
#: Seconds for a job to end by itself after SIGTERM; service managers wait at least five.
GRACE = 4.0


def serve(load: Callable[[], Config], *, wait: float = 10.0) -> None:
    """Tick until SIGTERM or SIGINT; StoreError if another process serves the archive already."""
    config = load()
    pid = locks.holder(config.archive, SERVING)
    if pid is not None:
        raise StoreError(f"{config.archive}: another `digest serve` (pid {pid}) serves it already")
    with locks.hold(config.archive, SERVING, wait=1.0):  # `status` may hold the lock for a moment
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        _migrate(config, wait)
        _run(Daemon(load, stop=stop, wait=wait), stop, config)


def _run(daemon: Daemon, stop: threading.Event, config: Config) -> None:
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(timezone=UTC)
    job = scheduler.add_job(
        lambda: daemon.tick(datetime.now(UTC)),
        "interval",
        seconds=TICK.total_seconds(),
        next_run_time=datetime.now(UTC),
        misfire_grace_time=None,  # however late: a tick reads what is due from the archive
        coalesce=True,
        max_instances=1,
    )
    log_event("serving", archive=config.archive, pid=os.getpid())
    scheduler.start()
    while not stop.wait(TICK.total_seconds() / 2):
        # After the clock was set back, the next tick would be hours away.
        if job.next_run_time and job.next_run_time > datetime.now(UTC) + 2 * TICK:
            job.modify(next_run_time=datetime.now(UTC))
    scheduler.shutdown(wait=False)
    if daemon.busy.acquire(timeout=GRACE):
        daemon.busy.release()
        log_event("stopped")
        return
    # Exiting in the middle is safe: answers are in the spool, writes are transactions, and the start of
    # a delivery is on record.
    log_event("stopped", unfinished=True)
    logging.shutdown()
    os._exit(0)


def _migrate(config: Config, wait: float) -> None:
    """Migrate an archive of an earlier version, since ticks begin by opening it read-only."""
    try:
        bring_up_to_date(config, wait=wait)
    except ArchiveBusy as busy:
        log_event("failed", logging.WARNING, job="open", error=str(busy))
