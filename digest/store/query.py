"""The learner's own SQL over the archive: reads only, no files, no network, bounded time and memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from digest.errors import StoreError
from digest.store.archive import Connection, first_line, open_archive

Floats = NDArray[np.float32]

#: A query of a learner's own archive that takes longer has gone astray.
_SECONDS = 60
_MEMORY = "1GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@contextmanager
def sandbox(path: Path, *, wait: float, output: Path | None = None) -> Iterator[Connection]:
    """The archive, open for reading by SQL that is not ours; only *output* may be written.

    The order matters: once the configuration is locked nothing can be loosened again.
    """
    with open_archive(path, wait=wait, read_only=True) as db:
        db.execute(f"set max_execution_time = {_SECONDS * 1000}")
        db.execute(f"set memory_limit = '{_MEMORY}'")
        if output is not None:
            db.execute("set allowed_paths = ?", [[str(output)]])
        db.execute("set enable_external_access = false")
        db.execute("set lock_configuration = true")
        try:
            yield db
        except duckdb.Error as error:
            raise StoreError(f"the query failed: {_explained(error)}") from error


def ask(path: Path, sql: str, *, wait: float) -> Answer:
    """Run one statement and return all its rows."""
    with sandbox(path, wait=wait) as db:
        cursor = db.execute(_one_select(db, sql))
        columns = tuple(column[0] for column in cursor.description or ())
        return Answer(columns=columns, rows=cursor.fetchall())


def copy_to_parquet(path: Path, sql: str, output: Path, *, wait: float) -> int:
    """Write the rows of one statement to a Parquet file, whole or not at all; returns how many."""
    draft = output.absolute().with_name(f".{output.name}.draft")
    try:
        with sandbox(path, wait=wait, output=draft) as db:
            if output.exists() and output.samefile(path):
                raise StoreError(f"{output}: is the archive itself")
            # The select may end in a comment: hence the line of its own.
            select = f"copy (\n{_one_select(db, sql)}\n) to '{_quoted(draft)}' (format parquet, use_tmp_file false)"
            row = db.execute(select).fetchone()
        draft.replace(output)
    except OSError as error:
        raise StoreError(f"{output}: cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return int(row[0]) if row else 0


def nearest(db: Connection, vector: Floats, *, limit: int) -> Answer:
    """The items nearest to a vector of the current model, one a work, best first."""
    columns = ("item_id", "similarity", "title", "source", "published_at", "url")
    rows = db.execute(
        f"""
        select i.item_id, s.similarity, i.title, i.source, i.published_at, i.url
        from (select item_id, array_cosine_similarity(vector, ?::float[{len(vector)}]) as similarity
              from embeddings where not isnan(similarity) order by similarity desc limit ?) s
        join items i using (item_id)
        qualify row_number() over (partition by work_id order by similarity desc) = 1
        order by s.similarity desc, i.item_id limit ?
        """,
        [vector, limit * 4, limit],
    ).fetchall()
    return Answer(columns=columns, rows=rows)


def _one_select(db: Connection, sql: str) -> str:
    """The statement, if it is a single one that reads.

    DuckDB's own locks are not enough: a database's file counts as an allowed path, so COPY could overwrite it.
    """
    statements = db.extract_statements(sql)
    if len(statements) != 1:
        raise StoreError(f"the query failed: one statement is wanted, not {len(statements) or 'none'}")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise StoreError("the query failed: only SELECT (and DESCRIBE, SHOW, SUMMARIZE) is possible here")
    return statements[0].query.rstrip().rstrip(";")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _explained(error: duckdb.Error) -> str:
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return f"it took longer than {_SECONDS} s"
    if "read-only" in text:
        return "the archive is open for reading only here"
    if isinstance(error, duckdb.PermissionException):
        return f"files, the network and settings are out of reach here ({first_line(error)})"
    return first_line(error)
