"""Small facts the archive keeps about itself: one value a name."""

import secrets
from collections.abc import Collection
from datetime import datetime

from digest.store import archive
from digest.store.archive import Connection

PAUSED_UNTIL = "paused_until"
_MARKING_KEY = "marking_key"
_HEARD = "heard_mail"


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


def marking_key(db: Connection) -> bytes:
    """The key under which this archive signs links for marks by mail; made at first use."""
    row = db.execute("select value from core.settings where name = ?", [_MARKING_KEY]).fetchone()
    key = row[0] if row else secrets.token_hex(32)
    if not row:
        db.execute("insert into core.settings values (?, ?)", [_MARKING_KEY, key])
    return bytes.fromhex(key)


def unheard(db: Connection, mails: Collection[str]) -> set[str]:
    """Which of these mails are new, by name; from now on none of them is."""
    rows = db.execute("select value from core.settings where name = ?", [_HEARD]).fetchall()
    fresh = set(mails) - {row[0] for row in rows}
    db.execute("insert into core.settings select ?, unnest(?::varchar[])", [_HEARD, sorted(fresh)])
    return fresh
