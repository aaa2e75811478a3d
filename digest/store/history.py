"""The background of an issue: what the learner knows, what was in focus for weeks, and how earlier issues went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from digest.arrays import Floats
from digest.records import Item, KeepRate, KnownWork
from digest.store.archive import Connection
from digest.store.conversion import from_db, to_db
from digest.store.items import NEWS

_LIGHT = "i.source, i.kind, i.entry_id, i.url, i.title, i.published_at, i.arxiv_id, i.work_id"
#: Marked and picked things that are compared with; at ten a week the last four years.
_KNOWN = 2_000
#: Works in focus from which themes are made; more would be slower and say the same.
_IN_FOCUS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InFocus:
    """A work that was near the focus, and when."""

    item_id: str
    title: str
    summary: str
    url: str
    #: days before the moment asked for
    age: float


def known_things(db: Connection, *, before: datetime) -> list[KnownWork]:
    """What was shown or marked, one item a work, and first seen before a moment; newest first.

    Disliked things are left out.
    """
    rows = db.execute(
        f"""
        with shown as (
            select item_id, max(period) as period, max(decided_at) as at from core.verdicts
            where kept and learner = getvariable('learner') group by item_id
        ), marked as (
            select item_id, arg_max(mark, marked_at) as mark, max(marked_at) as at from marks
            where learner = getvariable('learner') group by item_id having not list_contains(list(mark), 'dislike')
        ), known as (
            select item_id, period, mark, greatest(shown.at, marked.at) as at from shown full join marked using (item_id)
            where item_id not in (select item_id from marks where mark = 'dislike' and learner = getvariable('learner'))
        )
        select {_LIGHT}, coalesce(k.period, ''), coalesce(k.mark, '')
        from known k join core.items i using (item_id) where i.first_seen_at < $before
        qualify row_number() over (partition by i.work_id order by k.mark is null, k.at desc, item_id) = 1
        order by k.at desc, item_id limit {_KNOWN}
        """,
        {"before": to_db(before)},
    ).fetchall()
    return [_remembered(row, period=row[8], mark=row[9]) for row in rows]


def shown_since(db: Connection, since: datetime) -> list[str]:
    """Items that an issue since a moment showed."""
    rows = db.execute(
        "select distinct item_id from core.verdicts where kept and learner = getvariable('learner') and decided_at > ? order by 1",
        [to_db(since)],
    ).fetchall()
    return [row[0] for row in rows]


def shown_in(db: Connection, periods: Sequence[str]) -> dict[str, list[str]]:
    """The items that each of these issues showed."""
    rows = db.execute(
        "select period, item_id from core.verdicts where kept and learner = getvariable('learner') "
        "and period in (select unnest(?::varchar[])) order by period, item_id",
        [list(periods)],
    ).fetchall()
    found: dict[str, list[str]] = {period: [] for period in periods}
    for period, item_id in rows:
        found[period].append(item_id)
    return found


def older_near(
    db: Connection,
    model: str,
    vector: Floats,
    *,
    before: datetime,
    without: Sequence[str],
    limit: int,
    only_scored: bool = False,
) -> list[tuple[KnownWork, Floats]]:
    """Items with their vectors, the nearest to *vector* that were published, or seen, before a moment; one a work.

    Items of the works in *without* do not count, nor with *only_scored* those without a score of the learner's.
    """
    size = len(vector)
    places = f"""
        scored as materialized (
            select distinct text_hash from core.items semi join
                (select item_id from core.scores where learner = getvariable('learner')) using (item_id)
            where {NEWS} and coalesce(published_at, first_seen_at) < $before
        ), places as materialized (
            select rowid as place from core.vectors_{size} semi join scored using (text_hash) where model = $model
        ),"""
    rows = db.execute(
        f"""
        with {places if only_scored else ""} near as (
            select text_hash, vector, array_inner_product(vector, $vector::float[{size}]) as nearness
            from core.vectors_{size} where model = $model {"and rowid in (from places)" if only_scored else ""}
            order by nearness desc, text_hash limit $wide
        )
        select {_LIGHT}, near.vector from near join core.items i using (text_hash)
        where {NEWS} and coalesce(i.published_at, i.first_seen_at) < $before and not isnan(nearness)
          and i.work_id not in (select unnest($without::varchar[]))
        qualify row_number() over (partition by i.work_id order by nearness desc, item_id) = 1
        order by nearness desc, item_id limit $limit
        """,
        {
            "vector": vector,
            "model": model,
            "before": to_db(before),
            "without": list(without),
            "limit": limit,
            "wide": limit * 4,
        },
    ).fetchall()
    return [(_remembered(row), np.array(row[8], dtype=np.float32)) for row in rows]


def in_focus(db: Connection, *, now: datetime, days: int, floor: float) -> list[InFocus]:
    """Works of the last *days* that are at least *floor* relevant under the current focus; the most relevant ones."""
    rows = db.execute(
        f"""
        with near as (
            select work_id, arg_max(item_id, s.relevance) as item_id, max(s.relevance) as relevance,
                   min(coalesce(published_at, first_seen_at)) as moment
            from core.items join core.scores s using (item_id)
            where {NEWS} and s.learner = getvariable('learner') and s.relevance >= $floor
              and (published_at is not null or not backfill)  -- history without a date is not of these days
              and coalesce(published_at, first_seen_at) > $since and coalesce(published_at, first_seen_at) <= $now
            group by work_id order by relevance desc, work_id limit {_IN_FOCUS}
        )
        select item_id, title, left(summary, 1000), url, epoch($now - near.moment) / 86400
        from near join core.items using (item_id) order by relevance desc, near.work_id
        """,
        {
            "floor": floor,
            "now": to_db(now),
            "since": to_db(now - timedelta(days=days)),
        },
    ).fetchall()
    return [InFocus(item_id=row[0], title=row[1], summary=row[2], url=row[3], age=row[4]) for row in rows]


def works_since(db: Connection, *, since: datetime, until: datetime) -> dict[str, str]:
    """The items of a time, by when they were published or, where that is unknown, first seen; each with its work."""
    rows = db.execute(
        f"select item_id, work_id from core.items where {NEWS} and coalesce(published_at, first_seen_at) between ? and ?",
        [to_db(since), to_db(until)],
    ).fetchall()
    return dict(rows)


def keep_rates(db: Connection, *, before: datetime, limit: int) -> list[KeepRate]:
    """The last issues that ended by a moment, oldest first."""
    rows = db.execute(
        "select period, seen, kept from core.issues where learner = getvariable('learner') and ends_at <= ? "
        "order by ends_at desc, rowid desc limit ?",
        [to_db(before), limit],
    ).fetchall()
    return [KeepRate(period=row[0], seen=row[1], kept=row[2]) for row in reversed(rows)]


def yields(db: Connection, periods: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Works seen and kept from each source in these issues."""
    rows = db.execute(
        "select source, count(*), count(*) filter (kept) from core.verdicts join core.items using (item_id) "
        "where learner = getvariable('learner') and period in (select unnest(?::varchar[])) group by source order by 1",
        [list(periods)],
    ).fetchall()
    return {source: (seen, kept) for source, seen, kept in rows}


def _remembered(row: tuple[Any, ...], *, period: str = "", mark: str = "") -> KnownWork:
    source, kind, entry_id, url, title, published_at, arxiv_id, work_id = row[:8]
    item = Item(
        source=source,
        kind=kind,
        entry_id=entry_id,
        url=url,
        title=title,
        published_at=from_db(published_at),
        arxiv_id=arxiv_id or "",
    )
    return KnownWork(item=item, work_id=work_id, period=period, mark=mark)
