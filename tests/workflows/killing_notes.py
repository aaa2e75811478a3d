"""Note, read and plan again and again, and be killed at some moment of each time. A program, run by test_killed_notes.

    python -m tests.workflows.killing_notes SOURCES_TOML KILLS SEED ITEM...

What a child has done stands in `done.log`, a line each, once it is on disk.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.config import Config, load_config
from digest.workflows import note_drafts, noting, planning, reading

START = datetime(2026, 3, 23, 7, tzinfo=UTC)


def act(config: Config, number: int, items: list[str], log: Path) -> None:
    """Note by command, note in an editor, read and plan, in an order that changes."""
    now = START + timedelta(hours=number)
    item = items[number % len(items)]
    steps: dict[str, Callable[[], object]] = {
        "noted": lambda: noting.note(config, item, f"said{number}x", now, wait=20),
        "edited": lambda: edit(config, items[-1 - number % len(items)], f"edit{number}x", now),
        "read": lambda: reading.read(config, item, now, minutes=number + 1, wait=20),
        "planned": lambda: planning.view_plan(config, now, minutes=60 + number, wait=20),
    }
    for name in random.Random(number).sample(list(steps), len(steps)):
        steps[name]()
        with log.open("a") as file:
            file.write(f"{name} {number}\n")
            file.flush()
            os.fsync(file.fileno())


def edit(config: Config, item: str, text: str, now: datetime) -> None:
    """As an editor does: what an earlier edit left is kept too."""
    draft = note_drafts.open_draft(config, item, now, wait=20)
    draft.path.write_text(f"{draft.path.read_text().rstrip()}\n\n{text}\n")
    note_drafts.close_draft(config, draft, now, wait=20)


def child(config: Config, number: int, items: list[str], log: Path) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            act(config, number, items, log)
        finally:
            os._exit(0)
    return pid


def main(path: Path, kills: int, seed: int, items: list[str]) -> None:
    config, moments, log = load_config(path), random.Random(seed), path.with_name("done.log")
    began = time.monotonic()
    os.waitpid(child(config, 0, items, log), 0)
    whole = time.monotonic() - began
    killed = 0
    for number in range(1, kills + 1):
        pid = child(config, number, items, log)
        time.sleep(moments.uniform(0, whole))
        os.kill(pid, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    for item in items:  # what a kill left half edited goes on
        os.waitpid(last(config, item), 0)
    sys.stdout.write(f"{killed}\n")


def last(config: Config, item: str) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            now = START + timedelta(days=30)
            if item in note_drafts.waiting_drafts(config):
                note_drafts.close_draft(config, note_drafts.open_draft(config, item, now, wait=20), now, wait=20)
        finally:
            os._exit(0)
    return pid


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
