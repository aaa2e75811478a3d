"""What was told of drifts, so that each is told once."""

from datetime import datetime

from digest.store.archive import Connection
from digest.store.conversion import insert_own, moment, to_db


def last_told(db: Connection, kind: str) -> tuple[datetime, float] | None:
    """When a drift of that kind ("topics" or "lean") was told last, and its share then."""
    row = db.execute(
        "select told_at, share from core.drifts_told where learner = getvariable('learner') and kind = ? "
        "order by told_at desc limit 1",
        [kind],
    ).fetchone()
    return (moment(row[0]), row[1]) if row else None


def remember_told(db: Connection, kind: str, share: float, now: datetime) -> None:
    insert_own(db, "core.drifts_told", [{"kind": kind, "told_at": to_db(now), "share": share}])
