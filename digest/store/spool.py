"""The spool beside the archive: what was fetched and is not yet stored, and the source states.

One file a round of fetching: each visit is appended whole and synced before the next, so
that a kill loses at most the visit it interrupts, which is then asked again, because no
state speaks of it. (A file a visit would be simpler, but where freed blocks are discarded
at once, deleting a synced file takes milliseconds.) The writer holds a lock on its file,
so that nobody deletes a round that still grows.

`states.json` is the copy of the source states to work from while another process holds the
archive; a visit carries the state it led to, so the newest visit of a source outranks it.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import IO, Any

from pydantic import TypeAdapter

from digest.atomic_write import atomic_write, private_folder, private_opener
from digest.errors import StoreError
from digest.records import Fetched, Response, SourceState

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
        with _explained(self._path):
            start = self._file.seek(0, os.SEEK_END)
            try:
                for part in (json.dumps(header).encode(), b"\n", *bodies, b"\n"):
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
def begin(folder: Path, now: datetime) -> Iterator[SpooledRound]:
    """Begin a round of fetching; one without visits leaves no file."""
    path = folder / f"{now:%Y%m%dT%H%M%S%f}-{os.getpid()}.round"
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
    return sorted(folder.glob("*.round")) if folder.is_dir() else []


def visits(path: Path) -> Iterator[SpooledVisit]:
    """The visits of a round in order, one in memory at a time; a last one cut short is passed over."""
    with path.open("rb") as file, _understood(path):
        for header in _headers(file):
            bodies = [file.read(length) for length in header["lengths"]]
            if file.read(1) != b"\n":
                return
            answers = zip(header["fetched"]["responses"], bodies, strict=True)
            responses = tuple(_RESPONSE.validate_python({**answer, "body": body}) for answer, body in answers)
            yield SpooledVisit(
                fetched=_FETCHED.validate_python({**header["fetched"], "responses": responses}),
                before=_STATE.validate_python(header["before"]),
                after=_STATE.validate_python(header["after"]),
            )


def waiting(folder: Path) -> int:
    """How many visits wait to be stored."""
    return sum(1 for path in rounds(folder) for _ in _afters(path))


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
    newer = {after.source: after for path in rounds(folder) for after in _afters(path)}
    path = folder / "states.json"
    try:
        return _STATES.validate_json(path.read_bytes()) | newer
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


def _afters(path: Path) -> Iterator[SourceState]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # the process that holds the archive has just stored it
    with file, _understood(path):
        for header in _headers(file):
            file.seek(sum(header["lengths"]), os.SEEK_CUR)
            if file.read(1) != b"\n":
                return
            yield _STATE.validate_python(header["after"])


def _headers(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Each visit's header; the caller moves the file past its bodies before taking the next."""
    while line := file.readline():
        if not line.endswith(b"\n"):
            return  # a kill came in the middle
        yield json.loads(line)


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Name the round that makes no sense: a damaged one, or one of another version."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path}: is damaged; move it away to go on without it") from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot be written: {error.strerror or error}") from error
