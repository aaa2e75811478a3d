"""The learner's SQL is bounded and interruptible, and can search; what it must never do is in test_query."""

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import query
from digest.store.archive import open_archive
from digest.store.query import ask, copy_to_parquet
from digest.store.sql_sandbox import QueryLimits
from tests import make
from tests.store.archives import MODEL, encode, fill

ENDLESS = "select count(*) from range(100000000000) a, range(100000) b"


@pytest.fixture(name="path")
def _path(archive: Path) -> Path:
    with open_archive(archive) as db:
        fill(db, [make.item(1, summary="retrieval"), make.item(2, summary="serving")])
    return archive


def toy(words: str, model: str) -> Sequence[float]:
    assert model == MODEL
    return [float(number) for number in encode(words)]


def test_a_query_that_goes_astray_is_stopped(path: Path) -> None:
    """The error says how long it was given."""
    with pytest.raises(StoreError, match=r"longer than 0\.05 s"):
        ask(path, ENDLESS, wait=0, limits=QueryLimits(seconds=0.05))


def test_memory_and_disk_are_bounded(path: Path) -> None:
    """What needs more than its share fails; the machine is left alone."""
    hungry = "select list(a.range || repeat('x', 1000)) from range(10000000) a"

    with pytest.raises(StoreError, match="it needs more than 50MB"):
        ask(path, hungry, wait=0, limits=QueryLimits(memory="50MB", spill="1MB"))


def test_an_interrupt_stops_it_at_once(path: Path) -> None:
    """Ctrl-C comes through as KeyboardInterrupt, and the archive is closed again."""
    # A shell that runs the tests in the background may have told their processes to ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    try:
        with pytest.raises(KeyboardInterrupt):
            ask(path, ENDLESS, wait=0)
    finally:
        signal.signal(signal.SIGINT, before)

    with open_archive(path, wait=0) as db:
        assert db.execute("select count(*) from items").fetchall() == [(2,)]


def test_no_more_rows_than_anybody_reads(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten join condition does not fill the memory with rows."""
    monkeypatch.setattr(query, "_MOST_ROWS", 10)

    assert len(ask(path, "from range(10)", wait=0).rows) == 10
    with pytest.raises(StoreError, match="--format parquet"):
        ask(path, "from range(11)", wait=0)


def test_search_is_there_in_sql(path: Path, tmp_path: Path) -> None:
    """By meaning and words, fused; the model is asked once, and only if it is needed."""
    asked: list[str] = []

    def counted(words: str, model: str) -> Sequence[float]:
        asked.append(words)
        return toy(words, model)

    rows = ask(path, "select title, similarity from search('serving')", wait=0, encode=counted).rows
    ask(path, "select 1", wait=0, encode=counted)

    assert [row[0] for row in rows] == ["Post 2", "Post 1"]
    assert asked == ["serving"]
    assert copy_to_parquet(path, "from search('serving')", tmp_path / "o.parquet", wait=0, encode=counted) == 2


def test_what_the_model_complains_of_is_told(path: Path) -> None:
    """An error while words are embedded is an error of the query, in one line."""

    def fail(words: str, model: str) -> Sequence[float]:
        raise StoreError("was ranked with another model")

    with pytest.raises(StoreError, match="was ranked with another model") as caught:
        ask(path, "from search('serving')", wait=0, encode=fail)

    assert "\n" not in str(caught.value)
