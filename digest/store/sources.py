"""What is remembered of sources, and the record of every visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from digest.errors import StoreError
from digest.records import Source, SourceState
from digest.store.archive import Connection
from digest.store.conversion import from_db, insert, moment, only_value, replace_only_value, to_db

_STATE = TypeAdapter(SourceState)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRow:
    """One visit as the `fetches` view shows it."""

    source: str
    started_at: datetime
    status: int
    #: "new", "unchanged", "not_modified", "error" or "skipped"
    outcome: str
    new_items: int
    bytes: int
    milliseconds: int
    conditional: bool
    error: str


def states(db: Connection) -> dict[str, SourceState]:
    rows = db.execute("select source, state from core.sources where state is not null").fetchall()
    return {source: read_state(source, state) for source, state in rows}


def health(db: Connection, columns: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """These columns of the `sources` view by the source's name, which is the first of them."""
    return {row[0]: row for row in db.execute(f"select {', '.join(columns)} from sources").fetchall()}


def known(db: Connection, source: str) -> bool:
    """Whether the archive ever had this source, in use or not."""
    sql = "select exists (from core.sources where source = $1) or exists (from core.items where source = $1)"
    return bool(db.execute(sql, [source]).fetchall()[0][0])


def names(db: Connection) -> list[str]:
    """Every source that the archive ever had."""
    return [row[0] for row in db.execute("select distinct source from core.sources order by 1").fetchall()]


def replace_states(db: Connection, changed: Mapping[str, SourceState]) -> None:
    """Correct what is remembered; which sources are in use stays as it is."""
    for name, state in changed.items():
        row = _row(state, None)
        db.execute(
            "update core.sources set last_success = ?, next_check = ?, interval_minutes = ?, state = ? where source = ?",
            [row["last_success"], row["next_check"], row["interval_minutes"], row["state"], name],
        )


def save_states(db: Connection, changed: Mapping[str, SourceState], *, active: Mapping[str, Source]) -> None:
    """Remember *changed*; the sources in *active* are those that sources.toml names now."""
    rows = [_row(state, active.get(name)) for name, state in changed.items()]
    if rows:
        db.execute("delete from core.sources where source in (select unnest(?::varchar[]))", [list(changed)])
        insert(db, "core.sources", rows)
    db.execute(
        "update core.sources set active = (source in (select unnest(?::varchar[]))) "
        "where active is distinct from (source in (select unnest(?::varchar[])))",
        [list(active), list(active)],
    )


def record_fetches(db: Connection, visits: Sequence[FetchRow]) -> None:
    """Write visits down once, however often they are stored."""
    rows = [
        {name: getattr(visit, name) for name in FetchRow.__slots__} | {"started_at": to_db(visit.started_at)}
        for visit in visits
    ]
    found = db.execute(
        "select source, started_at from core.fetches where started_at in (select unnest(?::timestamp[]))",
        [[row["started_at"] for row in rows]],
    ).fetchall()
    known = set(found)
    insert(db, "core.fetches", [row for row in rows if (row["source"], row["started_at"]) not in known])


def visits_stored(db: Connection) -> set[tuple[str, datetime]]:
    """By source and start, the visits written down within a day of the newest: a round takes less."""
    rows = db.execute(
        "select source, started_at from core.fetches where started_at >= "
        "(select coalesce(max(started_at), '-infinity'::timestamp) - interval 1 day from core.fetches)"
    ).fetchall()
    return {(source, moment(started_at)) for source, started_at in rows}


def no_papers_before(db: Connection) -> datetime | None:
    """When arXiv may be asked for single papers again, where it asked us to wait the last time."""
    return from_db(only_value(db, "core.paper_requests"))


def remember_no_papers_before(db: Connection, moment: datetime | None) -> None:
    replace_only_value(db, "core.paper_requests", to_db(moment))


def read_state(source: str, state: str) -> SourceState:
    """A stored state; StoreError where it cannot be read."""
    try:
        return _STATE.validate_json(state)
    except ValidationError as error:
        raise StoreError(
            f"the state of the source {source!r} is damaged; `digest doctor --repair` clears it"
        ) from error


def _interval(state: SourceState) -> int | None:
    if state.gone or not state.next_check or not state.last_attempt:
        return None
    return round((state.next_check - state.last_attempt).total_seconds() / 60)


def _row(state: SourceState, source: Source | None) -> dict[str, object]:
    return {
        "source": state.source,
        "kind": state.kind or (source.kind if source else ""),
        "url": state.url or (source.url if source else ""),
        "active": source is not None,
        "last_success": to_db(state.last_success),
        "last_error": state.last_error or None,
        "failures": state.failures,
        "next_check": None if state.gone else to_db(state.next_check),
        "interval_minutes": _interval(state),
        "state": _STATE.dump_json(state).decode(),
    }
