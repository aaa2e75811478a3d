"""Works, each the items that are one publication: found by their keys, merged, and read whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from digest.records import Item, Work
from digest.store.archive import Connection
from digest.store.conversion import EARLIEST, from_db, moment, to_db
from digest.store.items import NEWS, columns_of, hash64

_COLUMNS = (
    "work_id, first_seen_at, source, kind, entry_id, url, title, authors, summary, body, published_at, "
    "arxiv_id, doi, tags, seconds, discussion"
)

#: Works looked up for one key: more share only what says nothing, as an address that a feed gives to all its entries.
_WORKS_A_KEY = 50


def by_key(db: Connection, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The known works under these identity keys, oldest first."""
    names = {hash64(key): key for key in keys}
    rows = db.execute(
        "select key, work_id from core.work_keys semi join (select unnest(?::ubigint[]) as key) using (key) "
        "group by key, work_id qualify row_number() over (partition by key order by min(rowid)) <= ? order by min(rowid)",
        [list(names), _WORKS_A_KEY],
    ).fetchall()
    found: dict[str, list[str]] = {}
    for key, work_id in rows:
        found.setdefault(names[key], []).append(work_id)
    return {key: tuple(works) for key, works in found.items()}


def texts(db: Connection, work_ids: Sequence[str]) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Title and body of the longest item of each work, to compare texts with, and the sources of all its items."""
    rows = db.execute(
        "select work_id, arg_max((title, body), (words, item_id)) as text, list(distinct source) from core.items "
        "semi join (select unnest(?::varchar[]) as work_id) using (work_id) group by work_id",
        [list(work_ids)],
    ).fetchall()
    return {work_id: (title, body, tuple(sources)) for work_id, (title, body), sources in rows}


def merge(db: Connection, merged: Mapping[str, str]) -> None:
    """Works found to be one, gone -> stays: all that belongs to the first goes to the second, which is none that goes."""
    if not merged:
        return
    for table in ("core.items", "core.work_keys", "core.verdicts", "core.group_turns"):
        db.execute(
            f"update {table} set work_id = stays from (select unnest(?::varchar[]) as gone, unnest(?::varchar[]) as stays) "
            f"where work_id = gone",
            [list(merged), list(merged.values())],
        )


#: From an archive, a period's start and that of the period before it, if any, the works that are new.
Fresh = Callable[[Connection, datetime, datetime | None], list[Work]]


def for_period(db: Connection, *, starts_at: datetime, period: str, fresh: Fresh | None = None) -> list[Work]:
    """The works to consider: first seen from *starts_at* on, not backfill, in no other period's verdicts.

    Whatever the learner, `fresh` reads the same works, so that many learners may share its answer.

    There is no upper bound, so that a replaced clock never hides stored items. Works that were
    stored only after the last issue was built, though seen before it ended (their fetch was
    still under way), belong to no other period and are considered now. So are works that were seen
    while the clock stood far in the past, unless they are older than the period by weeks: for such a
    clock every date lies in the future, so that none is kept and all entries are taken for history.
    """
    last = db.execute(
        "select arg_max(starts_at, ends_at) from core.issues "
        "where learner = getvariable('learner') and period <> ? and ends_at <= ?",
        [period, to_db(starts_at)],
    ).fetchone()
    found = (fresh or new_works)(db, starts_at, from_db(last[0]) if last else None)
    judged = _judged(db, [work.work_id for work in found], but_in=period)
    return [work for work in found if work.work_id not in judged]


def new_works(db: Connection, starts_at: datetime, before: datetime | None) -> list[Work]:
    """The works that are new to a learner whose period begins at *starts_at*, the one before it at *before*."""
    rows = db.execute(
        f"""
        with candidate as (  -- few of the archive's works, which the next step groups
            select distinct work_id from core.items
            where first_seen_at >= least($starts_at, coalesce($before, $starts_at)) or first_seen_at < $earliest
        ), fresh as (
            select work_id, min(first_seen_at) as first_seen from core.items semi join candidate using (work_id)
            where {NEWS} group by work_id
            having (first_seen >= $starts_at and not bool_and(backfill))
                or (first_seen >= $before and not bool_or(backfill))
                or (first_seen < $earliest
                    and coalesce(max(published_at), $starts_at) >= $starts_at - interval 28 days)
        )
        select {_COLUMNS} from core.items join fresh using (work_id)
        order by first_seen, work_id, first_seen_at, item_id
        """,
        {"starts_at": to_db(starts_at), "before": to_db(before), "earliest": to_db(EARLIEST)},
    ).fetchall()
    return _works(rows)


def _judged(db: Connection, work_ids: Sequence[str], *, but_in: str) -> set[str]:
    """Those of these works that have a verdict of the learner's, but for the period *but_in*."""
    rows = db.execute(
        "select distinct work_id from core.verdicts semi join (select unnest(?::varchar[]) as work_id) using (work_id) "
        "where learner = getvariable('learner') and period <> ?",
        [list(work_ids), but_in],
    ).fetchall()
    return {row[0] for row in rows}


def with_items(db: Connection, item_ids: Sequence[str]) -> list[Work]:
    """The works that these items belong to, whole."""
    rows = db.execute(
        f"""
        with meant as materialized (
            select distinct work_id from core.items semi join (select unnest(?::varchar[]) as item_id) using (item_id)
        ), places as materialized (select rowid as place from core.items semi join meant using (work_id))
        select {_COLUMNS} from core.items i join places on i.rowid = place order by work_id, first_seen_at, item_id
        """,
        [list(item_ids)],
    ).fetchall()
    return _works(rows)


def whole(db: Connection, work_ids: Sequence[str], *, since: datetime) -> list[Work]:
    """These works with their items first seen since a moment; of a million items only those of then are read."""
    rows = db.execute(
        f"select {_COLUMNS} from core.items semi join (select unnest(?::varchar[]) as work_id) using (work_id) "
        "where first_seen_at >= ? order by work_id, first_seen_at, item_id",
        [list(work_ids), to_db(since)],
    ).fetchall()
    return _works(rows)


def naming(db: Connection, names: Sequence[str], *, since: datetime) -> set[str]:
    """The works with an item first seen since a moment one of whose authors is written with one of these names."""
    rows = db.execute(
        "select distinct work_id from core.items, (select unnest(?::varchar[]) as name) where first_seen_at >= ? "
        "and contains(strip_accents(lower(array_to_string(authors, '|'))), strip_accents(lower(name)))",
        [list(names), to_db(since)],
    ).fetchall()
    return {row[0] for row in rows}


def with_item(db: Connection, item_id: str) -> tuple[Work, Item]:
    """The work that a stored item belongs to, whole, and the item itself."""
    [work] = with_items(db, [item_id])
    return work, next(item for item in work.items if item.item_id == item_id)


def of_items(db: Connection, item_ids: Sequence[str]) -> dict[str, str]:
    """The work of each of these items, without those that are not stored."""
    return dict(columns_of(db, item_ids, "work_id"))


def numbered(db: Connection, first: int, last: int) -> list[tuple[str, Item]]:
    """The items numbered from *first* up to but not including *last*, each with its work's id."""
    rows = db.execute(
        f"select {_COLUMNS} from core.items where number >= ? and number < ? order by number", [first, last]
    ).fetchall()
    return [(row[0], _item(row[2:])) for row in rows]


def first_items(db: Connection, work_ids: Sequence[str]) -> dict[str, str]:
    """The item that was seen first of each of these works."""
    rows = db.execute(
        "select work_id, arg_min(item_id, (first_seen_at, item_id)) from core.items "
        "semi join (select unnest(?::varchar[]) as work_id) using (work_id) group by work_id",
        [list(work_ids)],
    ).fetchall()
    return dict(rows)


def _works(rows: Sequence[tuple[Any, ...]]) -> list[Work]:
    grouped: dict[str, list[tuple[datetime, Item]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append((moment(row[1]), _item(row[2:])))
    return [
        Work(work_id=work_id, items=tuple(item for _, item in members), first_seen_at=members[0][0])
        for work_id, members in grouped.items()
    ]


def _item(row: tuple[Any, ...]) -> Item:
    source, kind, entry_id, url, title, authors, summary, body, published, arxiv_id, doi, tags, seconds, talk = row
    return Item(
        source=source,
        kind=kind,
        entry_id=entry_id,
        url=url,
        title=title,
        authors=tuple(authors),
        summary=summary,
        text=body if body != summary else "",
        published_at=from_db(published),
        arxiv_id=arxiv_id or "",
        doi=doi or "",
        tags=tuple(tags),
        seconds=seconds,
        discussion=talk or "",
    )
