"""Items as a dataset has them: by the week in which they were first seen, and within it in the order they were seen.

A week is cut into parts of a fixed number of rows, so that what comes in later changes only the last one. A part is
known by two sums over its rows: of its texts, on which vectors depend, and of all that the archive says of its items.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.store import parquet
from digest.store.archive import Connection

#: Rows of a file, and the fewest that a last one is cut off for.
ROWS, FEWEST = 200_000, 50_000

#: What an archive says of an item, with the types of the files; times are UTC.
COLUMNS = {
    "item_id": "VARCHAR",
    "work_id": "VARCHAR",
    "source": "VARCHAR",
    "entry_id": "VARCHAR",
    "kind": "VARCHAR",
    "url": "VARCHAR",
    "title": "VARCHAR",
    "authors": "VARCHAR[]",
    "summary": "VARCHAR",
    "body": "VARCHAR",
    "published_at": "TIMESTAMP",
    "first_seen_at": "TIMESTAMP",
    "arxiv_id": "VARCHAR",
    "doi": "VARCHAR",
    "tags": "VARCHAR[]",
    "seconds": "INTEGER",
    "discussion": "VARCHAR",
    "words": "INTEGER",
    "backfill": "BOOLEAN",
    "extras": "VARCHAR[]",
    "text_hash": "UBIGINT",
}
#: When an item of a calendar takes place: a column of the files, a table of the archive.
EVENT = {
    "source": "VARCHAR",
    "kind": "VARCHAR",
    "title": "VARCHAR",
    "starts_at": "TIMESTAMP",
    "ends_at": "TIMESTAMP",
    "all_day": "BOOLEAN",
    "floating": "BOOLEAN",
    "place": "VARCHAR",
    "url": "VARCHAR",
    "recurrence": "VARCHAR",
    "moved": "BOOLEAN",
}
EVENTS = f"STRUCT({', '.join(f'{chr(34)}{name}{chr(34)} {kind}' for name, kind in EVENT.items())})[]"

_ENTRY = ", ".join(f"'{name}': {name}" for name in EVENT)
_ITEMS = f"""
core.items left join (
    select item_id, list({{{_ENTRY}}} order by starts_at, recurrence, title) as events from core.events group by item_id
) using (item_id)
"""
#: A row of the last part is one of the part before while fewer than FEWEST would be cut off.
_PARTS = f"""
with seen as (
    select yearweek(first_seen_at) as week, first_seen_at, item_id,
           {parquet.fingerprint(("item_id", "text_hash", "first_seen_at"))} as text,
           {parquet.fingerprint((*COLUMNS, "events"))} as whole
    from {_ITEMS}
), placed as (
    select *, row_number() over (partition by week order by first_seen_at, item_id) - 1 as place,
           count(*) over (partition by week) as total
    from seen
)
select week, least(place // $rows, greatest(total - $fewest, 0) // $rows) as part, count(*) as rows,
       min(first_seen_at) as since, arg_min(item_id, (first_seen_at, item_id)) as first,
       max(first_seen_at) as until, arg_max(item_id, (first_seen_at, item_id)) as last,
       sum(text)::varchar as texts, sum(whole)::varchar as whole
from placed group by all order by week, part
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some items of a week: a file of a dataset."""

    #: as 2026-W45
    week: str
    rows: int
    #: the moment and id of its first row and of its last
    since: datetime
    first: str
    until: datetime
    last: str
    #: sums over its texts, in their order, and over all its columns
    texts: str
    whole: str


def parts(db: Connection, *, rows: int = ROWS, fewest: int = FEWEST) -> Iterator[Part]:
    """What the archive's items are cut into, week by week; one pass over all of them."""
    found = db.execute(_PARTS, {"rows": rows, "fewest": fewest}).fetchall()
    for week, _, count, since, first, until, last, texts, whole in found:
        yield Part(
            week=f"{week // 100:04}-W{week % 100:02}",
            rows=count,
            since=since,
            first=first,
            until=until,
            last=last,
            texts=texts,
            whole=whole,
        )


def write_part(db: Connection, part: Part, file: Path) -> int:
    """Write a part's rows, first seen first; returns how many they are."""
    return parquet.write(
        db,
        f"select {', '.join(COLUMNS)}, events from {_ITEMS} where first_seen_at between $since and $until "
        "and (first_seen_at > $since or item_id >= $first) and (first_seen_at < $until or item_id <= $last) "
        "order by first_seen_at, item_id",
        file,
        {"since": part.since, "first": part.first, "until": part.until, "last": part.last},
    )
