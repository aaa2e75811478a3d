"""What became of deliveries: in the archive, and in a log beside it until the archive can be opened.

A send cannot be undone, and another process may hold the archive at that moment. So an outcome is first
appended to the log and synced, and moves into the archive when that is open; a kill in between loses nothing.
Only the process that holds the delivery lock writes.
"""

import json
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from digest.atomic_write import private_folder, private_opener
from digest.errors import StoreError
from digest.records import Receipt
from digest.store import learners
from digest.store.archive import Connection, transaction
from digest.store.conversion import insert, learner_of, records, to_db
from digest.store.spool import folder_for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Logged:
    """A line of the log."""

    receipt: Receipt
    #: "" in a line of a version that knew one learner only
    learner: str = ""


_LINE, _RECEIPT = TypeAdapter(_Logged), TypeAdapter(Receipt)
#: Where a log lies that holds something else; the doctor names it.
DAMAGED = "receipts.damaged"

_log = logging.getLogger(__name__)


def record(db: Connection, receipt: Receipt, *, learner: str = "") -> None:
    """Store the state of a delivery, of another *learner* than the connection's if one is named.

    There is one row for each period, channel and recipient.
    """
    whose = learner or learner_of(db)
    row = {name: getattr(receipt, name) for name in Receipt.__slots__}
    times = {name: to_db(row[name]) for name in ("attempted_at", "delivered_at")}
    with transaction(db):  # a kill in between would forget the delivery, and repeat it
        db.execute(
            "delete from core.deliveries where learner = ? and period = ? and channel = ? and recipient = ?",
            [whose, receipt.period, receipt.channel, receipt.recipient],
        )
        insert(db, "core.deliveries", [row | times | {"learner": whose}])


def receipts(db: Connection, period: str | None = None) -> list[Receipt]:
    return records(
        db,
        Receipt,
        "select period, channel, recipient, state, attempted_at, delivered_at, "
        "coalesce(message_id, '') as message_id, coalesce(error, '') as error "
        "from core.deliveries where learner = getvariable('learner') and period = coalesce(?, period) order by attempted_at",
        [period],
    )


#: Everybody's newest issues.
_NEWEST = "(select learner, arg_max(period, ends_at) as period from core.issues group by learner)"


def waiting(db: Connection) -> list[str]:
    """The learners whose newest issue has deliveries to make, or to try again."""
    sql = (
        f"select distinct learner from core.deliveries semi join {_NEWEST} using (learner, period) "
        "where state in ('pending', 'failed') order by 1"
    )
    return [row[0] for row in db.execute(sql).fetchall()]


def in_doubt(db: Connection) -> list[tuple[str, str, str]]:
    """Learner, period and recipient of the mails and posts of everybody's newest issues that may have arrived."""
    rows = db.execute(
        f"select learner, period, recipient from core.deliveries semi join {_NEWEST} using (learner, period) "
        "where state = 'unknown' order by all"
    ).fetchall()
    return [(learner, period, recipient) for learner, period, recipient in rows]


def log(archive_path: Path, learner: str, receipt: Receipt) -> None:
    """Keep one receipt of a learner; it is safe when this returns."""
    path = _path(archive_path)
    try:
        private_folder(path.parent)
        with open(path, "ab", opener=private_opener) as file:
            # A line of its own even after one that a kill cut short.
            file.write(b"\n" + _LINE.dump_json(_Logged(receipt=receipt, learner=learner)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error


def logged(archive_path: Path, *ids: str) -> list[Receipt]:
    """A learner's receipts that are not in the archive yet, oldest first; *ids* are the present one and earlier ones."""
    return [one.receipt for one in _logged(archive_path) if one.learner in (*ids, "")]


def _logged(archive_path: Path) -> list[_Logged]:
    try:
        lines = _path(archive_path).read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [one for line in lines if line and (one := _line(line))]


def store_logged(archive_path: Path, db: Connection) -> None:
    """Move the receipts of all learners into the archive."""
    waiting = _logged(archive_path)
    if waiting:
        with transaction(db):
            for one in waiting:
                record(db, one.receipt, learner=learners.present_id(db, one.learner))
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


def _line(line: bytes) -> _Logged | None:
    """None for a line that a kill cut short, or that is no receipt."""
    with suppress(ValidationError):
        return _LINE.validate_json(line)
    with suppress(ValidationError):
        return _Logged(receipt=_RECEIPT.validate_json(line))
    return None


def _damaged(path: Path) -> bool:
    """Whether a line was not just cut short by a kill, but is something else."""
    if not path.exists():
        return False
    return any(_whole(line) and not _line(line) for line in path.read_bytes().split(b"\n") if line)


def _whole(line: bytes) -> bool:
    """Whether a kill did not come in the middle of the line."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
