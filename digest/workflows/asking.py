"""Queries for the local page, each in a process of its own (`query_process`)."""

import csv
import io
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from textwrap import dedent
from typing import IO

from digest.config import Config
from digest.errors import DigestError
from digest.store import named_queries
from digest.workflows import query_process, searching

#: Seconds that a query may take, that it waits for the archive, and that its process may take beside.
SECONDS, WAIT, _AROUND = 20.0, 5.0, 10.0
#: Seconds to wait for other queries to end: a page that waits keeps a thread.
_PATIENCE = 1.0
#: Rows and bytes of an answer that a page shows.
MOST_ROWS = 2_000
_MOST_BYTES = 4_000_000
_PIECE = 65_536
#: Queries at the same time: each has a processor and a gigabyte of its own.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The rows of a query as texts: times are UTC in ISO 8601, lists are JSON."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    #: whether there are more rows than these
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """A query that has a name, with its SQL."""

    name: str
    tells: str
    sql: str


def known(config: Config) -> list[NamedQuery]:
    """The learner's own queries and those that come with the program."""
    return [
        NamedQuery(name=name, tells=tells, sql=dedent(named_queries.statement(name, config.queries)).strip())
        for name, tells in searching.list_named_queries(config)
    ]


def ask(config_path: Path, learner: str, sql: str) -> Answer:
    """Run SQL, or a query by its name, and return its first rows. DigestError with what is wrong with it."""
    running = _Running(config_path, learner, sql)
    head, more = b"", False
    try:
        head = running.output.read(_MOST_BYTES)
        more = bool(running.output.read(1))
    finally:
        running.end(early=more)
    text = head.decode(errors="replace")
    rows = _rows(text[: text.rfind("\n") + 1] if more else text)
    columns, rest = (tuple(rows[0]), rows[1:]) if rows else ((), [])
    whole = [row for row in rest if len(row) == len(columns)]  # the last may be cut off within a cell
    return Answer(columns=columns, rows=whole[:MOST_ROWS], more=more or len(rest) > MOST_ROWS)


def _rows(text: str) -> list[list[str]]:
    """The rows of a CSV text, whose cells may be whole texts; the module's limit is everybody's, so it is put back."""
    usual = csv.field_size_limit(2 * _MOST_BYTES)
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    finally:
        csv.field_size_limit(usual)


def as_csv(config_path: Path, learner: str, sql: str) -> Iterator[bytes]:
    """The whole answer as CSV, in pieces. DigestError with what is wrong with the query, before the first of them."""
    running = _Running(config_path, learner, sql)
    first = running.output.read(_PIECE)
    if not first:
        running.end()

    def pieces() -> Iterator[bytes]:
        piece, done = first, False
        try:
            while piece:
                yield piece
                piece = running.output.read(_PIECE)
            done = True
        finally:
            running.end(early=not done)

    return pieces() if first else iter(())


class _Running:
    """`digest query` at work in a process of its own, which is ended in any case."""

    def __init__(self, config_path: Path, learner: str, sql: str) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE):
            raise DigestError("other queries are running; try again when they have ended")
        self._errors = TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        words = query_process.command(config_path, learner, sql, form="csv", wait=WAIT, seconds=SECONDS)
        try:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors
            )
        except (OSError, ValueError) as error:  # a statement may be too long for an argument, or hold a zero byte
            _AT_ONCE.release()
            self._errors.close()
            raise DigestError("the query cannot be run: it is too long, or no text") from error
        self._timer = threading.Timer(SECONDS + WAIT + _AROUND, self._process.kill)
        self._timer.daemon = True
        self._timer.start()
        assert self._process.stdout is not None
        self.output: IO[bytes] = self._process.stdout

    def end(self, *, early: bool = False) -> None:
        """Wait for the process, or end it *early*. DigestError where it failed by itself."""
        try:
            self.output.close()
            if early:
                self._process.terminate()
            code = self._process.wait()
        finally:
            self._timer.cancel()
            _AT_ONCE.release()
        with self._errors:
            if code and not early:
                raise DigestError(self._said())

    def _said(self) -> str:
        self._errors.seek(0)
        said = self._errors.read(100_000).decode(errors="replace")
        failed = query_process.failure(said, otherwise=f"it took longer than {SECONDS:g} s")
        return str(failed).removeprefix("the query failed: ")
