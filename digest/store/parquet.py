"""Parquet files of the archive's rows, and what a file's content is known by."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from digest.store.archive import Connection
from digest.store.search_macros import quoted

#: Rows are written and read a group at a time, for each thread: bodies take kilobytes a row.
ROWS_TOGETHER = 24_576
#: Between the columns of a row, and in place of null: no text of ours has them.
_END, _NULL = "chr(31)", "chr(30)"


def write(db: Connection, relation: str, file: Path, values: object = None) -> int:
    """Write the rows of a query to a file; returns how many they are."""
    form = f"format parquet, compression zstd, row_group_size {ROWS_TOGETHER}"
    row = db.execute(f"copy ({relation}) to {quoted(str(file))} ({form})", values).fetchall()
    return int(row[0][0])


def write_texts(texts: Mapping[str, Sequence[str | None]], file: Path) -> int:
    """Write columns of texts to a file, without an archive; returns how many rows they are."""
    listed = ", ".join(f'unnest(${name}::varchar[]) as "{name}"' for name in texts)
    with duckdb.connect() as db:
        return write(db, f"select {listed}", file, {name: list(column) for name, column in texts.items()})


def columns(db: Connection, relation: str) -> dict[str, str]:
    """The columns of a table or query, with their types."""
    return dict(db.execute(f"select column_name, column_type from (describe {relation})").fetchall())


def fingerprint(names: Iterable[str]) -> str:
    """SQL for a number of 64 bits that a row's values give; DuckDB's own `hash` may differ between its versions."""
    values = ", ".join(f"coalesce({name}::varchar, {_NULL})" for name in names)
    return f"md5_number_lower(concat_ws({_END}, {values}))::hugeint"
