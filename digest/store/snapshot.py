"""Taking a copy of an archive back in time. Never called on the learner's own."""

from datetime import datetime

from digest.store.archive import Connection, transaction
from digest.store.conversion import to_db

#: What came after the moment, table by table; the issue that ends at the moment itself goes too.
_LATER = (
    "delete from core.verdicts where period in (select period from core.issues where ends_at >= $moment)",
    "delete from core.deliveries where period in (select period from core.issues where ends_at >= $moment)",
    "delete from core.issues where ends_at >= $moment",
    "delete from core.marks where marked_at > $moment",
    "delete from core.batches where made_at > $moment",
    "update core.batches set undone_at = null where undone_at > $moment",
    "delete from core.items where first_seen_at > $moment",
    "delete from core.scores",
)


def take_back_to(db: Connection, moment: datetime) -> None:
    """Remove everything that was not there yet at *moment*."""
    with transaction(db):
        for statement in _LATER:
            db.execute(statement, {"moment": to_db(moment)} if "$moment" in statement else None)
