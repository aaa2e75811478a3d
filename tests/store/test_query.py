"""The learner's own SQL: it reads all of the archive, and nothing else, and changes nothing."""

import shutil
from pathlib import Path

import duckdb
import pytest

from digest.errors import StoreError
from digest.store import items
from digest.store.archive import Connection, open_archive
from digest.store.query import ask, copy_to_parquet
from tests import make


@pytest.fixture(name="three", scope="module")
def _three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("query") / "three.duckdb"
    made = [make.item(number) for number in (1, 2, 3)]
    with open_archive(path) as db:
        items.add(db, [make.new_item(item) for item in made], read=make.readings(made))
    return path


@pytest.fixture(name="stored")
def _stored(archive: Path, three: Path) -> Path:
    """An archive with three items."""
    shutil.copy(three, archive)
    return archive


def refusal(path: Path, sql: str) -> str:
    with pytest.raises(StoreError) as caught:
        ask(path, sql, wait=0)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestReading:
    @pytest.mark.parametrize(
        ("sql", "rows"),
        [
            ("select count(*) from items", [(3,)]),
            ("select title from items order by title limit 1;", [("Post 1",)]),
            ("with one as (select 1 as a) select a from one -- that is all", [(1,)]),
            ("from items select count(*)", [(3,)]),
            ("values (1), (2)", [(1,), (2,)]),
        ],
    )
    def test_a_select_gives_its_rows(self, stored: Path, sql: str, rows: list[tuple[object, ...]]) -> None:
        """In whatever way it is written."""
        assert list(ask(stored, sql, wait=0).rows) == rows

    def test_columns_have_their_names(self, stored: Path) -> None:
        """Also where there is no row."""
        answer = ask(stored, "select item_id, title as name from items where false", wait=0)

        assert (answer.columns, list(answer.rows)) == (("item_id", "name"), [])

    @pytest.mark.parametrize("sql", ["describe items", "show tables", "summarize items"])
    def test_the_archive_can_be_explored(self, stored: Path, sql: str) -> None:
        """What views there are and what is in them."""
        assert ask(stored, sql, wait=0).rows

    def test_a_mistake_is_told_in_one_line(self, stored: Path) -> None:
        """In DuckDB's words, which name what it does not know."""
        assert "itmes does not exist" in refusal(stored, "select * from itmes")

    @pytest.mark.parametrize("sql", ["", " ;", "-- nothing", "select ?", "select"])
    def test_nothing_to_run(self, stored: Path, sql: str) -> None:
        """Half a statement is a failed query, not a crash."""
        assert refusal(stored, sql).startswith("the query failed: ")


class TestKeepingOut:
    @pytest.mark.parametrize(
        "sql",
        [
            "delete from core.items",
            "insert into core.items select * from core.items",
            "update core.items set title = ''",
            "drop table core.items",
            "create table mine (a integer)",
            "with gone as (delete from core.items returning *) select * from gone",
            "explain analyze delete from core.items",
            "select 1; drop table core.items",
        ],
    )
    def test_nothing_is_written(self, stored: Path, sql: str) -> None:
        """Whatever the statement hides in."""
        before = stored.read_bytes()

        refusal(stored, sql)

        assert stored.read_bytes() == before

    @pytest.mark.parametrize("form", ["csv", "parquet", "json"])
    @pytest.mark.parametrize("explained", ["", "explain analyze "])
    def test_the_archives_own_file_is_not_overwritten(self, stored: Path, form: str, explained: str) -> None:
        """DuckDB counts the file of an open database among those that may be written."""
        before = stored.read_bytes()

        refusal(stored, f"{explained}copy (select 1 as a) to '{stored}' (format {form}, use_tmp_file false)")

        assert stored.read_bytes() == before

    @pytest.mark.parametrize(
        "sql",
        [
            "select * from read_text('{secret}')",
            "select * from read_csv('{secret}')",
            "select * from '{secret}'",
            "select * from glob('{folder}/*')",
            "copy items to '{folder}/out.csv'",
            "copy items to '{folder}/out.parquet' (format parquet)",
            "export database '{folder}/out'",
            "attach '{folder}/other.duckdb'",
            "attach ':memory:' as other",
            "install fts",
            "load '{secret}'",
        ],
    )
    def test_no_file_is_read_or_written(self, stored: Path, tmp_path: Path, sql: str) -> None:
        """The learner's files are none of a query's business, and what was pasted from somewhere is not to be trusted."""
        folder = tmp_path / "files"
        folder.mkdir()
        secret = folder / "secret.csv"
        secret.write_text("word\nhunter2\n")

        message = refusal(stored, sql.format(secret=secret, folder=folder))

        assert "hunter2" not in message
        assert list(folder.iterdir()) == [secret]

    @pytest.mark.parametrize(
        "sql",
        [
            "set enable_external_access = true",
            "set memory_limit = '100GB'",
            "reset lock_configuration",
            "pragma memory_limit = '100GB'",
            "select * from enable_logging(storage = 'file', storage_path = '{folder}/log')",
        ],
    )
    def test_no_setting_is_loosened(self, stored: Path, tmp_path: Path, sql: str) -> None:
        """Once locked they stay."""
        refusal(stored, sql.format(folder=tmp_path))

    def test_variables_of_this_program_are_no_tables(self, stored: Path) -> None:
        """DuckDB would look for a name it does not know among Python's variables."""
        rows = {"a": [1]}

        assert "does not exist" in refusal(stored, "select * from rows")
        assert rows

    def test_nothing_is_made_where_there_is_no_archive(self, archive: Path) -> None:
        """Asking is reading."""
        assert "there is no archive yet" in refusal(archive, "select 1")
        assert not archive.exists()


class TestParquet:
    def test_the_rows_go_to_the_named_file(self, stored: Path, tmp_path: Path) -> None:
        """Any client can read it, and the number of rows is told."""
        output = tmp_path / "it's.parquet"

        assert copy_to_parquet(stored, "select item_id, title from items order by title -- all", output, wait=0) == 3
        with duckdb.connect() as client:
            rows = client.execute("select title from read_parquet(?)", [str(output)]).fetchall()
        assert rows == [("Post 1",), ("Post 2",), ("Post 3",)]

    def test_a_file_that_is_there_is_replaced(self, stored: Path, tmp_path: Path) -> None:
        """A second export of the same thing works, and leaves nothing beside it."""
        output = tmp_path / "out.parquet"
        copy_to_parquet(stored, "select 1 as a", output, wait=0)

        copy_to_parquet(stored, "select 2 as a;", output, wait=0)

        with duckdb.connect() as client:
            assert client.execute("select a from read_parquet(?)", [str(output)]).fetchall() == [(2,)]
        assert sorted(path.name for path in tmp_path.iterdir()) == [stored.name, "out.parquet"]

    @pytest.mark.parametrize(
        "sql", ["select * from nowhere", "select 'x'::integer as a from items", "drop table x", ""]
    )
    def test_a_query_that_fails_leaves_the_file_as_it_was(self, stored: Path, tmp_path: Path, sql: str) -> None:
        """All or nothing."""
        output = tmp_path / "out.parquet"
        output.write_bytes(b"mine")

        with pytest.raises(StoreError, match=r"^the query failed: "):
            copy_to_parquet(stored, sql, output, wait=0)

        assert output.read_bytes() == b"mine"
        assert sorted(path.name for path in tmp_path.iterdir()) == [stored.name, "out.parquet"]

    @pytest.mark.parametrize(
        "sql",
        [
            "select 1) to '{other}' (format csv); --",
            "select 1) to '{other}' (format parquet); copy (select 2",
            "copy (select 1) to '{other}' (format parquet)",
        ],
    )
    def test_no_other_file_is_written(self, stored: Path, tmp_path: Path, sql: str) -> None:
        """SQL that ends our statement and starts its own gets nowhere."""
        other = tmp_path / "other.parquet"

        with pytest.raises(StoreError):
            copy_to_parquet(stored, sql.format(other=other), tmp_path / "out.parquet", wait=0)

        assert not other.exists()

    def test_the_archive_itself_is_not_the_place(self, stored: Path) -> None:
        """A slip of the hand does not cost the archive."""
        before = stored.read_bytes()

        with pytest.raises(StoreError, match="is the archive itself"):
            copy_to_parquet(stored, "select 1 as a", stored, wait=0)

        assert stored.read_bytes() == before

    def test_a_folder_that_is_missing(self, stored: Path, tmp_path: Path) -> None:
        """Told in one line."""
        with pytest.raises(StoreError, match="No such file or directory"):
            copy_to_parquet(stored, "select 1 as a", tmp_path / "missing" / "out.parquet", wait=0)


class TestConnection:
    def test_the_archive_is_free_afterwards(self, stored: Path) -> None:
        """Also after a query that failed."""
        refusal(stored, "select * from nowhere")

        with open_archive(stored, wait=0) as db:
            assert isinstance(db, Connection)
