"""What became of deliveries: in the archive, and in a log beside it until the archive can be opened.

A send cannot be undone, and another process may hold the archive at that moment. So an outcome is first
appended to the log and synced, and moves into the archive when that is open; a kill in between loses nothing.
Only the process that holds the delivery lock writes.
"""

import json
import logging
import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from digest.atomic_write import private_folder, private_opener
from digest.errors import StoreError
from digest.records import Receipt
from digest.store.archive import Connection, transaction
from digest.store.conversion import LEARNER, insert, records, to_db
from digest.store.spool import folder_for

_RECEIPT = TypeAdapter(Receipt)
#: Where a log lies that holds something else; the doctor names it.
DAMAGED = "receipts.damaged"

_log = logging.getLogger(__name__)


def record(db: Connection, receipt: Receipt) -> None:
    """Store the state of a delivery; one row for each period, channel and recipient."""
    row = {name: getattr(receipt, name) for name in Receipt.__slots__}
    times = {name: to_db(row[name]) for name in ("attempted_at", "delivered_at")}
    with transaction(db):  # a kill in between would forget the delivery, and repeat it
        db.execute(
            "delete from core.deliveries where learner = ? and period = ? and channel = ? and recipient = ?",
            [LEARNER, receipt.period, receipt.channel, receipt.recipient],
        )
        insert(db, "core.deliveries", [row | times | {"learner": LEARNER}])


def receipts(db: Connection, period: str | None = None) -> list[Receipt]:
    return records(
        db,
        Receipt,
        "select period, channel, recipient, state, attempted_at, delivered_at, "
        "coalesce(message_id, '') as message_id, coalesce(error, '') as error "
        "from core.deliveries where learner = ? and period = coalesce(?, period) order by attempted_at",
        [LEARNER, period],
    )


def log(archive_path: Path, receipt: Receipt) -> None:
    """Keep one receipt; it is safe when this returns."""
    path = _path(archive_path)
    try:
        private_folder(path.parent)
        with open(path, "ab", opener=private_opener) as file:
            # A line of its own even after one that a kill cut short.
            file.write(b"\n" + _RECEIPT.dump_json(receipt) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error


def logged(archive_path: Path) -> list[Receipt]:
    """The receipts that are not in the archive yet, oldest first."""
    try:
        lines = _path(archive_path).read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [receipt for line in lines if line and (receipt := _receipt(line))]


def store_logged(archive_path: Path, db: Connection) -> None:
    """Move the receipts into the archive."""
    waiting = logged(archive_path)
    if waiting:
        with transaction(db):
            for receipt in waiting:
                record(db, receipt)
    path = _path(archive_path)
    if _damaged(path):
        path.replace(path.with_name(DAMAGED))
        _log.warning("%s: holds what is no receipt; it lies in %s beside it now", path, DAMAGED)
    path.unlink(missing_ok=True)


def overlay(stored: list[Receipt], waiting: list[Receipt]) -> list[Receipt]:
    """The receipts as they will be once *waiting* is in the archive."""
    newest = {(r.period, r.channel, r.recipient): r for r in [*stored, *waiting]}
    return list(newest.values())


def _path(archive_path: Path) -> Path:
    return folder_for(archive_path) / "receipts.journal"


def _receipt(line: bytes) -> Receipt | None:
    """None for a line that a kill cut short, or that is no receipt."""
    try:
        return _RECEIPT.validate_json(line)
    except ValidationError:
        return None


def _damaged(path: Path) -> bool:
    """Whether a line was not just cut short by a kill, but is something else."""
    if not path.exists():
        return False
    return any(_whole(line) and not _receipt(line) for line in path.read_bytes().split(b"\n") if line)


def _whole(line: bytes) -> bool:
    """Whether a kill did not come in the middle of the line."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
