"""Small facts the archive keeps about itself: one value a name."""

from datetime import datetime

from digest.store import archive
from digest.store.archive import Connection

PAUSED_UNTIL = "paused_until"


def paused_until(db: Connection) -> datetime | None:
    """The moment before which no issue is to be built, passed or not; None where no rest was asked for."""
    row = db.execute("select value from core.settings where name = ?", [PAUSED_UNTIL]).fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def pause(db: Connection, until: datetime | None) -> None:
    """Rest until that moment; None ends the rest."""
    with archive.transaction(db):
        db.execute("delete from core.settings where name = ?", [PAUSED_UNTIL])
        if until is not None:
            db.execute("insert into core.settings values (?, ?)", [PAUSED_UNTIL, until.isoformat()])
