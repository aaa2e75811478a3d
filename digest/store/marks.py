"""Marks, the batches they came in (an import, a lesson), and how far replies by mail were read.

Nothing is deleted: a batch that was undone keeps its marks, which no longer count. Earlier marks of the
same items count again, and marks given by other means are not touched.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.records import Mark, short_id
from digest.store.archive import Connection, transaction
from digest.store.conversion import (
    insert,
    insert_own,
    learner_of,
    moment,
    own_value,
    replace_own_value,
    to_db,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneBatch:
    """A batch that was taken back."""

    made_at: datetime
    #: how many marks it held
    marks: int


def add(db: Connection, *marks: Mark, learner: str = "") -> None:
    """Append marks in their order, of another *learner* than the connection's if one is named.

    Nothing is ever overwritten, and of like and dislike the later one holds.
    """
    _append(db, marks, learner)


def standing(db: Connection) -> dict[str, tuple[str, ...]]:
    """The marks that hold now, by item, as the `marks` view shows them."""
    return {item_id: tuple(mark for mark, _ in held) for item_id, held in marked_at(db).items()}


def marked_at(db: Connection) -> dict[str, tuple[tuple[str, datetime], ...]]:
    """The marks that hold now, by item, each with the moment it was given."""
    rows = db.execute(
        "select item_id, list({'mark': mark, 'at': marked_at} order by marked_at, mark) from marks "
        "where learner = getvariable('learner') group by item_id order by 1"
    ).fetchall()
    return {item_id: tuple((one["mark"], moment(one["at"])) for one in held) for item_id, held in rows}


def begin_batch(db: Connection, origin: str, now: datetime) -> str:
    """A name for a batch that is about to be made; nothing is written yet."""
    row = db.execute("select count(*) from core.batches").fetchone()
    return short_id(learner_of(db), origin, now.isoformat(), str(row[0] if row else 0))


def add_batch(db: Connection, batch: str, marks: Sequence[Mark]) -> None:
    """Write down marks of one batch, which may come in several parts; no marks make no batch."""
    if not marks:
        return
    with transaction(db):
        if not db.execute("select 1 from core.batches where batch = ?", [batch]).fetchone():
            first = marks[0]
            row = {"batch": batch, "origin": first.origin, "made_at": to_db(first.marked_at)}
            insert_own(db, "core.batches", [row | {"undone_at": None}])
        _append(db, marks)


def undo_last_batch(db: Connection, origin: str, now: datetime) -> UndoneBatch | None:
    """Take back the last batch of this origin that still counts; None where there is none."""
    found = db.execute(
        "select batch, made_at from core.batches where learner = getvariable('learner') and origin = ? and undone_at is null "
        "order by made_at desc, rowid desc limit 1",
        [origin],
    ).fetchone()
    if found is None:
        return None
    batch, made_at = found
    with transaction(db):
        db.execute("update core.batches set undone_at = ? where batch = ?", [to_db(now), batch])
    count = db.execute("select count(*) from core.marks where batch = ?", [batch]).fetchone()
    return UndoneBatch(made_at=moment(made_at), marks=int(count[0]) if count else 0)


def unread_replies(db: Connection, replies: Collection[str]) -> set[str]:
    """Which of these replies are new, by name; from now on none of them is."""
    rows = db.execute("select reply from core.replies_read where learner = getvariable('learner')").fetchall()
    fresh = set(replies) - {row[0] for row in rows}
    insert_own(db, "core.replies_read", [{"reply": reply} for reply in sorted(fresh)])
    return fresh


def replies_read_to(db: Connection) -> str:
    """How far the folder of replies was read, in the mail server's terms; "" before the first time."""
    return own_value(db, "core.reply_position", "position") or ""


def remember_replies_read_to(db: Connection, position: str) -> None:
    replace_own_value(db, "core.reply_position", "position", position or None)


def _append(db: Connection, marks: Sequence[Mark], learner: str = "") -> None:
    """Append marks in one statement, in their order."""
    own = [{name: getattr(mark, name) for name in Mark.__slots__} for mark in marks]
    whose = learner or learner_of(db)
    changed = [{"marked_at": to_db(mark.marked_at), "batch": mark.batch or None, "learner": whose} for mark in marks]
    insert(db, "core.marks", [row | more for row, more in zip(own, changed, strict=True)])
