"""Fetch again and again, and be killed at some moment of each time. A program, run by test_nothing_lost.

    python -m tests.stages.killing SOURCES_TOML KILLS SEED

It starts no thread itself, so that it can fork: a child begins within milliseconds.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.config import Config, load_config
from digest.stages import fetching

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def child(config: Config, now: datetime) -> int:
    """Fetch all sources in a process of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            fetching.fetch(config, now, names=[source.name for source in config.sources], wait=20)
        finally:
            os._exit(0)
    return pid


def main(path: Path, kills: int, seed: int) -> None:
    config, moments = load_config(path), random.Random(seed)
    began = time.monotonic()
    os.waitpid(child(config, START), 0)
    whole = time.monotonic() - began
    killed = 0
    for number in range(1, kills + 1):
        pid = child(config, START + number * timedelta(minutes=1))
        time.sleep(moments.uniform(0, whole))
        os.kill(pid, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    os.waitpid(child(config, START + (kills + 1) * timedelta(minutes=1)), 0)
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
