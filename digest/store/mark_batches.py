"""Marks that came together, in one import or lesson, and are taken back together.

Nothing is deleted: a batch that was undone keeps its marks, which no longer count. What was said of
the same items before counts again, and what was said of them by other means always did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.records import Mark, short_id
from digest.store import verdicts
from digest.store.archive import Connection, transaction
from digest.store.conversion import insert, moment, to_db
from digest.store.verdicts import LEARNER


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A batch that was taken back."""

    made_at: datetime
    #: marks that it brought
    marks: int


def begin(db: Connection, origin: str, now: datetime) -> str:
    """A name for a batch that is about to be made; nothing is written yet."""
    row = db.execute("select count(*) from core.batches").fetchone()
    return short_id(LEARNER, origin, now.isoformat(), str(row[0] if row else 0))


def add(db: Connection, batch: str, marks: Sequence[Mark]) -> None:
    """Write down marks of one batch, which may come in several parts; no marks make no batch."""
    if not marks:
        return
    with transaction(db):
        if not db.execute("select 1 from core.batches where batch = ?", [batch]).fetchone():
            first = marks[0]
            row = {"learner": LEARNER, "batch": batch, "origin": first.origin, "made_at": to_db(first.marked_at)}
            insert(db, "core.batches", [row | {"undone_at": None}])
        verdicts.add_marks(db, marks)


def undo_last(db: Connection, origin: str, now: datetime) -> Undone | None:
    """Take back the last batch of this origin that still counts; None where there is none."""
    found = db.execute(
        "select batch, made_at from core.batches where learner = ? and origin = ? and undone_at is null "
        "order by made_at desc, rowid desc limit 1",
        [LEARNER, origin],
    ).fetchone()
    if found is None:
        return None
    batch, made_at = found
    with transaction(db):
        db.execute("update core.batches set undone_at = ? where batch = ?", [to_db(now), batch])
    count = db.execute("select count(*) from core.marks where batch = ?", [batch]).fetchone()
    return Undone(made_at=moment(made_at), marks=int(count[0]) if count else 0)
