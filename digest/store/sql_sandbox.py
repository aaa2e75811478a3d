"""The sandbox for SQL that is not ours: one statement that reads; no files, no network; bounded time, memory and disk."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
from duckdb.func import SPECIAL

from digest.config import ALONE
from digest.config.messages import did_you_mean
from digest.errors import StoreError
from digest.store import own_rows, search_macros, vectors
from digest.store.archive import Connection, first_line, open_archive

T = TypeVar("T")

#: The vectors of a million items, and beside them the words: with less, every search reads half of them again.
MEMORY = "1200MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """What one query may take before it is stopped."""

    #: a query of a learner's own archive that takes longer has gone astray
    seconds: float = 60.0
    memory: str = MEMORY
    spill: str = "8GB"


USUAL_LIMITS = QueryLimits()

#: Turns words into a vector, given the name of the model it must be of.
Encode = Callable[[str, str], Sequence[float]]


@contextmanager
def sandbox(
    path: Path,
    *,
    wait: float,
    learner: str | None = ALONE,
    output: Path | None = None,
    limits: QueryLimits = USUAL_LIMITS,
    encode: Encode | None = None,
) -> Iterator[Connection]:
    """The archive, open for reading by SQL that is not ours; only *output* may be written.

    The order matters: once the configuration is locked nothing can be loosened again, by no thread of this process.
    It shows the rows of *learner*, None for everybody's. With *encode*, the table macro `search` is there.
    """
    with open_archive(path, learner=learner, wait=wait, read_only=True, alone=True) as db:
        if encode is not None:
            _offer_search(db, encode)
        db.execute(f"set max_execution_time = {max(1, round(limits.seconds * 1000))}")
        db.execute(f"set memory_limit = '{limits.memory}'")
        db.execute(f"set max_temp_directory_size = '{limits.spill}'")
        lock(db, paths=[output] if output else [])
        try:
            yield db
        except duckdb.Error as error:
            raise StoreError(f"the query failed: {_explained(error, limits)}") from error


def lock(db: Connection, *, paths: Sequence[Path] = (), folders: Sequence[Path | str] = ()) -> None:
    """Reach nothing outside the archive but these files and folders, from now on and for good."""
    db.execute("set python_enable_replacements = false")  # a table's name must never find a Python variable
    db.execute("set allowed_paths = ?", [[str(path) for path in paths]])
    db.execute("set allowed_directories = ?", [[str(folder) for folder in folders]])
    db.execute("set enable_external_access = false")
    db.execute("set lock_configuration = true")


def one_select(db: Connection, sql: str) -> str:
    """The statement, if it is a single one that reads.

    DuckDB's own locks are not enough: a database's file counts as an allowed path, so COPY could overwrite it.
    """
    statements = db.extract_statements(sql)
    if len(statements) != 1:
        raise StoreError(f"the query failed: one statement is wanted, not {len(statements) or 'none'}")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise StoreError("the query failed: only SELECT (and DESCRIBE, SHOW, SUMMARIZE) is possible here")
    statement = str(statements[0].query).rstrip().rstrip(";")
    own_rows.check_statement(db, statement)
    return statement


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


def _offer_search(db: Connection, encode: Encode) -> None:
    """Make the table macro `search(words)`: by meaning and words, their ranks fused."""
    found = vectors.current(db)
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
