"""When the items of calendars take place: stored with each visit, and read by their dates."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from digest.records import Calendar, ComingEvent, EventKind
from digest.store.archive import Connection
from digest.store.conversion import insert, moment, to_db

#: More than any list shows; the most relevant ones count.
_AT_MOST = 2_000
_COLUMNS = "title starts_at ends_at all_day floating place url recurrence moved".split()
_SHOWN = TypeAdapter(tuple[ComingEvent, ...])


def replace(db: Connection, source: str, calendar: Calendar) -> None:
    """Put the dates of a visit in place of those stored of its source, or of its items where it does not tell all.

    What is over stays.
    """
    named = sorted({event.item_id for event in calendar.events})
    db.execute(
        "delete from core.events where source = $source and ends_at >= $since "
        "and ($whole or item_id in (select unnest($items::varchar[])))",
        {"source": source, "since": to_db(calendar.since), "whole": calendar.whole, "items": named},
    )
    rows = [
        {name: getattr(event, name) for name in ("item_id", *_COLUMNS)}
        | {
            "source": source,
            "kind": event.kind.value,
            "starts_at": to_db(event.starts_at),
            "ends_at": to_db(event.ends_at),
        }
        for event in calendar.events
    ]
    insert(db, "core.events", rows)


def coming(db: Connection, *, since: datetime, until: datetime, relevance: float) -> list[ComingEvent]:
    """The events that end after *since*, begin before *until* and are at least so relevant, by date.

    Events without a score, which the model has not read yet, are not among them.
    """
    rows = db.execute(
        f"""
        select e.item_id, e.kind, e.source, s.relevance, {", ".join(f"e.{name}" for name in _COLUMNS)}
        from core.events e join core.scores s using (item_id)
        where s.learner = getvariable('learner') and s.relevance >= $relevance and e.ends_at >= $since and e.starts_at <= $until
        order by s.relevance desc, e.starts_at, e.item_id limit {_AT_MOST}
        """,
        {"relevance": relevance, "since": to_db(since), "until": to_db(until)},
    ).fetchall()
    found = [_event(row) for row in rows]
    return sorted(found, key=lambda event: (event.starts_at, -event.relevance, event.item_id))


def _event(row: Sequence[object]) -> ComingEvent:
    item_id, kind, source, relevance, *rest = row
    values = dict(zip(_COLUMNS, rest, strict=True))
    for name in ("starts_at", "ends_at"):
        values[name] = moment(values[name])  # type: ignore[arg-type]
    return ComingEvent(
        item_id=str(item_id),
        kind=EventKind(str(kind)),
        source=str(source),
        relevance=float(relevance),  # type: ignore[arg-type]
        **values,  # type: ignore[arg-type]
    )


def shown(db: Connection, *, since: datetime) -> list[tuple[datetime, ComingEvent]]:
    """What the issues since a moment showed, each with that issue's end, oldest first."""
    rows = db.execute(
        "select ends_at, json_extract(document, '$.events')::varchar from core.issues "
        "where learner = getvariable('learner') and ends_at >= ? order by ends_at",
        [to_db(since)],
    ).fetchall()
    return [(moment(ends_at), event) for ends_at, document in rows for event in _read(document)]


def _read(document: str | None) -> tuple[ComingEvent, ...]:
    try:
        return _SHOWN.validate_json(document or "[]")
    except ValidationError:
        return ()  # the doctor names it
