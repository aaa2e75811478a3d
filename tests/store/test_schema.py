"""The promised views: what any DuckDB client may rely on."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from digest.store import deliveries, items, sources, vectors, verdicts
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store import works as work_rows
from digest.store.archive import open_archive, transaction
from tests import make
from tests.store.archives import encode

#: The contract's own table, and not the program's documentation of itself.
PROMISED = {
    "sources": "source kind url active last_success last_error failures next_check seen kept marked",
    "fetches": "source started_at status outcome new_items bytes milliseconds conditional",
    "items": "item_id work_id source kind url title authors summary published_at first_seen_at arxiv_id words backfill",
    "works": "work_id title item_count sources first_seen_at",
    "scores": "item_id relevance lean score",
    "verdicts": "period item_id kept rank score section reason",
    "picks": "period item_id title url source section reason",
    "issues": "period starts_at ends_at built_at seen kept path",
    "deliveries": "period channel recipient state attempted_at delivered_at message_id error",
    "marks": "item_id mark marked_at origin",
    "embeddings": "item_id model vector",
    "embeddings_all": "item_id model vector",
}


@pytest.fixture(name="full", scope="module")
def _full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which every view has rows."""
    path = tmp_path_factory.mktemp("schema") / "full.duckdb"
    kept = make.item(1, arxiv_id="2603.01234", authors=("Ada Byron",))
    other = make.item(2, source="Other")
    with open_archive(path) as db, transaction(db):
        items.add(
            db,
            [make.new_item(kept), make.new_item(other, work_id=kept.item_id, first_seen_at=make.NOW)],
            read=make.readings([kept, other]),
        )
        state = make.state(last_success=make.NOW, last_error="HTTP 503", failures=2, next_check=make.NOW + make.DAY)
        sources.save_states(db, {"Blog": state}, active={"Blog": make.source()})
        visit = sources.FetchRow(
            source="Blog",
            started_at=make.NOW,
            status=200,
            outcome="new",
            new_items=2,
            bytes=100,
            milliseconds=5,
            conditional=False,
            error="",
        )
        sources.record_fetches(db, [visit])
        one = make.verdict(kept)
        verdicts.save_issue(db, make.issue(), [one], path="digests/2026-W12.md")
        deliveries.record(db, make.receipt(state="sent", delivered_at=make.NOW))
        mark_rows.add(db, make.mark(kept))
        made = encode(kept.title)
        columns = {name: made[:1] for name in ("relevance", "lean", "score")}
        score_rows.replace(db, [kept.item_id], columns, {"statement": made[:1]})
    with open_archive(path) as db:
        vectors.use_model(db, "toy", len(made), now=make.NOW)
        hashes = [text_hash for text_hash, _, _ in vectors.missing(db, "toy", len(made))]
        vectors.save(db, "toy", hashes, made[None].repeat(2, axis=0))
    return path


@pytest.fixture(name="client", scope="module")
def _client(full: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One that knows nothing of this program."""
    with duckdb.connect(str(full), read_only=True) as client:
        yield client


@pytest.mark.parametrize(
    ("view", "column"), [(view, column) for view, columns in PROMISED.items() for column in columns.split()]
)
def test_a_promised_column_is_there(client: duckdb.DuckDBPyConnection, view: str, column: str) -> None:
    """Under this name, with rows."""
    assert client.execute(f"select {column} from {view}").fetchall()


def test_views_of_a_new_archive_are_empty(empty_archive: Path) -> None:
    """Before the first fetch too, and before any model."""
    with duckdb.connect(str(empty_archive), read_only=True) as client:
        assert [view for view in PROMISED if client.execute(f"from {view}").fetchall()] == []


def test_times_are_utc_wherever_the_machine_stands(archive: Path) -> None:
    """Written in Tokyo, read by a plain client in Los Angeles: the same moment, and no zone applied to it."""
    write = (
        "import sys\nfrom pathlib import Path\nfrom digest.store import items, works\n"
        "from digest.store.archive import open_archive\nfrom tests import make\n"
        "with open_archive(Path(sys.argv[1])) as db:\n"
        "    made = make.item(published_at=make.NOW)\n"
        "    items.add(db, [make.new_item(made, first_seen_at=make.NOW)], read=make.readings([made]))\n"
        "    [work] = works.with_items(db, [made.item_id])\n"
        "    assert work.first_seen_at == make.NOW and work.items[0].published_at == make.NOW\n"
    )
    read = (
        "import sys, duckdb\n"
        "with duckdb.connect(sys.argv[1], read_only=True) as db:\n"
        "    print(*db.execute('select published_at, first_seen_at from items').fetchone())\n"
    )

    def run(program: str, zone: str) -> str:
        command = [sys.executable, "-c", program, str(archive)]
        return subprocess.run(
            command, env=os.environ | {"TZ": zone}, check=True, capture_output=True, text=True
        ).stdout.strip()

    run(write, "Asia/Tokyo")

    assert run(read, "America/Los_Angeles") == "2026-03-23 07:00:00 2026-03-23 07:00:00"


class TestWhatViewsSay:
    def test_sources_count_what_they_brought(self, full: Path) -> None:
        """Items seen, kept and marked, and whether sources.toml names the source still."""
        with duckdb.connect(str(full), read_only=True) as client:
            rows = client.execute(
                "select source, active, last_error, failures, seen, kept, marked from sources"
            ).fetchall()

        assert rows == [("Blog", True, "HTTP 503", 2, 1, 1, 1)]

    def test_a_work_is_all_its_items(self, full: Path) -> None:
        """The first one names it."""
        with duckdb.connect(str(full), read_only=True) as client:
            rows = client.execute("select title, item_count, sources, first_seen_at from works").fetchall()

        seen = (make.NOW - make.DAY).replace(tzinfo=None)
        assert rows == [("Post 1", 2, ["Blog", "Other"], seen)]

    def test_picks_are_the_kept_verdicts(self, archive: Path) -> None:
        """What was left out stands only in the verdicts."""
        kept, left = make.item(1), make.item(2)
        with open_archive(archive) as db:
            items.add(db, [make.new_item(kept), make.new_item(left)], read=make.readings([kept, left]))
            out = make.verdict(left, kept=False, section=None, rank=2)
            verdicts.save_issue(db, make.issue(), [make.verdict(kept), out], path="")

            assert db.execute("select title, section from picks").fetchall() == [("Post 1", "letter")]
            assert db.execute("select kept, section, rank from verdicts order by rank").fetchall() == [
                (True, "letter", 1),
                (False, None, 2),
            ]

    def test_what_is_unknown_is_null(self, archive: Path) -> None:
        """An empty arXiv id would join with others."""
        bare = make.item(published_at=None)
        with open_archive(archive) as db:
            items.add(db, [make.new_item(bare)], read=make.readings([bare]))

            assert db.execute("select published_at, arxiv_id, doi from items").fetchall() == [(None, None, None)]

    def test_a_source_that_is_gone_is_never_due(self, archive: Path) -> None:
        """410 is for good."""
        with open_archive(archive) as db:
            state = make.state(gone=True, next_check=make.NOW)
            sources.save_states(db, {"Blog": state}, active={})

            assert db.execute("select active, next_check from sources").fetchall() == [(False, None)]


def test_a_moment_keeps_its_microseconds(archive: Path) -> None:
    """Two visits within a second are two."""
    odd = make.NOW + dt.timedelta(microseconds=123_457)
    with open_archive(archive) as db:
        made = make.item(published_at=odd)
        items.add(db, [make.new_item(made, first_seen_at=odd)], read=make.readings([made]))

        [work] = work_rows.with_items(db, [made.item_id])

    assert (work.first_seen_at, work.items[0].published_at) == (odd, odd)
