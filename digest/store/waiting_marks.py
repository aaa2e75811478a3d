"""Marks that wait beside the archive while another process holds it: a line of JSON each, synced before it counts.

Each line names the learner who said it, since the process that stores it may run for another one.

Marks are only ever appended, in the archive too, so that a mark that waits and its undoing are two lines.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from digest.atomic_write import private_folder, private_opener
from digest.errors import StoreError
from digest.records import Mark
from digest.store import items, learners, marks
from digest.store.archive import Connection, transaction
from digest.store.conversion import learner_of, to_db
from digest.store.spool import folder_for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A line of the file."""

    mark: Mark
    #: "" in a line of a version that knew one learner only
    learner: str = ""


_LINE, _MARK = TypeAdapter(_Waiting), TypeAdapter(Mark)


def put(archive: Path, learner: str, some: Sequence[Mark]) -> None:
    """Keep a learner's marks safe on disk; they are there when this returns."""
    # Each begins on a line of its own, even after one that a kill cut off.
    lines = b"".join(b"\n" + _LINE.dump_json(_Waiting(mark=mark, learner=learner)) for mark in some) + b"\n"
    with _locked(archive, "ab") as file:
        start = file.seek(0, os.SEEK_END)
        try:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(start)  # half a line would hide the next mark
            raise


def any_waiting(archive: Path) -> bool:
    try:
        return _path(archive).stat().st_size > 0
    except OSError:
        return False


def waiting(archive: Path, learner: str) -> list[Mark]:
    """A learner's marks that wait, in their order."""
    if not any_waiting(archive):
        return []
    with _locked(archive, "rb") as file:
        return [line.mark for line in _read(file) if line.learner in (learner, "")]


def store(archive: Path, db: Connection) -> list[Mark]:
    """Move the marks that wait into *archive*, which *db* has open for writing, each once; returns those stored.

    A kill between the two leaves marks in both places: those that are stored already are known by their moment.
    Marks of items that this archive does not have are dropped.
    """
    if not any_waiting(archive):
        return []
    with _locked(archive, "r+b") as file:
        found = [replace(line, learner=learners.present_id(db, line.learner)) for line in _read(file)]
        known = items.known_ids(db, [line.mark.item_id for line in found]) if found else {}
        fresh = [line for line in found if line.mark.item_id in known and not _stored(db, line)]
        with transaction(db):
            for line in fresh:
                marks.add(db, line.mark, learner=line.learner)
        file.truncate(0)
    return [line.mark for line in fresh]


def _read(file: IO[bytes]) -> list[_Waiting]:
    """The marks of whole lines; one that was cut off by a kill never counted, and empty ones lie between."""
    found = []
    for line in file.read().splitlines():
        with suppress(ValidationError):
            found.append(_line(line))
    return found


def _line(line: bytes) -> _Waiting:
    try:
        return _LINE.validate_json(line)
    except ValidationError:
        return _Waiting(mark=_MARK.validate_json(line))


def _stored(db: Connection, line: _Waiting) -> bool:
    mark = line.mark
    return bool(
        db.execute(
            "select 1 from core.marks where learner = ? and item_id = ? and mark = ? and origin = ? and marked_at = ?",
            [line.learner or learner_of(db), mark.item_id, mark.mark, mark.origin, to_db(mark.marked_at)],
        ).fetchall()
    )


@contextmanager
def _locked(archive: Path, mode: str) -> Iterator[IO[bytes]]:
    path = _path(archive)
    try:
        private_folder(path.parent)
        with open(path, mode, opener=private_opener) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error


def _path(archive: Path) -> Path:
    return folder_for(archive) / "marks.jsonl"
