"""Which boxes of the written Markdown were ticked when it was last read."""

from collections.abc import Collection, Set

from digest.store.archive import Connection, transaction
from digest.store.rows import insert
from digest.store.verdicts import LEARNER

Tick = tuple[str, str]


def remembered(db: Connection) -> frozenset[Tick]:
    rows = db.execute("select item_id, mark from core.ticks where learner = ?", [LEARNER]).fetchall()
    return frozenset((item_id, mark) for item_id, mark in rows)


def remember(db: Connection, standing: Set[Tick]) -> None:
    with transaction(db):
        db.execute("delete from core.ticks where learner = ?", [LEARNER])
        rows = [{"learner": LEARNER, "item_id": item_id, "mark": mark} for item_id, mark in sorted(standing)]
        insert(db, "core.ticks", rows)


def forget(db: Connection, item_ids: Collection[str]) -> None:
    """Look at these items' boxes as if for the first time: their file was drawn anew, without ticks."""
    db.execute(
        "delete from core.ticks where learner = ? and item_id in (select unnest(?::varchar[]))",
        [LEARNER, list(item_ids)],
    )
