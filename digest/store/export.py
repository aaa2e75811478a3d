"""The whole archive as Parquet, and back: no lock-in.

    DIR/items.parquet ...       one file a promised view, for any program that reads Parquet
    DIR/tables/....parquet      what the views do not show and an archive needs to go on
    DIR/manifest.json           how many rows each file has

Vectors and words are not written twice: an import takes vectors from `embeddings_all` and
indexes the words of the texts again. It fills an archive of the schema that was exported, then
migrates it. A folder may come from anybody: it is read in the sandbox, only the files that this
program would write are read, and nothing in it is taken for SQL or for a path.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from digest.errors import StoreError
from digest.store import inverted_index, schema, vectors
from digest.store.archive import Connection, first_line, open_archive, remove_draft, transaction
from digest.store.documentation import VIEWS
from digest.store.documents import broken_documents
from digest.store.search_macros import quoted
from digest.store.sql_sandbox import lock

#: Tables that a view shows whole: table -> view.
_SHOWN = {"fetches": "fetches", "scores": "scores", "deliveries": "deliveries", "marks": "marks_all"}
#: From this schema on the view of scores is made of columns, and the table is written beside it.
_SCORES_IN_COLUMNS = 5
#: Tables of words, now and in earlier schemas.
_WORDS = {*inverted_index.TABLES, "shelved_terms"}
#: The first schema whose exports have a manifest.
_COUNTED = 4
_MANIFEST = "manifest.json"
_EMBEDDINGS = {"item_id": "VARCHAR", "model": "VARCHAR", "vector": "FLOAT[]"}
#: Parquet is written a group of rows at a time, for each thread: vectors and bodies take kilobytes a row.
_ROWS_TOGETHER = 20_480


def export(path: Path, folder: Path, *, wait: float, step: Callable[[str], None] = lambda name: None) -> dict[str, int]:
    """Write the archive to a new or empty folder, whole or not at all; returns rows by view.

    *step* gets the name of each view and table before it is written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder}: is there already and not empty")
    draft = folder.with_name(f".{folder.name}.draft")
    try:
        if draft.is_symlink():
            draft.unlink()
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "tables").mkdir(parents=True)
        with open_archive(path, learner=None, wait=wait, read_only=True) as db:
            counts = {}
            for view in VIEWS:
                step(view)
                counts[view] = _write(db, f"from main.{view}", draft / f"{view}.parquet")
            rows = {f"{view}.parquet": count for view, count in counts.items()}
            for table in _kept_tables(db):
                step(table)
                rows[f"tables/{table}.parquet"] = _write(db, _hidden(db, table), draft / "tables" / f"{table}.parquet")
            _write(db, "from main.digest_schema", draft / "tables" / "digest_schema.parquet")
        (draft / _MANIFEST).write_text(json.dumps({"rows": rows}, indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return counts


def import_archive(folder: Path, path: Path, *, step: Callable[[str], None] = lambda name: None) -> int:
    """Make a new archive from an exported folder, whole or not at all; returns how many items it has.

    *step* gets the name of each table before it is filled.
    """
    refuse_taken(path)
    draft = path.with_name(f".{path.name}.draft")
    remove_draft(draft)  # a killed import's would be filled twice
    try:
        with open_archive(draft, learner=None, upto=_schema_of(folder)) as db:
            _fill(db, folder, step)
            count = db.execute("select count(*) from core.items").fetchall()[0][0]
        refuse_taken(path)  # by another process meanwhile
        draft.rename(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        remove_draft(draft)
    return int(count)


def refuse_taken(path: Path) -> None:
    """StoreError where an archive, or the log of one, is in the way of a new one."""
    if path.exists():
        raise StoreError(f"{path}: is there already; an import makes an archive of its own")
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        raise StoreError(f"{log}: is the log of an archive that is gone and would be taken for the new one's; move it")


def tables(db: Connection) -> list[str]:
    """The archive's own tables, without their schema."""
    rows = db.execute(
        "select table_name from duckdb_tables() where schema_name = 'core' and database_name = current_database() "
        "order by table_name"
    ).fetchall()
    return [row[0] for row in rows]


def _shown(db: Connection) -> dict[str, str]:
    """Tables that a view shows whole in the archive's own schema: table -> view."""
    in_columns = schema.version(db) >= _SCORES_IN_COLUMNS
    return {table: view for table, view in _SHOWN.items() if not (in_columns and table == "scores")}


def _kept_tables(db: Connection) -> list[str]:
    shown = _shown(db)
    return [t for t in tables(db) if t not in shown and t not in _WORDS and not t.startswith("vectors_")]


def _hidden(db: Connection, table: str) -> str:
    """A table without what its view shows already; only items are large enough for that to matter."""
    if table != "items":
        return f"from core.{table}"
    columns = ", ".join(["item_id", *(c for c in _columns(db, "core.items") if c not in VIEWS["items"])])
    return f"select {columns} from core.items"


def _schema_of(folder: Path) -> int:
    """The schema that a folder was exported with, which is not newer than this program's."""
    written = folder / "tables" / "digest_schema.parquet"
    if not written.exists():
        raise StoreError(f"{folder}: is no exported archive: tables/{written.name} is missing")
    with _named(folder):
        rows = duckdb.execute(f"select version from {quoted(str(written))}").fetchall()
    found = rows[0][0] if len(rows) == 1 else None
    if not isinstance(found, int):
        raise StoreError(f"{folder}: is no export that can be read: tables/{written.name} names no schema")
    if not 1 <= found <= len(schema.MIGRATIONS):
        raise StoreError(
            f"{folder}: was exported with schema {found}, this program has {len(schema.MIGRATIONS)}; "
            "import it with the version that exported it"
        )
    return found


def _fill(db: Connection, folder: Path, step: Callable[[str], None]) -> None:
    """Fill an archive of the export's own schema, then migrate it."""
    lock(db, folders=[folder])
    with transaction(db), _named(folder):
        _check_counts(db, folder)
        _read_tables(db, folder, step)
    schema.upgrade(db)
    if broken := broken_documents(db):
        raise StoreError(f"{folder}: is no export that can be read: {broken[0]}")
    step("words")
    with transaction(db):
        inverted_index.rebuild(db)


def _check_counts(db: Connection, folder: Path) -> None:
    """Refuse a folder that lacks a file, or rows of one; exports of early schemas do not say how many there were."""
    kept = [f"tables/{table}.parquet" for table in _kept_tables(db)]
    shown = [f"{view}.parquet" for view in ("items", "embeddings_all", *_shown(db).values())]
    wanted = _manifest(folder) if schema.version(db) >= _COUNTED else {}
    for name in (*kept, *shown):
        if not (folder / name).is_file():
            raise StoreError(f"{folder}: is no export that can be read: {name} is missing")
        held = db.execute("select count(*) from read_parquet(?)", [str(folder / name)]).fetchall()[0][0]
        if wanted and held != wanted.get(name):
            raise StoreError(f"{folder}: is not as it was exported: {name} has {held} rows, not {wanted.get(name)}")


def _manifest(folder: Path) -> dict[str, int]:
    """How many rows each file of an export has."""
    try:
        rows = json.loads((folder / _MANIFEST).read_bytes())["rows"]
    except OSError as error:
        raise StoreError(f"{folder}: is no export that can be read: {_MANIFEST}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, RecursionError):
        rows = None
    if not (rows and isinstance(rows, dict)):
        raise StoreError(f"{folder}: is no export that can be read: {_MANIFEST} says no rows")
    return rows


def _read_tables(db: Connection, folder: Path, step: Callable[[str], None]) -> None:
    """Fill the tables that this schema has, from the files that are named for them and no others."""
    for table in _kept_tables(db):
        if table != "items":
            step(table)
            _read(db, table, quoted(str(folder / "tables" / f"{table}.parquet")))
    for table, view in _shown(db).items():
        step(table)
        _read(db, table, quoted(str(folder / f"{view}.parquet")))
    step("items")
    shown, hidden = (quoted(str(folder / f"{part}items.parquet")) for part in ("", "tables/"))
    _read(db, "items", f"(from {shown} seen join {hidden} unseen using (item_id)) whole")
    for model, dimensions in db.execute("select model, dimensions from core.models").fetchall():
        step(f"vectors of {model}")
        _read_vectors(db, folder, model, dimensions)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Say of which export a file is missing or damaged, rather than of the archive that is being made."""
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"{folder}: is no export that can be read: {first_line(error)}") from error


def _read(db: Connection, table: str, relation: str) -> None:
    """Fill a table from a relation that has its columns with their types, and perhaps more."""
    wanted = _columns(db, f"core.{table}")
    _check_types(db, relation, wanted)
    columns = ", ".join(f'"{column}"' for column in wanted)
    db.execute(f"insert into core.{table} by name select {columns} from {relation}")


def _read_vectors(db: Connection, folder: Path, model: str, dimensions: int) -> None:
    relation = quoted(str(folder / "embeddings_all.parquet"))
    _check_types(db, relation, _EMBEDDINGS)
    vectors.make_table(db, dimensions)
    db.execute(
        f"insert into core.vectors_{dimensions} select model, text_hash, any_value(vector)::float[{dimensions}] "
        f"from {relation} join core.items using (item_id) where model = ? group by model, text_hash",
        [model],
    )


def _check_types(db: Connection, relation: str, wanted: dict[str, str]) -> None:
    """Refuse other types: DuckDB would turn what it can into what it should be, and make up the rest."""
    given = _columns(db, f"(from {relation})")
    for column, kind in wanted.items():
        if column in given and given[column] != kind:
            raise StoreError(f"{relation}: its column {column} is {given[column]}, not {kind}")


def _columns(db: Connection, relation: str) -> dict[str, str]:
    """The columns of a table or query, with their types."""
    return dict(db.execute(f"select column_name, column_type from (describe {relation})").fetchall())


def _write(db: Connection, relation: str, file: Path) -> int:
    form = f"format parquet, compression zstd, row_group_size {_ROWS_TOGETHER}"
    row = db.execute(f"copy ({relation}) to {quoted(str(file))} ({form})").fetchall()
    return int(row[0][0])
