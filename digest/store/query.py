"""The learner's own SQL over the archive, in the sandbox: rows to show, or a Parquet file."""

import os
import pickle
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from weakref import finalize

from digest.config import ALONE
from digest.errors import StoreError
from digest.store.archive import Connection
from digest.store.search_macros import quoted
from digest.store.sql_sandbox import USUAL_LIMITS, Encode, QueryLimits, interruptibly, one_select, sandbox

Row = tuple[Any, ...]

#: What a search shows.
COLUMNS = ("item_id", "similarity", "title", "source", "published_at", "url")
#: More rows than JSON or CSV are made for; Parquet takes any number.
_MOST_ROWS = 10_000_000
#: So many are taken over at once: their memory is small, and the calls between them are few.
_ROWS_AT_ONCE = 10_000
#: On disk, as much as a query itself may spill.
_MOST_BYTES = 8_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    columns: tuple[str, ...]
    rows: Collection[Row]
    #: what the reader of the rows should know
    note: str = ""


def ask(
    path: Path,
    sql: str,
    *,
    wait: float,
    learner: str | None = ALONE,
    limits: QueryLimits = USUAL_LIMITS,
    encode: Encode | None = None,
) -> QueryResult:
    """Run one statement and return all its rows, the archive closed again; many of them wait on disk.

    The views show the rows of *learner*, or all rows where it is None.
    """
    encode = encode if re.search(r"\bsearch\s*\(", sql, re.IGNORECASE) else None

    def rows(db: Connection) -> QueryResult:
        cursor = db.execute(one_select(db, sql))
        columns = tuple(column[0] for column in cursor.description or ())
        parts = iter(lambda: cursor.fetchmany(_ROWS_AT_ONCE), []) if columns else iter(())
        return QueryResult(columns=columns, rows=SpilledResult(parts, most=_MOST_ROWS))

    with sandbox(path, wait=wait, learner=learner, limits=limits, encode=encode) as db:
        return interruptibly(db, lambda: rows(db))


def copy_to_parquet(
    path: Path,
    sql: str,
    output: Path,
    *,
    wait: float,
    learner: str | None = ALONE,
    limits: QueryLimits = USUAL_LIMITS,
    encode: Encode | None = None,
) -> int:
    """Write the rows of one statement to a Parquet file, whole or not at all; returns how many."""
    encode = encode if re.search(r"\bsearch\s*\(", sql, re.IGNORECASE) else None
    draft = _draft(output)
    try:
        draft.unlink(missing_ok=True)  # it may be a link that leads elsewhere
        with sandbox(path, wait=wait, learner=learner, output=draft, limits=limits, encode=encode) as db:
            if output.exists() and output.samefile(path):
                raise StoreError(f"{output}: is the archive itself")
            # The select may end in a comment: hence the line of its own.
            select = f"copy (\n{one_select(db, sql)}\n) to {quoted(str(draft))} (format parquet, use_tmp_file false)"
            row = interruptibly(db, lambda: db.execute(select).fetchone())
        draft.replace(output)
    except OSError as error:
        raise StoreError(f"{output}: cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return int(row[0]) if row else 0


def clear_away(path: Path, output: Path | None) -> None:
    """Remove what a query of this process leaves where it is cut off: spilled pieces, and half a Parquet file."""
    for piece in path.with_name(f"{path.name}.tmp").glob(f"duckdb_temp_{os.getpid()}_*"):
        piece.unlink(missing_ok=True)
    if output is not None:
        _draft(output).unlink(missing_ok=True)


class SpilledResult(Collection[Row]):
    """The rows of an answer, read from the archive at once so that it can be closed before anybody reads them.

    They are read in order, any number of times; all but the first part lie in a file without a name.
    """

    def __init__(self, parts: Iterator[list[Row]], *, most: int) -> None:
        self._first = next(parts, [])
        self._rest: IO[bytes] | None = None
        self._count = len(self._first)
        self._refuse_more_than(most)
        for part in parts:
            self._count += len(part)
            self._refuse_more_than(most)
            self._put_aside(part)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[Row]:
        yield from self._first
        if self._rest is None:
            return
        position = 0
        while position < self._end:
            self._rest.seek(position)
            part = pickle.load(self._rest)
            position = self._rest.tell()
            yield from part

    def _put_aside(self, part: list[Row]) -> None:
        try:
            if self._rest is None:
                self._rest = TemporaryFile()  # noqa: SIM115 - it lives as long as the rows
                finalize(self, self._rest.close)
            pickle.dump(part, self._rest, protocol=pickle.HIGHEST_PROTOCOL)
            self._end = self._rest.tell()
        except OSError as error:
            raise StoreError(f"the rows of the query find no space on disk: {error.strerror}") from error
        if self._end > _MOST_BYTES:
            raise StoreError("the rows of the query take more than 8 GB; --format parquet takes them all")

    def _refuse_more_than(self, most: int) -> None:
        if self._count > most:
            raise StoreError(f"the query has more than {most} rows; --format parquet takes them all")


def _draft(output: Path) -> Path:
    return output.absolute().with_name(f".{output.name}.draft")
