"""The learner's own SQL over the archive: reads only, no files, no network, bounded time and memory."""

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from duckdb.func import SPECIAL

from digest.config.messages import did_you_mean
from digest.errors import StoreError
from digest.store import search_macros
from digest.store.archive import Connection, first_line, open_archive
from digest.store.spilled_result import SpilledResult

T = TypeVar("T")

#: What a search shows.
COLUMNS = ("item_id", "similarity", "title", "source", "published_at", "url")
#: More rows than JSON or CSV are made for; Parquet takes any number.
_MOST_ROWS = 10_000_000
#: So many are taken over at once: their memory is small, and the calls between them are few.
_ROWS_AT_ONCE = 10_000


#: The vectors of a million items, and beside them the words: with less, every search reads half of them again.
MEMORY = "1200MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """What one query may take before it is stopped."""

    #: a query of a learner's own archive that takes longer has gone astray
    seconds: float = 60.0
    memory: str = MEMORY
    spill: str = "8GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    columns: tuple[str, ...]
    rows: Collection[tuple[Any, ...]]
    #: what whoever reads the rows should know
    note: str = ""


#: Turns words into a vector, given the name of the model it must be of.
Encode = Callable[[str, str], Sequence[float]]


@contextmanager
def sandbox(
    path: Path,
    *,
    wait: float,
    output: Path | None = None,
    limits: QueryLimits = QueryLimits(),
    encode: Encode | None = None,
) -> Iterator[Connection]:
    """The archive, open for reading by SQL that is not ours; only *output* may be written.

    The order matters: once the configuration is locked nothing can be loosened again.
    With *encode*, the table macro `search` is there.
    """
    with open_archive(path, wait=wait, read_only=True) as db:
        if encode is not None:
            _offer_search(db, encode)
        db.execute(f"set max_execution_time = {max(1, round(limits.seconds * 1000))}")
        db.execute(f"set memory_limit = '{limits.memory}'")
        db.execute(f"set max_temp_directory_size = '{limits.spill}'")
        db.execute("set python_enable_replacements = false")  # a table's name must never find a Python variable
        if output is not None:
            db.execute("set allowed_paths = ?", [[str(output)]])
        db.execute("set enable_external_access = false")
        db.execute("set lock_configuration = true")
        try:
            yield db
        except duckdb.Error as error:
            raise StoreError(f"the query failed: {_explained(error, limits)}") from error


def ask(
    path: Path, sql: str, *, wait: float, limits: QueryLimits = QueryLimits(), encode: Encode | None = None
) -> QueryResult:
    """Run one statement and return all its rows, the archive closed again; many of them wait on disk."""
    encode = encode if re.search(r"\bsearch\s*\(", sql, re.IGNORECASE) else None

    def rows(db: Connection) -> QueryResult:
        cursor = db.execute(_one_select(db, sql))
        columns = tuple(column[0] for column in cursor.description or ())
        parts = iter(lambda: cursor.fetchmany(_ROWS_AT_ONCE), []) if columns else iter(())
        return QueryResult(columns=columns, rows=SpilledResult(parts, most=_MOST_ROWS))

    with sandbox(path, wait=wait, limits=limits, encode=encode) as db:
        return interruptibly(db, lambda: rows(db))


def copy_to_parquet(
    path: Path,
    sql: str,
    output: Path,
    *,
    wait: float,
    limits: QueryLimits = QueryLimits(),
    encode: Encode | None = None,
) -> int:
    """Write the rows of one statement to a Parquet file, whole or not at all; returns how many."""
    encode = encode if re.search(r"\bsearch\s*\(", sql, re.IGNORECASE) else None
    draft = _draft(output)
    try:
        with sandbox(path, wait=wait, output=draft, limits=limits, encode=encode) as db:
            if output.exists() and output.samefile(path):
                raise StoreError(f"{output}: is the archive itself")
            # The select may end in a comment: hence the line of its own.
            select = f"copy (\n{_one_select(db, sql)}\n) to {search_macros.quoted(str(draft))} (format parquet, use_tmp_file false)"
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


def interruptibly(db: Connection, work: Callable[[], T]) -> T:
    """Do *work* on a connection so that Ctrl-C stops it at once; DuckDB itself does not look for signals."""
    with ThreadPoolExecutor(1) as aside:
        doing = aside.submit(work)
        try:
            while not doing.done():  # a signal that comes just before a wait would be seen only after it
                wait_for([doing], timeout=0.1)
            return doing.result()
        except KeyboardInterrupt:
            while not doing.done():  # an interrupt that comes between two statements is lost, so it is repeated
                db.interrupt()
                wait_for([doing], timeout=0.05)
            raise


def _draft(output: Path) -> Path:
    return output.absolute().with_name(f".{output.name}.draft")


def _one_select(db: Connection, sql: str) -> str:
    """The statement, if it is a single one that reads.

    DuckDB's own locks are not enough: a database's file counts as an allowed path, so COPY could overwrite it.
    """
    statements = db.extract_statements(sql)
    if len(statements) != 1:
        raise StoreError(f"the query failed: one statement is wanted, not {len(statements) or 'none'}")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise StoreError("the query failed: only SELECT (and DESCRIBE, SHOW, SUMMARIZE) is possible here")
    return str(statements[0].query).rstrip().rstrip(";")


def _offer_search(db: Connection, encode: Encode) -> None:
    """Make the table macro `search(words)`: by meaning and words, their ranks fused."""
    found = current(db)
    if found is None:
        return
    model, dimensions = found

    known: dict[str, list[float] | None] = {}  # a plan may ask for the same words in several places

    def embed(words: str | None) -> list[float] | None:
        if not words:
            return None
        if words not in known:
            vector = [float(number) for number in encode(words, model)]
            known[words] = vector if any(vector) else None  # nothing is near to what the model does not know
        return known[words]

    db.create_function("embed_words", embed, ["VARCHAR"], f"FLOAT[{dimensions}]", null_handling=SPECIAL)
    many = "4 * count_shown + 60"
    nearest = search_macros.by_meaning(
        "embed_words(asked)", dimensions=dimensions, model=search_macros.quoted(model), many=many
    )
    meaning = f"from ({nearest}) where similarity is not null"
    both = search_macros.fused([meaning, search_macros.by_words("asked", many=many)])
    db.execute(
        f"create temp macro search(asked, count_shown := 20) as table {search_macros.shown(both, 'count_shown')}"
    )


def current(db: Connection) -> tuple[str, int] | None:
    """The model whose vectors are searched, and their dimensions; None before anything was embedded."""
    # Fetched whole: a result left half read would bar the way for a new function.
    rows = db.execute(
        "select model, dimensions from core.models join core.settings on name = 'model' and value = model"
    ).fetchall()
    return (str(rows[0][0]), int(rows[0][1])) if rows else None


def _explained(error: duckdb.Error, limits: QueryLimits) -> str:
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return f"it took longer than {limits.seconds:g} s"
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"it needs more than {limits.memory} of memory and {limits.spill} of disk"
    if "read-only" in text:
        return "the archive is open for reading only here"
    if isinstance(error, duckdb.PermissionException):
        return f"files, the network and settings are out of reach here ({first_line(error)})"
    meant = _meant(text)
    return f"{first_line(error).rstrip('!')}{meant}" if meant else first_line(error)


def _meant(text: str) -> str:
    """The column, table or function that a mistyped one is near to, as DuckDB's further lines list them."""
    typed = re.findall(r'"([^"]+)"|with name (\w+)', text.partition("\n")[0])
    listed = re.search(r"(?:Candidate bindings|Did you mean)[: ]*(.*)", text)
    return did_you_mean("".join(typed[-1]), re.findall(r'"([^"]+)"', listed[1])) if typed and listed else ""
