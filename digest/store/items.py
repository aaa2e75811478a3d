"""Items and the works they belong to, as rows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.records import Item, Work
from digest.store import terms
from digest.store.archive import Connection
from digest.store.rows import from_db, incoming, insert, moment, to_db

_COLUMNS = (
    "work_id, first_seen_at, source, kind, entry_id, url, title, authors, summary, body, published_at, "
    "arxiv_id, doi, tags, seconds, discussion"
)

#: Works told for one key: more share only what says nothing, as an address that a feed gives to all its entries.
_WORKS_A_KEY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item ready to be stored: its work and its place in time are settled."""

    item: Item
    work_id: str
    first_seen_at: datetime
    backfill: bool
    #: identity keys of its work, as in `compose.works`
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the judge made of an item's text when it was stored."""

    #: the text that is embedded
    text: str
    #: what comes with it: "code", "data", "talk"
    extras: tuple[str, ...]


def hash64(text: str) -> int:
    """64 bits: among a million texts two share one in some 40 million archives."""
    return int.from_bytes(hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:8], "big")


def counts(db: Connection) -> tuple[int, int]:
    """How many items are stored, and how many works they are."""
    [(items, works)] = db.execute("select count(*), count(distinct work_id) from core.items").fetchall()
    return items, works


def known_ids(db: Connection, ids: Sequence[str]) -> dict[str, int]:
    """Which of these items are stored already, with the hash of the text they were stored with."""
    rows = db.execute(
        "select item_id, text_hash from core.items semi join (select unnest(?::varchar[]) as item_id) using (item_id)",
        [list(ids)],
    ).fetchall()
    return dict(rows)


def works_by_key(db: Connection, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Works that are known under these identity keys, oldest first."""
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


def texts_of_works(db: Connection, work_ids: Sequence[str]) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Title and body of the longest item of each work, to compare texts with, and the sources of all its items."""
    rows = db.execute(
        "select work_id, arg_max((title, body), (words, item_id)) as text, list(distinct source) from core.items "
        "semi join (select unnest(?::varchar[]) as work_id) using (work_id) group by work_id",
        [list(work_ids)],
    ).fetchall()
    return {work_id: (title, body, tuple(sources)) for work_id, (title, body), sources in rows}


def add(db: Connection, items: Sequence[NewItem], *, read: Mapping[str, Reading]) -> None:
    """Store new items; *read* is by item id."""
    first = terms.next_number(db)
    rows = [_row(new, read[new.item.item_id]) | {"number": first + place} for place, new in enumerate(items)]
    insert(db, "core.items", rows)
    terms.index(db, first, first + len(rows))
    keys = {(hash64(key), new.work_id) for new in items for key in new.keys}
    insert(db, "core.work_keys", [{"key": key, "work_id": work_id} for key, work_id in sorted(keys)])


def rewrite(db: Connection, items: Sequence[Item], *, read: Mapping[str, Reading]) -> None:
    """Give stored items the text their source shows now; when they were first seen stays."""
    if not items:
        return
    first = terms.next_number(db)
    rows = [
        _texts(item, read[item.item_id]) | {"item_id": item.item_id, "number": first + place}
        for place, item in enumerate(items)
    ]
    incoming(db, "core.items", rows)
    settings = ", ".join(f"{name} = incoming.{name}" for name in rows[0] if name != "item_id")
    db.execute(f"update core.items set {settings} from incoming where core.items.item_id = incoming.item_id")
    db.execute("drop table incoming")
    terms.index(db, first, first + len(rows))


def merge_works(db: Connection, merged: Mapping[str, str]) -> None:
    """Works found to be one: every item and key of the first goes to the second."""
    if not merged:
        return
    last = {gone: _end(gone, merged) for gone in merged}
    for table in ("core.items", "core.work_keys", "core.verdicts"):
        db.execute(
            f"update {table} set work_id = stays from (select unnest(?::varchar[]) as gone, unnest(?::varchar[]) as stays) "
            f"where work_id = gone",
            [list(last), list(last.values())],
        )


def works_for_period(db: Connection, *, learner: str, starts_at: datetime, period: str) -> list[Work]:
    """The works to consider: first seen from *starts_at* on, not backfill, in no other period's verdicts.

    There is no upper bound, so that a replaced clock never hides stored items. Works that were
    stored only after the last issue was built, though seen before it ended (their fetch was
    still under way), belong to no other period and are considered now.
    """
    rows = db.execute(
        f"""
        with last_issue as (
            select arg_max(starts_at, ends_at) as starts_at from core.issues
            where learner = $learner and period <> $period and ends_at <= $starts_at
        ), fresh as (
            select work_id, min(first_seen_at) as first_seen from core.items group by work_id
            having (first_seen >= $starts_at and not bool_and(backfill))
                or (first_seen >= (select starts_at from last_issue) and not bool_or(backfill))
        )
        select {_COLUMNS} from core.items join fresh using (work_id)
        where work_id not in (select work_id from core.verdicts where learner = $learner and period <> $period)
        order by first_seen, work_id, first_seen_at, item_id
        """,
        {"learner": learner, "period": period, "starts_at": to_db(starts_at)},
    ).fetchall()
    return _works(rows)


def works_with_items(db: Connection, item_ids: Sequence[str]) -> list[Work]:
    """The works that these items belong to, whole."""
    rows = db.execute(
        f"select {_COLUMNS} from core.items where work_id in "
        "(select work_id from core.items where item_id in (select unnest(?::varchar[]))) "
        "order by work_id, first_seen_at, item_id",
        [list(item_ids)],
    ).fetchall()
    return _works(rows)


def sample_ids(db: Connection, *, count: int, without: Sequence[str]) -> list[str]:
    """Some items, one a work, always the same ones of one archive, but for those *without*."""
    rows = db.execute(
        "select min(item_id) from core.items where item_id not in (select unnest(?::varchar[])) "
        "group by work_id order by min(text_hash) limit ?",
        [list(without), count],
    ).fetchall()
    return [row[0] for row in rows]


def texts(db: Connection, item_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Title and body of each of these items."""
    rows = db.execute(
        "select item_id, title, body from core.items semi join (select unnest(?::varchar[]) as item_id) using (item_id)",
        [list(item_ids)],
    ).fetchall()
    return {item_id: (title, body) for item_id, title, body in rows}


def titles(db: Connection, item_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Title and address of each of these items."""
    rows = db.execute(
        "select item_id, title, url from core.items semi join (select unnest(?::varchar[]) as item_id) using (item_id)",
        [list(item_ids)],
    ).fetchall()
    return {item_id: (title, url) for item_id, title, url in rows}


def sources_of(db: Connection, item_ids: Sequence[str]) -> dict[str, str]:
    rows = db.execute(
        "select item_id, source from core.items semi join (select unnest(?::varchar[]) as item_id) using (item_id)",
        [list(item_ids)],
    ).fetchall()
    return dict(rows)


def works_of(db: Connection, item_ids: Sequence[str]) -> dict[str, str]:
    """The work of each of these items, without those that are not stored."""
    rows = db.execute(
        "select item_id, work_id from core.items semi join (select unnest(?::varchar[]) as item_id) using (item_id)",
        [list(item_ids)],
    ).fetchall()
    return dict(rows)


def shown_of_works(db: Connection, work_ids: Sequence[str]) -> dict[str, str]:
    """The item that was seen first of each of these works."""
    rows = db.execute(
        "select work_id, arg_min(item_id, (first_seen_at, item_id)) from core.items "
        "semi join (select unnest(?::varchar[]) as work_id) using (work_id) group by work_id",
        [list(work_ids)],
    ).fetchall()
    return dict(rows)


def dates(db: Connection, item_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these items was published, or where that is unknown first seen."""
    rows = db.execute(
        "select item_id, coalesce(published_at, first_seen_at) from core.items "
        "semi join (select unnest(?::varchar[]) as item_id) using (item_id)",
        [list(item_ids)],
    ).fetchall()
    return {item_id: moment(date) for item_id, date in rows}


def fresh_ids(db: Connection, *, learner: str, since: datetime | None) -> list[str]:
    """Items of works that no issue has considered yet."""
    rows = db.execute(
        "select item_id from core.items where not backfill and first_seen_at > coalesce(?, '-infinity'::timestamp) "
        "and work_id not in (select work_id from core.verdicts where learner = ?) order by item_id",
        [to_db(since), learner],
    ).fetchall()
    return [row[0] for row in rows]


def find(db: Connection, typed: str) -> list[str]:
    """Item ids that start with what was typed, so that a few letters do."""
    rows = db.execute("select item_id from core.items where starts_with(item_id, ?) order by 1 limit 5", [typed])
    return [row[0] for row in rows.fetchall()]


def _end(work_id: str, merged: Mapping[str, str]) -> str:
    while work_id in merged:
        work_id = merged[work_id]
    return work_id


def _works(rows: Sequence[tuple[Any, ...]]) -> list[Work]:
    grouped: dict[str, list[tuple[datetime, Item]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append((moment(row[1]), _item(row)))
    return [
        Work(work_id=work_id, items=tuple(item for _, item in members), first_seen_at=members[0][0])
        for work_id, members in grouped.items()
    ]


def _item(row: tuple[Any, ...]) -> Item:
    (
        _,
        _,
        source,
        kind,
        entry_id,
        url,
        title,
        authors,
        summary,
        body,
        published,
        arxiv_id,
        doi,
        tags,
        seconds,
        talk,
    ) = row
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


def _texts(item: Item, read: Reading) -> dict[str, Any]:
    return {
        "url": item.url,
        "title": item.title,
        "authors": list(item.authors),
        "summary": item.summary,
        "body": item.body,
        "published_at": to_db(item.published_at),
        "tags": list(item.tags),
        "seconds": item.seconds,
        "discussion": item.discussion or None,
        "words": item.words,
        "text_hash": hash64(read.text),
        "extras": list(read.extras),
    }


def _row(new: NewItem, read: Reading) -> dict[str, Any]:
    item = new.item
    return _texts(item, read) | {
        "item_id": item.item_id,
        "work_id": new.work_id,
        "source": item.source,
        "entry_id": item.entry_id,
        "kind": item.kind,
        "first_seen_at": to_db(new.first_seen_at),
        "arxiv_id": item.arxiv_id or None,
        "doi": item.doi or None,
        "backfill": new.backfill,
    }
