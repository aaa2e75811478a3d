"""An exported folder comes from anybody: it makes a whole archive or none, and reaches nothing else."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from digest.deliver import files
from digest.errors import DeliveryError, StoreError
from digest.store import export, verdicts
from digest.store import sources as source_rows
from digest.store.archive import open_archive
from digest.workflows import site
from tests import make
from tests.store import released
from tests.store.archives import fill

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow


@pytest.fixture(name="folder")
def _folder(archive: Path, tmp_path: Path) -> Path:
    """An export with an issue, a source and two items."""
    with open_archive(archive) as db:
        fill(db, [make.item(1, summary="retrieval"), make.item(2, summary="serving")])
        verdicts.save_issue(db, make.issue(), [make.verdict(make.item(1))], path="x.md")
        source_rows.save_states(db, {"Blog": make.state()}, active={"Blog": make.source()})
    export.export(archive, tmp_path / "out", wait=0)
    return tmp_path / "out"


def rewrite(file: Path, select: str) -> None:
    """Replace a Parquet file by a query of itself, which it is called `old` in."""
    draft = file.with_suffix(".draft")
    duckdb.execute(f"copy (with old as (from '{file}') {select}) to '{draft}' (format parquet)")
    draft.replace(file)


def refused(folder: Path, target: Path) -> str:
    """Why an import is refused; nothing may be left of it."""
    with pytest.raises(StoreError) as caught:
        export.import_archive(folder, target)
    assert not [left for left in target.parent.iterdir() if target.name in left.name]
    return str(caught.value)


def test_the_name_of_a_file_is_no_sql(folder: Path, tmp_path: Path) -> None:
    """Files that no export has are not read, whatever they are called."""
    victim = "settings); copy (select 1) to 'pwned.csv'; --.parquet"
    shutil.copy(folder / "tables" / "models.parquet", folder / "tables" / victim)

    export.import_archive(folder, tmp_path / "new.duckdb")

    assert not list(Path().glob("pwned*"))


def test_an_import_reaches_nothing_outside_its_folder(folder: Path, tmp_path: Path) -> None:
    """Not even where a statement of ours were led astray: the connection itself is locked."""
    seen: list[str] = []

    def astray(db: duckdb.DuckDBPyConnection, *_: object) -> list[str]:
        for sql in (
            f"copy (select 1) to '{tmp_path}/pwned.csv'",
            "from read_text('/etc/passwd')",
            "set memory_limit = '9GB'",
        ):
            with pytest.raises(duckdb.Error) as caught:
                db.execute(sql)
            seen.append(type(caught.value).__name__)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "broken_documents", astray)
        export.import_archive(folder, tmp_path / "new.duckdb")

    assert seen == ["PermissionException", "PermissionException", "InvalidInputException"]
    assert not (tmp_path / "pwned.csv").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_no_key_comes_from_an_export(archive: Path, tmp_path: Path, number: int) -> None:
    """Whoever chose the key that signs marks by mail could forge them."""
    from tests.store.test_migrations import export_as_it_was

    released.unpack(released.files()[number], archive)
    export_as_it_was(archive, tmp_path / "out")
    rewrite(tmp_path / "out" / "tables" / "settings.parquet", "from old union all select 'marking_key', 'ff'")

    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    assert not list(tmp_path.rglob("marking.key"))


@pytest.mark.parametrize("table", ["sources", "issues", "models", "ticks", "work_keys", "pause"])
def test_an_export_without_a_table_is_refused(folder: Path, tmp_path: Path, table: str) -> None:
    """Each table that an archive needs to go on."""
    (folder / "tables" / f"{table}.parquet").unlink()

    assert f"tables/{table}.parquet is missing" in refused(folder, tmp_path / "new.duckdb")


@pytest.mark.parametrize("file", ["items", "tables/items", "tables/verdicts", "embeddings_all", "marks_all"])
def test_an_export_that_lost_rows_or_gained_some_is_refused(folder: Path, tmp_path: Path, file: str) -> None:
    """The manifest says how many there were."""
    rows = f"{folder / file}.parquet"
    count = duckdb.execute(f"select count(*) from '{rows}'").fetchall()[0][0]
    if not count:
        duckdb.execute(
            f"copy (select * replace ('x' as item_id) from '{rows}' right join (select 1) on true) to '{rows}'"
        )
    else:
        rewrite(Path(rows), "from old limit 0")

    assert f"{file}.parquet has {int(not count)} rows, not {count}" in refused(folder, tmp_path / "new.duckdb")


@pytest.mark.parametrize(
    "manifest", [None, b"", b"[]", b'{"rows": 3}', b"[" * 100_000, b'{"rows": {"items.parquet": "2"}}']
)
def test_a_broken_manifest_is_named(folder: Path, tmp_path: Path, manifest: bytes | None) -> None:
    """Valid JSON of another shape too."""
    (folder / "manifest.json").unlink()
    if manifest is not None:
        (folder / "manifest.json").write_bytes(manifest)

    assert str(folder) in refused(folder, tmp_path / "new.duckdb")


@pytest.mark.parametrize(
    ("file", "select"),
    [
        ("items", "select * replace (first_seen_at::varchar as first_seen_at) from old"),
        ("tables/issues", "select * replace ([document] as document) from old"),
        ("tables/models", "select * replace (dimensions::varchar as dimensions) from old"),
        ("tables/sources", "select * exclude (state) from old"),
        ("embeddings_all", "select * replace (vector::varchar as vector) from old"),
        ("tables/digest_schema", "select 'four' as version"),
        ("tables/digest_schema", "select null::integer as version"),
        ("tables/digest_schema", "from old limit 0"),
    ],
)
def test_wrong_types_are_refused(folder: Path, tmp_path: Path, file: str, select: str) -> None:
    """DuckDB would turn many a text into a number or a time without a word."""
    rewrite(folder / f"{file}.parquet", select)

    assert str(folder) in refused(folder, tmp_path / "new.duckdb")


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("tables/issues", "'{}' as document"),
        ("tables/issues", "null::varchar as document"),
        ("tables/issues", "'../../../pwned' as period"),
        ("tables/issues", "'2020-W01' as period"),
        ("tables/sources", "'[]' as state"),
    ],
)
def test_broken_documents_are_refused(folder: Path, tmp_path: Path, file: str, change: str) -> None:
    """An issue or a source's state that is not what it should be, or that lies about its name."""
    rewrite(folder / f"{file}.parquet", f"select * replace ({change}) from old")

    assert "damaged" in (told := refused(folder, tmp_path / "new.duckdb")) or "name" in told


def test_the_log_of_another_archive_is_named(folder: Path, tmp_path: Path) -> None:
    """DuckDB would play it into the new archive."""
    log = tmp_path / "new.duckdb.wal"
    log.write_bytes(b"left over")

    with pytest.raises(StoreError, match=r"new\.duckdb\.wal: is the log of"):
        export.import_archive(folder, tmp_path / "new.duckdb")

    assert log.read_bytes() == b"left over"


def test_an_archive_that_appears_meanwhile_is_not_overwritten(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import takes a while, and `digest serve` may make an archive in that time."""
    target = tmp_path / "new.duckdb"
    monkeypatch.setattr(export, "broken_documents", lambda _: target.write_bytes(b"mine") and [])

    with pytest.raises(StoreError, match="is there already"):
        export.import_archive(folder, target)

    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["../../../pwned", "/tmp/pwned", "", ".", "..", "a/b", "a\\b", "a\0", "2026-W12\n"])
def test_a_period_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """Wherever it becomes a path."""
    with pytest.raises(DeliveryError, match="is no name of an issue"):
        files.path_of(tmp_path, name)


def test_a_site_is_not_written_outside_its_folder(archive: Path, tmp_path: Path) -> None:
    """An archive may have been changed by any client."""
    with open_archive(archive) as db:
        verdicts.save_issue(db, make.issue(period="../pwned"), [], path="")

    with pytest.raises(DeliveryError, match="is no name of an issue"):
        site.write_site(make.config(f'[store]\npath = "{archive}"'), tmp_path / "a" / "site", wait=0)

    assert not (tmp_path / "a").exists()


def test_a_manifest_counts_every_file(folder: Path) -> None:
    """All but the schema's own number."""
    counts = json.loads((folder / "manifest.json").read_text())["rows"]

    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*.parquet")}
    assert set(counts) == there - {"tables/digest_schema.parquet"}
