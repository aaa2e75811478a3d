"""Fetch again and again, and be killed at some moment of each time. A program, run by test_nothing_lost.

    python -m tests.workflows.killing SOURCES_TOML KILLS SEED

It starts no thread itself, so that it can fork: a child begins within milliseconds.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from digest.config import Config, load_config
from tests.workflows.steps import fetch_and_ingest

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def child(config: Config, now: datetime) -> int:
    """Fetch all sources in a process of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            fetch_and_ingest(config, now, names=[source.name for source in config.sources], wait=20)
        finally:
            os._exit(0)
    return pid


def main(path: Path, kills: int, seed: int) -> None:
    config, moments = load_config(path), random.Random(seed)
    rounds = (START + number * timedelta(minutes=1) for number in count())
    os.waitpid(child(config, next(rounds)), 0)  # makes the archive, which none of the others does
    began = time.monotonic()
    os.waitpid(child(config, next(rounds)), 0)
    whole = time.monotonic() - began
    killed = 0
    for _ in range(kills):
        pid = child(config, next(rounds))
        time.sleep(moments.uniform(0, whole))
        os.kill(pid, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    os.waitpid(child(config, next(rounds)), 0)
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
