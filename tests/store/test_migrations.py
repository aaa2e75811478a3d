"""An archive of an earlier schema, with years in it, comes through a migration whole."""

import shutil
from pathlib import Path

import duckdb
import pytest

from digest.errors import StoreError
from digest.store import export, schema
from digest.store.archive import open_archive
from tests import make
from tests.store.archives import fill

#: What a later version of this program might do: a new column, filled from what is there.
LATER = """
alter table core.items add column letters integer;
update core.items set letters = length(body);
create table core.shelves (name varchar);
"""


@pytest.fixture(name="old")
def _old(archive: Path) -> Path:
    """A file as the current version leaves it: the earlier one, once a migration is appended."""
    with open_archive(archive) as db:
        fill(db, [make.item(number, summary=f"retrieval {number}") for number in range(50)])
    return archive


@pytest.fixture(name="later")
def _later(old: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
    return old


def contents(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as db:
        return db.execute("select item_id, title, body, number from core.items order by 1").fetchall()


def test_nothing_is_lost_and_everything_works(later: Path) -> None:
    """Rows, vectors and words are there, the new column is filled, views and macros are those of the new version."""
    before = contents(later)

    with open_archive(later) as db:
        found = db.execute("select count(*) from search_words('retrieval', count_shown := 100)").fetchall()
        filled = db.execute("select count(*) from core.items where letters = length(body)").fetchall()
        near = db.execute("select count(*) from similar_to((select min(item_id) from items))").fetchall()

    assert contents(later) == before
    assert (found, filled, near) == ([(50,)], [(50,)], [(20,)])


def test_a_copy_of_the_old_file_is_set_aside(later: Path) -> None:
    """It is the archive as it was, and the earlier version can open it."""
    before = contents(later)

    with open_archive(later):
        pass
    copy = later.with_name(f"{later.name}.before-{len(schema.MIGRATIONS)}")

    assert contents(copy) == before
    with duckdb.connect(str(copy), read_only=True) as db:
        assert schema.version(db) == len(schema.MIGRATIONS) - 1


def test_a_migration_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole migration or none of it; the next start tries again."""
    before = contents(old)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER + "select error('no more');"))

    with pytest.raises(duckdb.Error), open_archive(old):
        pass

    assert contents(old) == before
    with duckdb.connect(str(old), read_only=True) as db:
        assert schema.version(db) == len(schema.MIGRATIONS) - 1
        assert db.execute("select count(*) from duckdb_tables() where table_name = 'shelves'").fetchall() == [(0,)]


def test_without_room_for_the_copy_nothing_is_begun(later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is a named failure, and the archive stays as it was."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)

    with pytest.raises(StoreError, match="No space left on device"), open_archive(later):
        pass

    with duckdb.connect(str(later), read_only=True) as db:
        assert schema.version(db) == len(schema.MIGRATIONS) - 1


def test_an_export_of_another_schema_is_refused(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that would leave columns empty says so instead."""
    export.export(old, tmp_path / "out", wait=0)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))

    with pytest.raises(StoreError, match="was exported with schema"):
        export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    assert not (tmp_path / "new.duckdb").exists()
