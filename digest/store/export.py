"""The whole archive as Parquet, and back: no lock-in.

    DIR/items.parquet ...       one file a promised view, for any program that reads Parquet
    DIR/tables/....parquet      what the views do not show and an archive needs to go on

Vectors and words are not written twice: an import takes vectors from `embeddings_all` and
indexes the words of the texts again. It fills an archive of the schema that was exported, then
migrates it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from digest.errors import StoreError
from digest.store import inverted_index, schema, vectors
from digest.store.archive import Connection, first_line, open_archive, remove_draft, transaction
from digest.store.documentation import VIEWS
from digest.store.search_macros import quoted

#: Tables that a view shows whole: table -> view.
_SHOWN = {"fetches": "fetches", "scores": "scores", "deliveries": "deliveries", "marks": "marks_all"}
#: Parquet is written a group of rows at a time, for each thread: vectors and bodies take kilobytes a row.
_ROWS_TOGETHER = 20_480


def export(path: Path, folder: Path, *, wait: float) -> dict[str, int]:
    """Write the archive to a new or empty folder, whole or not at all; returns rows by view."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder}: is there already and not empty")
    draft = folder.with_name(f".{folder.name}.draft")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "tables").mkdir(parents=True)
        with open_archive(path, wait=wait, read_only=True) as db:
            counts = {view: _write(db, f"from main.{view}", draft / f"{view}.parquet") for view in VIEWS}
            for table in _kept_tables(db):
                _write(db, _hidden(db, table), draft / "tables" / f"{table}.parquet")
            _write(db, "from main.digest_schema", draft / "tables" / "digest_schema.parquet")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return counts


def import_archive(folder: Path, path: Path) -> int:
    """Make a new archive from an exported folder; returns how many items it has."""
    if path.exists():
        raise StoreError(f"{path}: is there already; an import makes an archive of its own")
    draft = path.with_name(f".{path.name}.draft")
    remove_draft(draft)  # a killed import's would be filled twice
    try:
        with open_archive(draft, upto=_schema_of(folder)) as db:
            _fill(db, folder)
            count = db.execute("select count(*) from core.items").fetchall()[0][0]
        draft.rename(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        remove_draft(draft)
    return int(count)


def tables(db: Connection) -> list[str]:
    """The archive's own tables, without their schema."""
    rows = db.execute(
        "select table_name from duckdb_tables() where schema_name = 'core' and database_name = current_database() "
        "order by table_name"
    ).fetchall()
    return [row[0] for row in rows]


def _kept_tables(db: Connection) -> list[str]:
    return [
        t for t in tables(db) if t not in _SHOWN and t not in inverted_index.TABLES and not t.startswith("vectors_")
    ]


def _hidden(db: Connection, table: str) -> str:
    """A table without what its view shows already; only items are large enough for that to matter."""
    if table != "items":
        return f"from core.{table}"
    columns = ", ".join(["item_id", *(c for c in _columns(db, "core.items") if c not in VIEWS["items"])])
    return f"select {columns} from core.items"


def _schema_of(folder: Path) -> int:
    """The schema that a folder was exported with, which is not newer than this program's."""
    manifest = folder / "tables" / "digest_schema.parquet"
    if not manifest.exists():
        raise StoreError(f"{folder}: is no exported archive: tables/{manifest.name} is missing")
    with _named(folder):
        found = int(duckdb.execute(f"select version from {quoted(str(manifest))}").fetchall()[0][0])
    if not 1 <= found <= len(schema.MIGRATIONS):
        raise StoreError(
            f"{folder}: was exported with schema {found}, this program has {len(schema.MIGRATIONS)}; "
            "import it with the version that exported it"
        )
    return found


def _fill(db: Connection, folder: Path) -> None:
    """Fill an archive of the export's own schema, then migrate it."""
    with transaction(db), _named(folder):
        _read_tables(db, folder)
    schema.upgrade(db)
    with transaction(db):
        inverted_index.rebuild(db)


def _read_tables(db: Connection, folder: Path) -> None:
    for file in sorted((folder / "tables").glob("*.parquet")):
        if file.stem not in ("digest_schema", "items"):
            _read(db, file.stem, quoted(str(file)))
    for table, view in _SHOWN.items():
        _read(db, table, quoted(str(folder / f"{view}.parquet")))
    shown, hidden = (quoted(str(folder / f"{part}items.parquet")) for part in ("", "tables/"))
    _read(db, "items", f"(from {shown} seen join {hidden} unseen using (item_id)) whole")
    for model, dimensions in db.execute("select model, dimensions from core.models").fetchall():
        _read_vectors(db, folder, model, dimensions)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Say of which export a file is missing or damaged, rather than of the archive that is being made."""
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"{folder}: is no export that can be read: {first_line(error)}") from error


def _read(db: Connection, table: str, relation: str) -> None:
    """Fill a table from a relation that has its columns, and perhaps more."""
    columns = ", ".join(f'"{column}"' for column in _columns(db, f"core.{table}"))
    db.execute(f"insert into core.{table} by name select {columns} from {relation}")


def _read_vectors(db: Connection, folder: Path, model: str, dimensions: int) -> None:
    vectors.make_table(db, dimensions)
    db.execute(
        f"insert into core.vectors_{dimensions} select model, text_hash, any_value(vector)::float[{dimensions}] "
        f"from {quoted(str(folder / 'embeddings_all.parquet'))} join core.items using (item_id) "
        "where model = ? group by model, text_hash",
        [model],
    )


def _columns(db: Connection, table: str) -> list[str]:
    return [row[0] for row in db.execute(f"select column_name from (describe {table})").fetchall()]


def _write(db: Connection, relation: str, file: Path) -> int:
    form = f"format parquet, compression zstd, row_group_size {_ROWS_TOGETHER}"
    row = db.execute(f"copy ({relation}) to {quoted(str(file))} ({form})").fetchall()
    return int(row[0][0])
