"""As-of snapshots: a copy of the archive, then taken back to what it held at an earlier moment."""

import shutil
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.store.archive import Connection, open_archive, transaction
from digest.store.conversion import to_db

#: What came after the moment, table by table; the issue that ends at the moment itself goes too.
_LATER = (
    "delete from core.verdicts where (learner, period) in (select (learner, period) from core.issues where ends_at >= $moment)",
    "delete from core.deliveries where (learner, period) in (select (learner, period) from core.issues where ends_at >= $moment)",
    "delete from core.issues where ends_at >= $moment",
    "delete from core.marks where marked_at > $moment",
    "delete from core.batches where made_at > $moment",
    "update core.batches set undone_at = null where undone_at > $moment",
    "delete from core.items where first_seen_at > $moment",
    "delete from core.events where item_id not in (select item_id from core.items)",
    "delete from core.scores",
)


def copy(path: Path, folder: Path, *, wait: float) -> Path:
    """Copy the archive into *folder* while nobody writes to it, with what a killed process left in its log."""
    try:
        with open_archive(path, wait=wait, read_only=True):
            for part in (path, path.with_name(f"{path.name}.wal")):
                if part.exists():
                    shutil.copy2(part, folder)
    except OSError as error:
        raise StoreError(f"{folder}: has no space for a copy of {path}: {error.strerror or error}") from error
    return folder / path.name


def take_back_to(db: Connection, moment: datetime) -> None:
    """Remove everything that was not there yet at *moment*. Never call it on the learner's own archive."""
    with transaction(db):
        for statement in _LATER:
            db.execute(statement, {"moment": to_db(moment)} if "$moment" in statement else None)
