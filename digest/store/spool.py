"""The spool beside the archive: what was fetched and is not yet stored, and the source states.

One file a round of fetching: each visit is appended whole and synced before the next, so
that a kill loses at most the visit it interrupts, which is then asked again, because no
state speaks of it. (A file a visit would be simpler, but where freed blocks are discarded
at once, deleting a synced file takes milliseconds.) The writer holds a lock on its file,
so that nobody deletes a round that still grows.

Damage costs the visit that it hits and no other; see `round_format`.

`states.json` is the copy of the source states to work from while another process holds the
archive; a visit carries the state it led to, so the newest visit of a source outranks it.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from itertools import accumulate, pairwise
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from digest.atomic_write import atomic_write, private_folder, private_opener
from digest.errors import StoreError
from digest.records import Fetched, Response, SourceState
from digest.store.round_format import Record, frames, records

_STATES = TypeAdapter(dict[str, SourceState])
_STATE = TypeAdapter(SourceState)
_FETCHED = TypeAdapter(Fetched)
_RESPONSE = TypeAdapter(Response)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledVisit:
    """A visit as it lies in the spool, with the source's state before and after it."""

    fetched: Fetched
    before: SourceState
    after: SourceState


@dataclass(frozen=True, slots=True)
class DamagedVisit:
    """Bytes of a round that are no visit any more, and of which source they were where that can still be read."""

    data: bytes
    source: str = ""


class SpooledRound:
    """A round of fetching on its way to disk."""

    def __init__(self, file: FileIO, path: Path) -> None:
        self._file = file
        self._path = path

    def put(self, fetched: Fetched, *, before: SourceState, after: SourceState) -> None:
        """Keep one visit safe on disk; it is there when this returns."""
        bodies = [response.body for response in fetched.responses]
        header = {
            "before": _STATE.dump_python(before, mode="json"),
            "after": _STATE.dump_python(after, mode="json"),
            "fetched": _FETCHED.dump_python(fetched, mode="json", exclude={"responses": {"__all__": {"body"}}}),
            "lengths": [len(body) for body in bodies],
        }
        line = json.dumps(header).encode() + b"\n"
        with _explained(self._path):
            start = self._file.seek(0, os.SEEK_END)
            try:
                for part in (frames(line, bodies), line, *bodies, b"\n"):
                    self._write(part)
                os.fsync(self._file.fileno())
            except OSError:
                self._file.truncate(start)  # half a visit would hide all that come after it
                raise

    def forget(self) -> None:
        """Leave nothing of this round behind."""
        with _explained(self._path):
            self._file.truncate(0)

    def _write(self, part: bytes) -> None:
        rest = memoryview(part)
        while rest:  # a disk that fills up takes some of it first
            rest = rest[self._file.write(rest) :]


def folder_for(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.spool")


@contextmanager
def begin(folder: Path, now: datetime, *, writer: str = "") -> Iterator[SpooledRound]:
    """Begin a round of fetching; one without visits leaves no file. *writer* tells several of one moment apart."""
    path = folder / f"{now:%Y%m%dT%H%M%S%f}-{writer or os.getpid()}.round"
    with _explained(path):
        private_folder(folder)
        file = _locked(path)
    with file:
        try:
            yield SpooledRound(file, path)
        finally:
            if not path.stat().st_size:
                path.unlink()


def rounds(folder: Path) -> list[Path]:
    """The rounds that wait to be stored, oldest first."""
    return [path for path in _named_rounds(folder) if path.is_file()]


def no_rounds(folder: Path) -> list[Path]:
    """What is named like a round and can never be read as one: pipes, dangling links, folders."""
    return [path for path in _named_rounds(folder) if not path.is_file() and (path.is_symlink() or path.exists())]


def visits(path: Path) -> Iterator[SpooledVisit]:
    """The visits of a round in order, one in memory at a time, without those that are damaged."""
    return (visit for visit in contents(path) if isinstance(visit, SpooledVisit))


def contents(path: Path) -> Iterator[SpooledVisit | DamagedVisit]:
    """The visits of a round in order, and what is damaged among them; a last one cut short is passed over."""
    with _opened(path) as file:
        for record in records(file):
            if isinstance(record, bytes):
                yield DamagedVisit(record)
                continue
            bodies = file.read(record.length)
            if len(bodies) < record.length or file.read(1) != b"\n":
                return
            yield _visit(record, bodies)


def states_after(path: Path) -> Iterator[SourceState]:
    """The states that the visits of a round led to, without their bodies."""
    try:
        path.stat()
    except FileNotFoundError:
        return  # the process that holds the archive has just stored it
    with _opened(path) as file:
        for record in records(file):
            if isinstance(record, bytes):
                continue
            file.seek(record.length, os.SEEK_CUR)
            if file.read(1) != b"\n":
                return
            with suppress(ValueError, TypeError, KeyError):
                yield _STATE.validate_python(record.header["after"])


def waiting(folder: Path) -> int:
    """How many visits wait to be stored."""
    return sum(1 for path in rounds(folder) for _ in states_after(path))


def remove(path: Path, *, size: int) -> None:
    """Forget a round that is stored, unless it still grows or has grown past *size* bytes."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if path.stat().st_size == size:
            path.unlink()


def write_states(folder: Path, states: Mapping[str, SourceState]) -> None:
    path = folder / "states.json"
    with _explained(path):
        private_folder(folder)
        atomic_write(path, _STATES.dump_json(dict(states)), private=True)


def read_states(folder: Path) -> dict[str, SourceState]:
    """The source states as last known here: the copy, overtaken by the visits that wait.

    The copy is read last: who stores a round writes it before the round is removed.
    """
    newer = {after.source: after for path in rounds(folder) for after in states_after(path)}
    path = folder / "states.json"
    try:
        # A pipe in its place would never be read to its end.
        return _STATES.validate_json(path.read_bytes()) | newer if path.is_file() else newer
    except FileNotFoundError:
        return newer
    except ValueError as error:
        raise StoreError(f"{path}: is damaged; delete it and it is made again") from error


def _locked(path: Path) -> FileIO:
    """Open a round for writing, safe from those who forget rounds."""
    while True:
        file = open(path, "ab", buffering=0, opener=private_opener)  # noqa: SIM115 - the caller's
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # forgotten between its making and the lock, being empty


def _visit(record: Record, data: bytes) -> SpooledVisit | DamagedVisit:
    """Make the visit of a record and its bodies."""
    header = record.header
    source = str(_at(header, "fetched", "source", "name") or "")
    if record.checksum not in (None, zlib.crc32(data)):
        return DamagedVisit(record.line + data, source)
    try:
        ends = list(accumulate(header["lengths"], initial=0))
        bodies = [data[start:end] for start, end in pairwise(ends)]
        answers = zip(header["fetched"]["responses"], bodies, strict=True)
        responses = tuple(_RESPONSE.validate_python({**answer, "body": body}) for answer, body in answers)
        return SpooledVisit(
            fetched=_FETCHED.validate_python({**header["fetched"], "responses": responses}),
            before=_STATE.validate_python(header["before"]),
            after=_STATE.validate_python(header["after"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return DamagedVisit(record.line + data, source)


def _at(holder: object, *keys: str) -> object:
    for key in keys:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder


def _named_rounds(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.round")) if folder.is_dir() else []


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot be written: {error.strerror or error}") from error
