"""Items: stored, rewritten when their source changes them, and looked up by id."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.records import EVENT_KINDS, Item
from digest.store import inverted_index
from digest.store.archive import Connection
from digest.store.conversion import incoming, insert, moment, to_db

#: SQL for items that can be news; events are shown by their dates.
NEWS = f"kind not in {tuple(sorted(EVENT_KINDS))}"


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


def columns_of(db: Connection, item_ids: Sequence[str], columns: str) -> list[tuple[Any, ...]]:
    """The id and these columns of each of the items that are stored.

    By the rows of the ids: otherwise the columns of all items would be read, twice as long in a large archive.
    """
    return db.execute(
        "with places as materialized (select rowid as place from core.items "
        "semi join (select unnest(?::varchar[]) as item_id) using (item_id)) "
        f"select item_id, {columns} from core.items where rowid in (from places)",
        [list(item_ids)],
    ).fetchall()


def known_ids(db: Connection, item_ids: Sequence[str]) -> dict[str, int]:
    """Which of these items are stored already, with the hash of the text they were stored with."""
    return dict(columns_of(db, item_ids, "text_hash"))


def add(db: Connection, items: Sequence[NewItem], *, read: Mapping[str, Reading]) -> None:
    """Store new items; *read* is by item id."""
    first = inverted_index.next_number(db)
    rows = [_row(new, read[new.item.item_id]) | {"number": first + place} for place, new in enumerate(items)]
    insert(db, "core.items", rows)
    inverted_index.index(db, first, first + len(rows))
    keys = {(hash64(key), new.work_id) for new in items for key in new.keys}
    insert(db, "core.work_keys", [{"key": key, "work_id": work_id} for key, work_id in sorted(keys)])


def rewrite(db: Connection, items: Sequence[Item], *, read: Mapping[str, Reading]) -> None:
    """Give stored items the text their source shows now; when they were first seen stays."""
    if not items:
        return
    first = inverted_index.next_number(db)
    rows = [
        _texts(item, read[item.item_id]) | {"item_id": item.item_id, "number": first + place}
        for place, item in enumerate(items)
    ]
    incoming(db, "core.items", rows)
    settings = ", ".join(f"{name} = incoming.{name}" for name in rows[0] if name != "item_id")
    db.execute(f"update core.items set {settings} from incoming where core.items.item_id = incoming.item_id")
    db.execute("drop table incoming")
    inverted_index.index(db, first, first + len(rows))


def sample_ids(db: Connection, *, count: int, without: Sequence[str]) -> list[str]:
    """Some items, one for each work, always the same ones of one archive, except those *without*."""
    rows = db.execute(
        "select min(item_id) from core.items where item_id not in (select unnest(?::varchar[])) "
        "group by work_id order by min(text_hash) limit ?",
        [list(without), count],
    ).fetchall()
    return [row[0] for row in rows]


def texts(db: Connection, item_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Title and body of each of these items."""
    return {item_id: (title, body) for item_id, title, body in columns_of(db, item_ids, "title, body")}


def titles(db: Connection, item_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Title and address of each of these items."""
    return {item_id: (title, url) for item_id, title, url in columns_of(db, item_ids, "title, url")}


def sources_of(db: Connection, item_ids: Sequence[str]) -> dict[str, str]:
    return dict(columns_of(db, item_ids, "source"))


def dates(db: Connection, item_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these items was published, or where that is unknown first seen."""
    found = columns_of(db, item_ids, "coalesce(published_at, first_seen_at)")
    return {item_id: moment(date) for item_id, date in found}


def recent_ids(db: Connection, *, since: datetime) -> list[str]:
    """The items published, or as news first seen, since a moment, and those of events that are not over since then."""
    rows = db.execute(
        "select item_id from core.items where published_at >= $since or (first_seen_at >= $since and not backfill) "
        "or item_id in (select item_id from core.events where ends_at >= $since)",
        {"since": to_db(since)},
    ).fetchall()
    return [row[0] for row in rows]


def fresh_ids(db: Connection, *, since: datetime | None) -> list[str]:
    """Items of works that no issue has considered yet."""
    rows = db.execute(
        f"select item_id from core.items where {NEWS} and not backfill and first_seen_at > coalesce(?, '-infinity'::timestamp) "
        "and work_id not in (select work_id from core.verdicts where learner = getvariable('learner')) order by item_id",
        [to_db(since)],
    ).fetchall()
    return [row[0] for row in rows]


def news_among(db: Connection, item_ids: Sequence[str]) -> set[str]:
    """Those of these items that are no events."""
    return {item_id for item_id, is_news in columns_of(db, item_ids, NEWS) if is_news}


def find(db: Connection, typed: str) -> list[str]:
    """Up to five item ids that start with what was typed."""
    rows = db.execute("select item_id from core.items where starts_with(item_id, ?) order by 1 limit 5", [typed])
    return [row[0] for row in rows.fetchall()]


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
