"""One archive, several processes: a run, a second process that queries all through it, a third that holds the file."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.config import Config, load_config
from digest.demo import serve_samples
from digest.store import spool
from digest.store.archive import open_archive
from digest.store.query import ask
from tests.make import NOW, sample_config

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

#: Asks without a pause until it is told to stop, as an impatient dashboard would, and says what it saw.
ASKING = """
import json, sys, threading
from pathlib import Path
from digest.errors import StoreError
from digest.store.query import ask

path, stop, seen, failures = Path(sys.argv[1]), threading.Event(), [], []
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
print("asking", flush=True)
while not stop.is_set():
    try:
        [row] = ask(path, "select (select count(*) from items), (select count(*) from picks)", wait=10).rows
        seen.append(row)
    except StoreError as error:
        if "no archive yet" not in str(error) and "holds nothing yet" not in str(error):
            failures.append(str(error))
print(json.dumps({"seen": seen, "failures": failures}))
"""

HOLDING = "import duckdb, sys; db = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@contextmanager
def process(code: str, archive: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has begun, and ends when its stdin is closed."""
    command = [sys.executable, "-c", code, str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        started.stdout.readline()
        try:
            yield started
        finally:
            if started.poll() is None:
                started.communicate()


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serve_samples(NOW) as base_url:
        (tmp_path / "sources.toml").write_text(sample_config(base_url), encoding="utf-8")
        yield load_config(tmp_path / "sources.toml")


def test_a_second_process_queries_all_through_a_run(config: Config) -> None:
    """Neither fails; what is seen only grows, and never half an issue."""
    with process(ASKING, config.archive) as asking:
        outcome = pipeline.run(config, NOW, end_period=True, wait=60)
        [row] = ask(config.archive, "select count(*) from items", wait=10).rows
        out, _ = asking.communicate(timeout=60)
    told = json.loads(out)

    assert outcome.issue is not None
    assert told["failures"] == []
    assert [items for items, _ in told["seen"]] == sorted(items for items, _ in told["seen"])
    assert {picks for _, picks in told["seen"]} <= {0, outcome.issue.kept}
    assert max(items for items, _ in told["seen"]) <= row[0]


def item_ids(config: Config) -> list[tuple[str]]:
    with open_archive(config.archive) as db:
        return [(row[0],) for row in db.execute("select item_id from items order by 1").fetchall()]


def hold(config: Config, seconds: float) -> None:
    """Run again and again while a third process holds the archive, then let go, and see that nothing was lost."""
    undisturbed = config.model_copy(update={"folder": config.folder / "undisturbed"})
    undisturbed.folder.mkdir()
    pipeline.run(undisturbed, NOW)
    with open_archive(config.archive):
        pass  # makes it, so that it can be held before anything is in it

    with process(HOLDING, config.archive) as holding:
        until = time.monotonic() + seconds
        rounds = 0
        while rounds == 0 or time.monotonic() < until:
            outcome = pipeline.run(config, NOW + timedelta(hours=rounds), wait=0)
            rounds += 1
            assert str(holding.pid) in outcome.round.waiting
            assert outcome.round.problems == ()
    outcome = pipeline.run(config, NOW + timedelta(hours=rounds), wait=10)

    assert outcome.round.waiting == ""
    assert item_ids(config) == item_ids(undisturbed) != []
    assert spool.rounds(spool.folder_for(config.archive)) == []


def test_a_third_process_holds_the_file_for_a_moment(config: Config) -> None:
    """Fetching goes on into the spool, and everything is stored when the file is free."""
    hold(config, 0)


@pytest.mark.slow
def test_a_third_process_holds_the_file_for_a_minute(config: Config) -> None:
    """The same for as long as somebody has a shell open."""
    hold(config, 60)
