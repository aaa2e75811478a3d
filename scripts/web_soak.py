"""The page, commands and readers on one archive for a while: what `soak_web` runs, and the tests for a shorter time."""

import http.client
import itertools
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from web_server import ROOT, Server

from digest.config import load_config
from digest.store import marks
from digest.store.archive import open_archive

#: What other processes do meanwhile, over and over; ITEM is some item.
COMMANDS = ("mark ITEM like", "mark ITEM like --undo", "fetch", "rank", "status", "search words")
OPEN = "open --port 0 --no-browser"
READERS = 4
#: Items that are marked; the page's and the commands' are others.
ITEMS = 20


@dataclass(kw_only=True)
class Report:
    """What happened."""

    #: answers of pages, by status
    answers: Counter[int] = field(default_factory=Counter)
    #: exit statuses of commands, by command
    exits: Counter[tuple[str, int]] = field(default_factory=Counter)
    slowest: float = 0.0
    #: marks that were acknowledged, and what the archive holds otherwise
    given: int = 0
    lost: list[str] = field(default_factory=list)
    #: milliseconds until another process had the idle page's archive open for writing; None if it never had
    free_after: float | None = None
    complaints: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        failed = [status for status in self.answers if status >= 500]
        return not (failed or self.lost or self.complaints) and self.given > 0 and self.free_after is not None


def soak(home: Path, seconds: float, *, serve: str = OPEN, also: Sequence[str] = ()) -> Report:
    """Use the archive in *home* from all sides for so long; it is changed."""
    found, lock, until = Report(), threading.Lock(), time.monotonic() + seconds
    config = load_config(home / "sources.toml")
    with open_archive(config.archive, read_only=True) as db:
        ids = [row[0] for row in db.execute("select item_id from items order by 1 limit ?", [2 * ITEMS]).fetchall()]
    held: dict[tuple[str, str], bool] = {}
    with Server(home, tuple(serve.split())) as server:
        acts: list[Callable[[], None]] = [
            lambda: _mark(server, ids[::2], held, found, lock, until),
            lambda: _command(home, [*COMMANDS], ids[1::2], held, found, lock, until),
            *(lambda one=one: _command(home, [one], ids[1::2], held, found, lock, until) for one in also),
            *(lambda n=n: _read(server, ids, n, found, lock, until) for n in range(READERS)),
        ]
        threads = [threading.Thread(target=act) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(5)  # marks that wait are stored every two seconds
        found.free_after = _milliseconds_to_write(home)
        with open_archive(config.archive, read_only=True) as db:
            standing = marks.standing(db)
    found.given = len(held)
    for (item_id, kind), wanted in held.items():
        if (kind in standing.get(item_id, ())) != wanted:
            found.lost.append(f"{item_id} {kind}: should be {wanted}")
    return found


def _mark(
    server: Server, ids: list[str], held: dict[tuple[str, str], bool], found: Report, lock: threading.Lock, until: float
) -> None:
    """Give and take back marks on the page, as a reader does."""
    connection, drawn = server.client(), random.Random(1)
    while time.monotonic() < until:
        item_id, kind = drawn.choice(ids), drawn.choice(("save", "read"))
        undo = held.get((item_id, kind), False)
        answer = server.ask(f"/items/{item_id}/marks", f"mark={kind}" + ("&undo=1" if undo else ""), on=connection)
        with lock:
            found.answers[answer.status] += 1
            if answer.status in (200, 202):
                held[item_id, kind] = not undo
        time.sleep(0.1)


def _read(server: Server, ids: list[str], number: int, found: Report, lock: threading.Lock, until: float) -> None:
    """Look at one page after the other."""
    connection, drawn = server.client(), random.Random(number)
    paths = [
        "/",
        "/issues",
        "/saved",
        "/search?q=retrieval&mode=words",
        "/search?q=models",
        "/sources",
        "/charts",
        "/focus",
    ]
    paths += [f"/items/{item_id}" for item_id in ids]
    while time.monotonic() < until:
        path = drawn.choice(paths)
        try:
            answer = server.ask(path, on=connection)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            with lock:
                found.complaints.append(f"{path}: {type(error).__name__}: {error}")
            continue
        with lock:
            found.answers[answer.status] += 1
            found.slowest = max(found.slowest, answer.milliseconds)
            if answer.status >= 500:
                found.complaints.append(f"{path}: {answer.status}")


def _command(
    home: Path,
    commands: list[str],
    ids: list[str],
    held: dict[tuple[str, str], bool],
    found: Report,
    lock: threading.Lock,
    until: float,
) -> None:
    """Run one command after the other, each a process that opens the archive by itself."""
    drawn = random.Random(len(commands))
    for command in itertools.cycle(commands):
        if time.monotonic() >= until:
            return
        item_id = drawn.choice(ids)
        done = subprocess.run(
            [sys.executable, "-m", "digest", *command.replace("ITEM", item_id).split()],
            env={"PYTHONPATH": str(ROOT), "DIGEST_CONFIG": str(home / "sources.toml"), "HOME": str(home)},
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        with lock:
            found.exits[command, done.returncode] += 1
            # Sources that cannot be reached fail a fetch, which is no fault of anybody here.
            if done.returncode and not command.startswith("fetch"):
                found.complaints.append(f"{command}: {done.stderr.strip()[-300:]}")
            elif command.startswith("mark") and not done.returncode:
                held[item_id, "like"] = "--undo" not in command


def _milliseconds_to_write(home: Path) -> float | None:
    """How long another process waits for the archive of a page that nobody uses."""
    code = (
        "import sys, time; from pathlib import Path; from digest.store.archive import open_archive; "
        "began = time.perf_counter()\n"
        "with open_archive(Path(sys.argv[1]), wait=0): print(1000 * (time.perf_counter() - began))"
    )
    path = str(load_config(home / "sources.toml").archive)
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return float(done.stdout) if done.returncode == 0 else None
