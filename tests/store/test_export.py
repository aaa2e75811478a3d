"""An archive goes out as Parquet and comes back the same."""

import shutil
from pathlib import Path

import duckdb
import pytest

from digest.errors import StoreError
from digest.store import checkbox_files, deliveries, export, schema, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import open_archive
from digest.store.documentation import VIEWS
from tests import make
from tests.store.archives import embed, fill


@pytest.fixture(name="path", scope="module")
def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with something in every corner; for reading only."""
    archive = tmp_path_factory.mktemp("export") / "digest.duckdb"
    one, two = make.item(1, summary="retrieval, it's said"), make.item(2, summary="serving", published_at=None)
    with open_archive(archive) as db:
        fill(db, [one, two, make.item(3, summary="tides\n\x01 🦉", source="Other")], works={"entry 3": one.item_id})
        embed(db, "toy-2")
        mark_rows.add(db, make.mark(one))
        verdicts.save_issue(db, make.issue(), [make.verdict(one)], path="x.md")
        deliveries.record(db, make.receipt())
        checkbox_files.remember(db, {(one.item_id, "like")})
    return archive


@pytest.fixture(name="out")
def _out(exported: Path, tmp_path: Path) -> Path:
    """Its export, to change."""
    return Path(shutil.copytree(exported, tmp_path / "out"))


@pytest.fixture(name="exported", scope="module")
def _exported(path: Path) -> Path:
    export.export(path, path.with_name("out"), wait=0)
    return path.with_name("out")


def rows(path: Path, relation: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as db:
        return db.execute(f"from {relation} order by all").fetchall()


def test_every_view_comes_back_the_same(path: Path, tmp_path: Path) -> None:
    """Out and in again: row by row, and each file has the promised columns."""
    counts = export.export(path, tmp_path / "out", wait=0)
    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    for view, columns in VIEWS.items():
        before = rows(path, view)
        assert rows(tmp_path / "new.duckdb", view) == before
        assert counts[view] == len(before)
        written = duckdb.execute(f"describe from '{tmp_path}/out/{view}.parquet'").fetchall()
        assert [row[0] for row in written] == list(columns)


def test_what_no_view_shows_comes_back_too(path: Path, tmp_path: Path) -> None:
    """Identity, states, documents and ticks: an imported archive goes on where the old one was."""
    export.export(path, tmp_path / "out", wait=0)
    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    for table in ("work_keys", "models", "sources", "issues", "ticks", "verdicts"):
        assert rows(tmp_path / "new.duckdb", f"core.{table}") == rows(path, f"core.{table}")
    hidden = "(select item_id, entry_id, text_hash from core.items)"
    assert rows(tmp_path / "new.duckdb", hidden) == rows(path, hidden)
    with open_archive(tmp_path / "new.duckdb") as db:
        assert [row[0] for row in db.execute("select title from search_words('tides')").fetchall()] == ["Post 3"]
        fill(db, [make.item(9, summary="more tides")])


def test_neither_overwrites_anything(path: Path, tmp_path: Path) -> None:
    """A folder with something in it, an archive that is there."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    export.export(path, tmp_path / "out", wait=0)

    with pytest.raises(StoreError, match="not empty"):
        export.export(path, tmp_path / "full", wait=0)
    with pytest.raises(StoreError, match="is there already"):
        export.import_archive(tmp_path / "out", path)

    assert [file.name for file in (tmp_path / "full").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("broken", ["missing", "empty", "damaged", "part"])
def test_what_is_no_export_makes_no_archive(out: Path, tmp_path: Path, broken: str) -> None:
    """Nothing half filled is left behind, whatever is wrong with the folder."""
    if broken in ("missing", "empty"):
        shutil.rmtree(out)
    if broken == "empty":
        out.mkdir()
    elif broken == "part":
        (out / "items.parquet").unlink()
    elif broken == "damaged":
        (out / "items.parquet").write_bytes(b"PAR1" + bytes(100))

    with pytest.raises(StoreError, match="out"):
        export.import_archive(out, tmp_path / "new.duckdb")

    assert not [left for left in tmp_path.iterdir() if "new.duckdb" in left.name]


def test_an_export_of_a_newer_schema_is_refused(path: Path, tmp_path: Path) -> None:
    """It may hold what this program does not know; those of older ones are in test_migrations."""
    export.export(path, tmp_path / "out", wait=0)
    newer = len(schema.MIGRATIONS) + 1
    manifest = tmp_path / "out" / "tables" / "digest_schema.parquet"
    duckdb.execute(f"copy (select {newer} as version) to '{manifest}'")

    with pytest.raises(StoreError, match=f"was exported with schema {newer}, this program has {newer - 1}"):
        export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")


def test_what_a_killed_import_left_is_not_filled_twice(path: Path, exported: Path, tmp_path: Path) -> None:
    """Its draft may be whole already, killed on the way to its name."""
    export.import_archive(exported, tmp_path / ".new.duckdb.draft")

    export.import_archive(exported, tmp_path / "new.duckdb")

    for view in VIEWS:
        assert rows(tmp_path / "new.duckdb", view) == rows(path, view)


@pytest.mark.parametrize("file", ["embeddings_all", "marks_all", "fetches", "tables/items"])
def test_the_export_is_named_and_not_the_draft(out: Path, tmp_path: Path, file: str) -> None:
    """Whichever file of it is missing."""
    (out / f"{file}.parquet").unlink()

    with pytest.raises(StoreError, match=r"out: is no export that can be read: .*\.parquet") as caught:
        export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    assert "draft" not in str(caught.value)


def test_each_step_is_named_before_it_begins(path: Path, tmp_path: Path) -> None:
    """So that minutes of work are not minutes of silence: views and tables on the way out, tables and words back in."""
    out: list[str] = []
    back: list[str] = []

    export.export(path, tmp_path / "out", wait=0, step=out.append)
    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb", step=back.append)

    assert out[: len(VIEWS)] == list(VIEWS)
    assert {"items", "work_keys"} <= set(out)
    assert back[-1] == "words"
    assert {"items", "marks", "vectors of toy-1"} <= set(back)
