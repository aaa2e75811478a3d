"""Small facts the archive keeps about itself: one value a name, save for the mails that were heard."""

import secrets
from collections.abc import Collection
from datetime import datetime

from digest.store import archive
from digest.store.archive import Connection

PAUSED_UNTIL = "paused_until"
#: Never shown in a view and never exported: whoever has it can mark.
MARKING_KEY = "marking_key"
_HEARD = "heard_mail"
_SECOND_MODEL = "second_model"
_REPLIES_READ_TO = "replies_read_to"
_NO_PAPERS_BEFORE = "no_papers_before"


def paused_until(db: Connection) -> datetime | None:
    """The moment before which no issue is to be built, passed or not; None where no rest was asked for."""
    value = _value(db, PAUSED_UNTIL)
    return datetime.fromisoformat(value) if value else None


def pause(db: Connection, until: datetime | None) -> None:
    """Rest until that moment; None ends the rest."""
    _replace(db, PAUSED_UNTIL, until.isoformat() if until else "")


def marking_key(db: Connection) -> bytes:
    """The key under which this archive signs links for marks by mail; made at first use."""
    key = known_marking_key(db)
    if key is None:
        key = secrets.token_bytes(32)
        _replace(db, MARKING_KEY, key.hex())
    return key


def known_marking_key(db: Connection) -> bytes | None:
    """The key, or None where nothing was ever signed."""
    value = _value(db, MARKING_KEY)
    return bytes.fromhex(value) if value else None


def second_model(db: Connection) -> str:
    """The reranker of the last ranking; "" where there was none."""
    return _value(db, _SECOND_MODEL)


def remember_second_model(db: Connection, model: str) -> None:
    _replace(db, _SECOND_MODEL, model)


def unheard(db: Connection, mails: Collection[str]) -> set[str]:
    """Which of these mails are new, by name; from now on none of them is."""
    rows = db.execute("select value from core.settings where name = ?", [_HEARD]).fetchall()
    fresh = set(mails) - {row[0] for row in rows}
    db.execute("insert into core.settings select ?, unnest(?::varchar[])", [_HEARD, sorted(fresh)])
    return fresh


def replies_read_to(db: Connection) -> str:
    """How far the folder of replies was read, in the words of whoever reads it; "" before the first time."""
    return _value(db, _REPLIES_READ_TO)


def remember_replies_read_to(db: Connection, position: str) -> None:
    _replace(db, _REPLIES_READ_TO, position)


def no_papers_before(db: Connection) -> datetime | None:
    """When arXiv may be asked for single papers again, where it asked for rest the last time."""
    value = _value(db, _NO_PAPERS_BEFORE)
    return datetime.fromisoformat(value) if value else None


def remember_no_papers_before(db: Connection, moment: datetime | None) -> None:
    _replace(db, _NO_PAPERS_BEFORE, moment.isoformat() if moment else "")


def _value(db: Connection, name: str) -> str:
    row = db.execute("select value from core.settings where name = ?", [name]).fetchone()
    return str(row[0]) if row else ""


def _replace(db: Connection, name: str, value: str) -> None:
    """Set a value; "" forgets it. One that stands already is not written again."""
    if value == _value(db, name):
        return
    with archive.transaction(db):
        db.execute("delete from core.settings where name = ?", [name])
        if value:
            db.execute("insert into core.settings values (?, ?)", [name, value])
