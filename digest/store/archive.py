"""Opening the archive: late, for a short time, and with an error that names the process that holds it.

DuckDB lets one process write or many read, never both, and the lock belongs to the process that
has the file open. So nothing here keeps it open: `with open_archive(path) as db:`.
"""

import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from digest.config import ALONE
from digest.errors import ArchiveBusy, StoreError
from digest.store import schema
from digest.store.gate import gate

Connection = duckdb.DuckDBPyConnection


_log = logging.getLogger(__name__)

#: Failures of the machine (a full disk, a damaged file); other DuckDB errors are bugs of this program.
_FAILURES = (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException)

#: How DuckDB says, in a RuntimeError, that Ctrl-C came while it worked.
_INTERRUPTED = "Query interrupted"

#: Opening a file must not make DuckDB fetch an extension that it takes the file to need.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False}

#: Connections with a transaction under way: DuckDB gives one up when another begins inside it.
_begun: set[int] = set()

#: What DuckDB may hold at once, in place of most of the machine; what goes beyond spills to disk. A ranking of a
#: million items reads each vector a few times: it takes no longer than with more, and 1.2 GB in all.
MEMORY = "800MB"

#: Vectors do not compress: these save 5 % of their space, and unpacking them takes half as long as comparing them.
_NOT_WORTH_IT = "alp,alprd"

#: Between two attempts at a lock; short, because holders here are quick too.
_RETRY_SECONDS = 0.1


@contextmanager
def open_archive(
    path: Path,
    *,
    learner: str | None = ALONE,
    wait: float = 10.0,
    read_only: bool = False,
    alone: bool = False,
    upto: int | None = None,
) -> Iterator[Connection]:
    """Open the archive at *path* for a learner, made and migrated if need be, and close it at the end.

    The views show the rows of that learner, and what is written belongs to them; with None they show everybody's.
    Threads of this process read side by side, unless one writes or wants to be *alone*.
    A new one is made at schema *upto*, where it is to be filled with what an older version exported.
    Raises ArchiveBusy after *wait* seconds while another process or thread holds it,
    StoreError where it cannot be used at all.
    """
    if read_only and not path.exists():
        raise StoreError(f"{path}: there is no archive yet; `digest run` makes it")
    until = time.monotonic() + wait
    with (
        gate(path).passed(path, alone=alone or not read_only, until=until),
        _private_files(),
        _opened(path, until=until, wait=wait, read_only=read_only, upto=upto) as connection,
    ):
        if learner is not None:
            _set_learner(connection, learner)
        yield connection


@contextmanager
def acting_for(db: Connection, learner: str) -> Iterator[Connection]:
    """The same connection for another learner, for as long as the context lasts."""
    row = db.execute("select getvariable('learner')").fetchone()
    _set_learner(db, learner)
    try:
        yield db
    finally:
        if row and row[0] is not None:
            _set_learner(db, str(row[0]))
        else:
            db.execute("reset variable learner")


def _set_learner(db: Connection, learner: str) -> None:
    quoted = learner.replace("'", "''")
    db.execute(f"set variable learner = '{quoted}'")  # takes no parameters


@contextmanager
def _opened(path: Path, *, until: float, wait: float, read_only: bool, upto: int | None) -> Iterator[Connection]:
    opened = False
    connection = _connect(path, until=until, wait=wait, read_only=read_only)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")  # DuckDB draws one in a process started by `python -c`
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"set disabled_compression_methods = '{_NOT_WORTH_IT}'")
        schema.check_version(connection, path, read_only=read_only)
        if not read_only:
            schema.migrate(connection, path, upto)
        opened = True
        yield connection
    except duckdb.Error as error:
        if _is_damage(error):
            raise StoreError(f"{path}: is damaged: {first_line(error)}") from error
        if isinstance(error, _FAILURES) or "Failed to commit" in str(error):
            raise StoreError(f"{path}: {first_line(error)}") from error
        if opened and isinstance(error, duckdb.CatalogException):
            raise StoreError(f"{path}: lacks what it should have: {first_line(error)}; see `digest doctor`") from error
        raise
    except RuntimeError as error:
        if _INTERRUPTED in str(error):
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.close()


class _PrivateFiles:
    """While any thread has an archive open, files are made for their owner alone: its log, and what spills.

    The mask belongs to the whole process: the first thread sets it, the last one puts it back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self._before = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._open:
                self._before = os.umask(0o077)
            self._open += 1
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
                if not self._open:
                    os.umask(self._before)


_private_files = _PrivateFiles()


def bound_memory(db: Connection, size: str) -> None:
    """Let DuckDB hold no more than *size*, as "256MB": by itself it takes most of the machine's memory."""
    db.execute("set memory_limit = ?", [size])


@contextmanager
def gathering(db: Connection) -> Iterator[None]:
    """For many transactions in a row: DuckDB merges their rows into large groups only after the last of them.

    It would do so every few thousand items, and rewrite a hundred megabytes each time.
    """
    db.execute("set max_vacuum_tasks = 0")
    try:
        yield
    finally:
        with suppress(duckdb.Error):  # of what went wrong before, if anything
            db.execute("reset max_vacuum_tasks")


@contextmanager
def transaction(db: Connection) -> Iterator[None]:
    """All or nothing; one inside another is part of it."""
    if id(db) in _begun:
        yield
        return
    db.execute("begin transaction")
    _begun.add(id(db))
    try:
        yield
        db.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # a commit that fails, as on a full disk, has rolled back already
            db.execute("rollback")
        raise
    finally:
        _begun.discard(id(db))


@contextmanager
def undone(db: Connection) -> Iterator[None]:
    """For what is written only to be read: nothing of it stays."""
    db.execute("begin transaction")
    _begun.add(id(db))
    try:
        yield
    finally:
        _begun.discard(id(db))
        with suppress(duckdb.Error):  # one that failed has rolled back already
            db.execute("rollback")


def remove_draft(draft: Path) -> None:
    """Remove an archive that was only being made, with its log; StoreError where something else lies there."""
    for left in (draft, draft.with_name(f"{draft.name}.wal")):
        try:
            left.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{left}: cannot be removed: {error.strerror or error}") from error


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _is_damage(error: duckdb.Error) -> bool:
    """Whether the file itself is not as it was written: overwritten, or cut short."""
    text = str(error)
    if "Corrupt database file" in text:
        return type(error) is duckdb.Error  # has no class of its own
    return isinstance(error, duckdb.IOException) and "Could not read enough bytes" in text


def _connect(path: Path, *, until: float, wait: float, read_only: bool) -> Connection:
    told = False
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=_SETTINGS)
        except RuntimeError as error:
            if _INTERRUPTED in str(error):
                raise KeyboardInterrupt from error
            raise
        except duckdb.Error as error:
            failure = _explain(path, error)
            if not isinstance(failure, ArchiveBusy) or time.monotonic() >= until:
                raise failure from error
            if not told:
                _log.info("waiting up to %g s: %s", wait, failure)
                told = True
            time.sleep(_RETRY_SECONDS)


def _explain(path: Path, error: duckdb.Error) -> StoreError:
    text = str(error).replace(str(path), "")  # its name may hold any of the words below
    if "set lock on file" in text and (match := re.search(r"held in (.+?) \(PID (\d+)\)", text)):
        pid = int(match[2])
        return ArchiveBusy(f"{path}: is held by {_command_line(pid) or match[1]} (pid {pid})", pid=pid)
    if "set lock on file" in text:
        return ArchiveBusy(f"{path}: is held by another process")
    if "different configuration" in text:  # of a connection in this process that is about to go
        return ArchiveBusy(f"{path}: is held by another task of this process")
    if "not a valid DuckDB database" in text or "sqlite" in text:
        return StoreError(f"{path}: is no DuckDB archive, or it is damaged; nothing in it was touched")
    if "No such file or directory" in text:
        return StoreError(f"{path}: its folder does not exist")
    if "Permission denied" in text or "Read-only file system" in text:
        return StoreError(f"{path}: may not be written here")
    if _is_damage(error):
        return StoreError(f"{path}: is damaged: {first_line(error)}")
    return StoreError(f"{path}: cannot be opened: {first_line(error)}")


def _command_line(pid: int) -> str:
    """What the holder was started as, where the system tells (Linux)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return " ".join(" ".join(word.decode(errors="replace") for word in words).split())[:80]
