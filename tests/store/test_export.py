"""An archive goes out as Parquet and comes back the same."""

import shutil
from pathlib import Path

import duckdb
import pytest

from digest.errors import StoreError
from digest.store import export, ticks, verdicts
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
        verdicts.add_mark(db, make.mark(one))
        verdicts.save_issue(db, make.issue(), [make.verdict(one)], path="x.md")
        verdicts.record_receipt(db, make.receipt())
        ticks.remember(db, {(one.item_id, "like")})
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


@pytest.mark.parametrize(("number", "comes_in"), [(1, True), (2, True), (3, True), (4, False)])
def test_exports_of_earlier_schemas_come_in_too(
    path: Path, out: Path, tmp_path: Path, number: int, comes_in: bool
) -> None:
    """As long as their tables are those of today; one of a later schema is refused."""
    manifest = out / "tables" / "digest_schema.parquet"
    duckdb.execute(f"copy (select {number} as version) to '{manifest}'")

    if not comes_in:
        with pytest.raises(StoreError, match="was exported with schema 4, this program has 3"):
            export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")
        return
    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")
    assert rows(tmp_path / "new.duckdb", "search_words('retrieval')") == rows(path, "search_words('retrieval')")


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
