"""Items as lists show them: a line of text and the last verdict; marked ones in pages; recent issues with their picks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from digest.errors import StoreError
from digest.records import Issue, Pick, Section
from digest.store.archive import Connection
from digest.store.conversion import moment, records, to_db

#: Characters of a text that are enough for two lines.
_TEXT = 400
_PICKS = TypeAdapter(tuple[Pick, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """One item of a list, with the newest verdict over its work."""

    item_id: str
    title: str
    url: str
    source: str
    published_at: datetime | None
    first_seen_at: datetime
    text: str
    #: the issue that considered it last, or "" where none did
    period: str
    kept: bool
    section: Section | None
    reason: str


def of_items(db: Connection, item_ids: Sequence[str]) -> list[ListedItem]:
    """These items in their order, without those that are not stored."""
    rows = records(
        db,
        ListedItem,
        f"""
        with chosen as (
            select item_id, work_id, title, url, source, published_at, first_seen_at, left(summary, {_TEXT}) as text
            from core.items where rowid in (  -- so that texts are read of these alone
                select rowid from core.items semi join (select unnest($items::varchar[]) as item_id) using (item_id))
        ), newest as (
            select work_id, max_by({{'period': period, 'kept': kept, 'section': section, 'reason': reason}}, decided_at) as last
            from core.verdicts where learner = getvariable('learner') and work_id in (select work_id from chosen) group by work_id
        )
        select item_id, title, url, source, published_at, first_seen_at, text, coalesce(last.period, '') as period,
               coalesce(last.kept, false) as kept, last.section as section, coalesce(last.reason, '') as reason
        from chosen left join newest using (work_id)
        """,
        {"items": list(item_ids)},
    )
    by_id = {row.item_id: row for row in rows}
    return [by_id[item_id] for item_id in item_ids if item_id in by_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Which marked items are wanted; a None or "" narrows nothing."""

    mark: str = ""
    #: given from here and before there
    since: datetime | None = None
    until: datetime | None = None


def marked(db: Connection, wanted: Marked, *, limit: int, offset: int = 0) -> list[tuple[str, datetime]]:
    """The items that hold such a mark and when each got it last, newest first."""
    rows = db.execute(
        f"select item_id, max(marked_at) as newest {_MARKED} group by item_id order by newest desc, item_id limit $limit offset $offset",
        _values(wanted) | {"limit": limit, "offset": offset},
    ).fetchall()
    return [(item_id, moment(at)) for item_id, at in rows]


def count_marked(db: Connection, wanted: Marked) -> int:
    """How many items hold such a mark."""
    row = db.execute(f"select count(distinct item_id) {_MARKED}", _values(wanted)).fetchone()
    return int(row[0]) if row else 0


def marked_counts(db: Connection) -> dict[str, int]:
    """How many items hold each mark, and under "" any."""
    rows = db.execute(
        "select coalesce(mark, ''), count(distinct item_id) from marks where learner = getvariable('learner') group by rollup (mark)",
    ).fetchall()
    return dict(rows)


_MARKED = """
from marks where learner = getvariable('learner') and ($mark = '' or mark = $mark)
    and ($since is null or marked_at >= $since) and ($until is null or marked_at < $until)
"""


def _values(wanted: Marked) -> dict[str, object]:
    return {
        "mark": wanted.mark,
        "since": to_db(wanted.since),
        "until": to_db(wanted.until),
    }


def issues(db: Connection, *, limit: int, offset: int = 0) -> list[Issue]:
    """Issues, newest first, with their picks and without what only their own pages show, which takes long to read."""
    rows = db.execute(
        """
        select period, starts_at, ends_at, built_at, seen, kept,
               json_extract_string(document, ['$.zone', '$.first']), json_extract(document, '$.picks')
        from core.issues where learner = getvariable('learner') order by ends_at desc, rowid desc limit ? offset ?
        """,
        [limit, offset],
    ).fetchall()
    return [
        Issue(
            period=row[0],
            starts_at=moment(row[1]),
            ends_at=moment(row[2]),
            built_at=moment(row[3]),
            seen=row[4],
            kept=row[5],
            zone=row[6][0] or "UTC",
            first=row[6][1] or "",
            picks=_picks(row[0], row[7]),
        )
        for row in rows
    ]


def works_considered(db: Connection, periods: Sequence[str]) -> dict[str, int]:
    """How many works each of these issues considered."""
    sql = "select period, seen from core.issues where learner = getvariable('learner') and period in (select unnest(?::varchar[]))"
    return dict(db.execute(sql, [list(periods)]).fetchall())


def _picks(period: str, document: str | None) -> tuple[Pick, ...]:
    try:
        return _PICKS.validate_json(document or "[]")
    except ValidationError as error:
        raise StoreError(f"the document of the issue {period!r} is damaged; see `digest doctor`") from error
