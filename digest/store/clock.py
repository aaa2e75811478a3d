"""What a wrong clock left in the archive: moments that have not come yet, and how they are taken back."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from digest.errors import StoreError
from digest.records import SourceState
from digest.store import sources
from digest.store.archive import Connection, transaction
from digest.store.conversion import EARLIEST, from_db, to_db

#: Clocks that are right differ by less.
_SLACK = timedelta(hours=1)

#: What happened, and when; the issues' own periods come apart.
_MOMENTS = {
    "items": ("first_seen_at",),
    "fetches": ("started_at",),
    "verdicts": ("decided_at",),
    "deliveries": ("attempted_at", "delivered_at"),
    "marks": ("marked_at",),
    "batches": ("made_at", "undone_at"),
    "models": ("added_at",),
}
_PERIOD = timedelta(days=7)


def ahead(db: Connection, now: datetime) -> str:
    """One line on what lies in the future, "" where nothing does."""
    moments = {"issues": ("ends_at",), **{name: _MOMENTS[name] for name in ("items", "fetches", "marks")}}
    found, latest = [], now
    for table, (column,) in moments.items():
        sql = f"select count(*), max({column}) from core.{table} where {column} > ?"
        count, last = db.execute(sql, [to_db(now + _SLACK)]).fetchall()[0]
        if count:
            found.append(f"{count} {table[:-1] if count == 1 and table != 'fetches' else table}")
            latest = max(latest, from_db(last) or latest)
    if not found:
        return ""
    return f"{', '.join(found)} lie in the future, up to {latest:%Y-%m-%d}: the clock was wrong then, or is now"


def set_right(db: Connection, now: datetime) -> str:
    """Take back to *now* all that lies in the future, so that the next issue covers it; one line on what that was.

    An issue from the future ends where its period began: what it judged stays judged, all else is still to be.
    Raises StoreError where it is the present clock that cannot be right.
    """
    told = ahead(db, now)
    if not told:
        return ""
    if now < EARLIEST:
        raise StoreError(f"this machine's clock says {now.date()}, which cannot be right; set it first")
    at = to_db(now)
    with transaction(db):
        start = _end_issues(db, now)
        for table, columns in _MOMENTS.items():
            for column in columns:
                db.execute(f"update core.{table} set {column} = $now where {column} > $now", {"now": at})
        db.execute(
            "update core.items set backfill = false where backfill and first_seen_at >= $1 and published_at >= $1",
            [to_db(start)],
        )
        sources.replace_states(db, {name: _state(state, now) for name, state in sources.states(db).items()})
    return told


def _end_issues(db: Connection, now: datetime) -> datetime:
    """Let the issues from the future end where their learner's last one before them did.

    Returns where the present period starts, the earliest of several learners'.
    """
    starts = [now - _PERIOD]
    rows = db.execute(
        "select learner, max(ends_at) filter (ends_at <= ?) from core.issues group by learner", [to_db(now)]
    ).fetchall()
    for learner, last in rows:
        starts.append(from_db(last) or now - _PERIOD)
        db.execute(
            "update core.issues set starts_at = least(starts_at, $start), built_at = least(built_at, $now), "
            "ends_at = $start where ends_at > $now and learner = $learner",
            {"start": to_db(starts[-1]), "now": to_db(now), "learner": learner},
        )
    return min(starts[1:] or starts)


def _state(state: SourceState, now: datetime) -> SourceState:
    """A source's state without moments that have not come; it is asked again at once."""
    if state.last_attempt is None or state.last_attempt <= now:
        return state
    held = {field.name: getattr(state, field.name) for field in fields(state)}
    moments: dict[str, Any] = {name: min(value, now) for name, value in held.items() if isinstance(value, datetime)}
    return replace(state, **moments | {"retry_at": None})
