"""A learner's SQL in an archive of several: their own rows by the views, and no way around them."""

from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import learners, query, schema
from digest.store import marks as mark_rows
from digest.store.archive import open_archive
from digest.store.documentation import VIEWS
from tests import make
from tests.store import released

OWN_VIEWS = sorted(view for view, columns in VIEWS.items() if "learner" in columns)


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada has a row in every table, Bob one mark. No test writes to it."""
    archive = tmp_path_factory.mktemp("shared") / "digest.duckdb"
    with open_archive(archive) as db:
        released.fill_every_table(db)
        learners.settle(db, {"ada": "Ada", "bob": "Bob"})
    with open_archive(archive, learner="bob") as db:
        mark_rows.add(db, make.mark(make.item(7), mark="like"))
    return archive


def ask(path: Path, sql: str, learner: str | None) -> list[tuple[object, ...]]:
    return list(query.ask(path, sql, learner=learner, wait=1).rows)


@pytest.mark.parametrize("view", OWN_VIEWS)
def test_a_view_shows_ones_own_rows(shared: Path, view: str) -> None:
    """And everybody's where nobody is named, as any DuckDB client does."""
    learners_of = f"select distinct learner from {view} order by 1"

    assert ask(shared, learners_of, "ada") == [("ada",)]
    assert ask(shared, learners_of, "bob") == ([("bob",)] if view in ("marks", "marks_all") else [])
    assert ("ada",) in ask(shared, learners_of, None)


def test_sources_count_ones_own(shared: Path) -> None:
    """What was kept and marked is a learner's; what was seen is everybody's."""
    counts = "select kept, marked, seen from sources where source = 'Blog'"

    assert ask(shared, counts, "ada") == [(2, 1, 50)]
    assert ask(shared, counts, "bob") == [(0, 1, 50)]


@pytest.mark.parametrize("table", sorted(schema.OF_LEARNERS))
def test_the_tables_behind_the_views_are_closed(shared: Path, table: str) -> None:
    """They hold everybody's rows."""
    with pytest.raises(StoreError, match=f"core.{table} holds the rows of all learners; the views show your own"):
        ask(shared, f"select * from core.{table}", "bob")


@pytest.mark.parametrize(
    "sql",
    [
        'select * from "CORE"."Marks"',
        "select (select count(*) from core.marks)",
        "with x as (from core.marks) from x",
        "summarize core.marks",
        "select item_id from marks union all select item_id from core.marks",
        "select * from marks where item_id in (select item_id from core.marks)",
        "from range(1) r, lateral (select * from core.marks)",
        "from query('from core.' || 'marks')",
        "from query_table('core.marks')",
        "from pragma_storage_info('core.marks')",
        "from 'ARCHIVE'",
        "from read_duckdb('ARCHIVE', table_name = 'marks')",
        "from read_blob('ARCHIVE')",
    ],
)
def test_no_way_leads_around(shared: Path, sql: str) -> None:
    """Neither a spelling, nor a place in the statement, nor a function that reads by name."""
    with pytest.raises(StoreError, match="the query failed: "):
        ask(shared, sql.replace("ARCHIVE", str(shared)), "bob")


@pytest.mark.parametrize(
    "sql",
    ["select count(*) from core.items", "from search_words('retrieval')", "from range(3)", "describe marks", "show tables",
     "select * from similar_to((select min(item_id) from items))", "from duckdb_views() limit 1", "select unnest([1, 2])"],
)  # fmt: skip
def test_what_is_everybodys_stays_open(shared: Path, sql: str) -> None:
    """Items, words and what the archive says of itself."""
    assert ask(shared, sql, "bob")


def test_alone_nothing_is_closed(archive: Path) -> None:
    """The archive of one learner is all theirs."""
    with open_archive(archive) as db:
        released.fill_every_table(db)
        learners.settle(db, {"default": "Ada"})

    assert ask(archive, "select count(*) > 0 from core.marks", "default") == [(True,)]
    assert ask(archive, "from query('select count(*) > 0 from core.marks')", None) == [(True,)]
