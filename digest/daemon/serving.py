"""The process that ticks: one an archive, until it is told to stop."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from digest.config import Config
from digest.daemon.event_log import say
from digest.daemon.tick import Daemon
from digest.errors import ArchiveBusy, StoreError
from digest.store import archive, locks
from digest.workflows.status import SERVING

TICK = timedelta(minutes=1)
#: Seconds for a job to end by itself after SIGTERM; service managers and people wait five.
GRACE = 4.0


def serve(load: Callable[[], Config], *, wait: float = 10.0) -> None:
    """Tick until SIGTERM or SIGINT; refuse where another process serves the archive already."""
    config = load()
    pid = locks.holder(config.archive, SERVING)
    if pid is not None:
        raise StoreError(f"{config.archive}: another `digest serve` (pid {pid}) looks after it already")
    with locks.hold(config.archive, SERVING, wait=1.0):  # `status` may be looking at the lock just now
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
        misfire_grace_time=None,  # however late: what was missed is found out by looking
        coalesce=True,
        max_instances=1,
    )
    say("serving", archive=config.archive, pid=os.getpid())
    scheduler.start()
    while not stop.wait(TICK.total_seconds() / 2):
        # A clock that was set back would leave the next tick hours away.
        if job.next_run_time and job.next_run_time > datetime.now(UTC) + 2 * TICK:
            job.modify(next_run_time=datetime.now(UTC))
    scheduler.shutdown(wait=False)
    if daemon.busy.acquire(timeout=GRACE):
        daemon.busy.release()
        say("stopped")
        return
    # What is under way is safe to cut: answers are in the spool, writes are transactions, and a
    # delivery that began is on record as begun.
    say("stopped", unfinished=True)
    logging.shutdown()
    os._exit(0)


def _migrate(config: Config, wait: float) -> None:
    """Bring an archive of an earlier version up to date, since ticks only look into it."""
    if config.archive.exists():
        try:
            with archive.open_archive(config.archive, wait=wait):
                pass
        except ArchiveBusy as busy:
            say("failed", logging.WARNING, job="open", error=str(busy))
