"""query, search, why, status: looking into an archive."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands.conftest import Command


def test_query_prints_json_keyed_by_column(digest: Command, demo_folder: Path) -> None:
    """An array of objects; times in ISO 8601 UTC."""
    sql = "select item_id, first_seen_at from items limit 2"

    done = digest("query", sql, "--json", "--config", demo_folder / "sources.toml")
    rows = json.loads(done.out)

    assert [list(row) for row in rows] == [["item_id", "first_seen_at"]] * 2
    assert rows[0]["first_seen_at"] == "2026-11-20T09:00:00Z"


def test_query_prints_csv(digest: Command, demo_folder: Path) -> None:
    """A header, then rows."""
    done = digest("query", "select 1 as one, 'a,b' as two", "--format", "csv", "--config", demo_folder / "sources.toml")

    assert list(csv.reader(io.StringIO(done.out))) == [["one", "two"], ["1", "a,b"]]


def test_query_writes_parquet_only_where_told(digest: Command, demo_folder: Path, tmp_path: Path) -> None:
    """Parquet goes to the file named with --output."""
    target = tmp_path / "out.parquet"
    options = ("--format", "parquet", "--output", target, "--config", demo_folder / "sources.toml")

    done = digest("query", "select * from items", *options)

    assert done.code == 0
    assert target.stat().st_size > 0


@pytest.mark.parametrize(
    "sql",
    [
        "delete from core.items",
        "create table x as select 1",
        "copy (select 1) to '/tmp/should-not-be.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach '/tmp/other.duckdb'",
        "set enable_external_access = true",
        "selec nonsense",
    ],
)
def test_query_only_reads(digest: Command, demo_folder: Path, sql: str) -> None:
    """Whatever would write, reach out or is no SQL ends in one line and exit 1."""
    done = digest("query", sql, "--config", demo_folder / "sources.toml")

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("digest: the query failed: ")


def test_search_finds_by_meaning(digest: Command, demo_folder: Path) -> None:
    """The nearest items come first, whether they hold the very words or not."""
    done = digest("search", "mining negatives for retrievers", "--json", "--config", demo_folder / "sources.toml")

    assert "negative" in json.loads(done.out)[0]["title"].lower()


def test_why_tells_everything(digest: Command, demo_folder: Path) -> None:
    """The first letters of an id are enough; the verdict, its parts and the matched phrase are there."""
    picks = json.loads(
        digest(
            "query", "select item_id from picks order by rank", "--json", "--config", demo_folder / "sources.toml"
        ).out
    )

    [facts] = json.loads(digest("why", picks[0]["item_id"][:8], "--json", "--config", demo_folder / "sources.toml").out)

    assert facts["item_id"] == picks[0]["item_id"]
    assert facts["verdict"].startswith("2026-W47: kept")
    assert facts["matched"]
    parts = [value for name, value in facts.items() if name.startswith("part_")]
    assert sum(parts) == pytest.approx(facts["score"], abs=0.01)


def test_why_refuses_what_it_cannot_tell(digest: Command, demo_folder: Path) -> None:
    """An unknown id, and letters that several ids share."""
    config = ("--config", demo_folder / "sources.toml")

    assert digest("why", "zzzzzzzzzz", *config).err == "digest: there is no item 'zzzzzzzzzz'\n"
    assert digest("why", "", *config).code == 1


def test_status_tells_what_ails(digest: Command, home: Path) -> None:
    """All is well after the demo; a source that cannot be reached ails, and --check says so by its exit status."""
    config = ("--config", home / "sources.toml")
    now = "2026-11-20T09:00:00Z"

    well = digest("status", "--check", "--json", "--now", now, *config)
    failed = digest("fetch", "--now", "2026-11-22T09:00:00Z", *config)  # the demo's server is gone
    ill = digest("status", "--check", "--json", "--now", "2026-11-22T09:00:00Z", *config)

    assert (well.code, json.loads(well.out)[0]["ailing"]) == (0, [])
    assert failed.code == 1  # every source failed
    assert ill.code == 1
    assert {source["source"] for source in json.loads(ill.out)[0]["ailing"]} >= {"Marginal Gains", "Plumbline"}
