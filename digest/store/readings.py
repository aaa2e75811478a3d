"""What was read, pass by pass, and what of it was taken back. Nothing is deleted."""

from collections.abc import Sequence
from datetime import datetime

from digest.records import PassRead
from digest.store.archive import Connection, transaction
from digest.store.conversion import insert_own, moment, to_db

_OWN = "learner = getvariable('learner')"
#: A mark `read` without a reading, as a ticked box, counts as one whose length nobody said.
UNSAID = 0


def add(db: Connection, one: PassRead, *, marked: bool) -> None:
    """Record a reading; *marked* says that the mark `read` came with it."""
    row = {
        "item_id": one.item_id,
        "pass": one.number,
        "minutes": one.minutes,
        "read_at": to_db(one.read_at),
        "origin": one.origin,
        "marked": marked,
    }
    insert_own(db, "core.readings", [row])


def undo_last(db: Connection, item_id: str, now: datetime) -> tuple[PassRead, bool] | None:
    """Take back the last reading of an item that still counts, and say whether its mark goes too; None without one."""
    found = db.execute(
        f"select rowid, pass, minutes, read_at, origin, marked from core.readings "
        f"where {_OWN} and item_id = ? and undone_at is null order by read_at desc, rowid desc limit 1",
        [item_id],
    ).fetchone()
    if found is None:
        return None
    row, number, minutes, read_at, origin, marked = found
    with transaction(db):
        db.execute("update core.readings set undone_at = ? where rowid = ?", [to_db(now), row])
    one = PassRead(item_id=item_id, number=number, minutes=minutes, read_at=moment(read_at), origin=origin)
    return one, bool(marked)


def listed(db: Connection, *, limit: int) -> list[tuple[PassRead, str]]:
    """The last readings with the titles of the items, the newest first."""
    rows = db.execute(
        f"select r.item_id, pass, minutes, read_at, origin, coalesce(i.title, '') from (from readings where {_OWN}) r "
        "left join core.items i using (item_id) order by read_at desc, item_id limit ?",
        [limit],
    ).fetchall()
    return [(_reading(row[:5]), row[5]) for row in rows]


def passes_of_work(db: Connection, item_id: str) -> list[int]:
    """The passes that were made over an item's work."""
    rows = db.execute(
        f"select distinct pass from readings where {_OWN} and item_id in (select item_id from core.items "
        "where work_id = (select work_id from core.items where item_id = ?)) order by 1",
        [item_id],
    ).fetchall()
    return [row[0] for row in rows]


def since(db: Connection, moment_: datetime) -> list[tuple[str, PassRead]]:
    """(work id, reading) of what was read since a moment.

    A work that was only marked `read` since then counts once, with no minutes said.
    """
    rows = db.execute(
        f"""
        with said as (
            select work_id, item_id, pass, minutes, read_at, origin from (from readings where {_OWN}) join core.items using (item_id)
        ), ticked as (
            select work_id, item_id, 1 as pass, {UNSAID} as minutes, marked_at as read_at, origin
            from (from marks where {_OWN} and mark = 'read') join core.items using (item_id)
            where work_id not in (select work_id from said)
            qualify row_number() over (partition by work_id order by marked_at) = 1
        )
        select work_id, item_id, pass, minutes, read_at, origin from (from said union all by name from ticked)
        where read_at >= ? order by read_at, item_id, pass
        """,
        [to_db(moment_)],
    ).fetchall()
    return [(row[0], _reading(row[1:])) for row in rows]


def _reading(row: Sequence[object]) -> PassRead:
    item_id, number, minutes, read_at, origin = row
    assert isinstance(read_at, datetime)
    return PassRead(
        item_id=str(item_id),
        number=int(str(number)),
        minutes=int(str(minutes)),
        read_at=moment(read_at),
        origin=str(origin),
    )
