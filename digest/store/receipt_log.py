"""What became of deliveries, on disk the moment it is known and before the archive can be opened.

A send cannot be undone, and the archive may be held by somebody else just then. So an outcome
is first appended here, synced, and moved into the archive when that is open; a kill in between
loses nothing. Only the process that holds the delivery lock writes.
"""

import json
import os
from pathlib import Path

from pydantic import TypeAdapter

from digest.errors import StoreError
from digest.records import Receipt
from digest.store import archive, verdicts
from digest.store.archive import Connection
from digest.store.spool import folder_for

_RECEIPT = TypeAdapter(Receipt)


def note(archive_path: Path, receipt: Receipt) -> None:
    """Keep one receipt; it is safe when this returns."""
    path = _path(archive_path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            # A line of its own even after one that a kill cut short.
            file.write(b"\n" + _RECEIPT.dump_json(receipt) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error


def noted(archive_path: Path) -> list[Receipt]:
    """The receipts that are not in the archive yet, oldest first."""
    try:
        lines = _path(archive_path).read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [_RECEIPT.validate_json(line) for line in lines if line and _whole(line)]


def settle(archive_path: Path, db: Connection) -> None:
    """Move the receipts into the archive."""
    waiting = noted(archive_path)
    if waiting:
        with archive.transaction(db):
            for receipt in waiting:
                verdicts.record_receipt(db, receipt)
    _path(archive_path).unlink(missing_ok=True)


def overlay(stored: list[Receipt], waiting: list[Receipt]) -> list[Receipt]:
    """The receipts as they will be once *waiting* is in the archive."""
    newest = {(r.period, r.channel, r.recipient): r for r in [*stored, *waiting]}
    return list(newest.values())


def _path(archive_path: Path) -> Path:
    return folder_for(archive_path) / "receipts.journal"


def _whole(line: bytes) -> bool:
    """Whether a kill did not come in the middle of the line."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
