"""What a review looks back on: columns alone, in a few queries, so that ten years take no longer than they must."""

from dataclasses import dataclass
from datetime import datetime

from digest.records import RisenTheme, SourceEarnings
from digest.store.archive import Connection
from digest.store.conversion import moment, records, to_db

_MINE = "learner = getvariable('learner')"
_IN_SPAN = f"{_MINE} and ends_at >= $since and ends_at < $until"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTotals:
    """The issues that ended in a span."""

    issues: int
    seen: int
    kept: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyPicks:
    """What the issues of one month kept, by section."""

    #: as "2026-11"
    month: str
    letter: int
    envelope: int
    stretch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlooked:
    """A work that an issue passed over and the learner came to like."""

    item_id: str
    title: str
    url: str
    source: str
    period: str
    #: why it was passed over
    reason: str
    mark: str
    marked_at: datetime


def totals(db: Connection, *, since: datetime, until: datetime) -> IssueTotals:
    [found] = records(
        db,
        IssueTotals,
        "select count(*) as issues, coalesce(sum(seen), 0)::bigint as seen, coalesce(sum(kept), 0)::bigint as kept, "
        f"min(starts_at) as first, max(ends_at) as last from core.issues where {_IN_SPAN}",
        _span(since, until),
    )
    return found


def archive_began(db: Connection) -> datetime | None:
    """When the learner's first issue began; None before the first."""
    row = db.execute(f"select min(starts_at) from core.issues where {_MINE}").fetchone()
    return moment(row[0]) if row and row[0] else None


def picks_by_month(db: Connection, zone: str, *, since: datetime, until: datetime) -> list[MonthlyPicks]:
    """By the month in which an issue ended where the learner lives; months without issues are left out."""
    return records(
        db,
        MonthlyPicks,
        f"""
        select strftime((i.ends_at at time zone 'UTC') at time zone $zone, '%Y-%m') as month,
               count(*) filter (section = 'letter') as letter, count(*) filter (section = 'envelope') as envelope,
               count(*) filter (section = 'stretch') as stretch
        from (select period, ends_at from core.issues where {_IN_SPAN}) i
        left join (select period, section from core.verdicts where {_MINE} and kept) v using (period)
        group by month order by month
        """,
        {**_span(since, until), "zone": zone},
    )


def by_source(db: Connection, *, since: datetime, until: datetime) -> list[SourceEarnings]:
    """Those of which most was welcome first, then those of which most was kept."""
    return records(
        db,
        SourceEarnings,
        f"""
        with marked as (
            select item_id, bool_or(mark <> 'dislike') as welcome, bool_or(mark = 'dislike') as disliked
            from marks where {_MINE} group by item_id
        )
        select source, count(*) as seen, count(*) filter (kept) as kept,
               count(*) filter (welcome) as welcome, count(*) filter (disliked) as disliked
        from (select period from core.issues where {_IN_SPAN})
        join (select period, item_id, kept from core.verdicts where {_MINE}) using (period)
        join (select item_id, source from core.items) using (item_id) left join marked using (item_id)
        group by source order by welcome desc, kept desc, seen, source
        """,
        _span(since, until),
    )


def overlooked(db: Connection, *, since: datetime, until: datetime, limit: int) -> list[Overlooked]:
    """Works that no issue kept, and that were liked, saved or read in the span after one had passed them over.

    Latest first; imports and lessons do not count, nor does what is disliked by now.
    """
    return records(
        db,
        Overlooked,
        f"""
        with welcomed as (
            select i.work_id, i.item_id, arg_max(mark, marked_at) as mark, max(marked_at) as marked_at
            from marks join core.items i using (item_id)
            where {_MINE} and batch is null and mark in ('like', 'save', 'read')
              and marked_at >= $since and marked_at < $until
            group by i.work_id, i.item_id
        ), passed as (
            select work_id, arg_max(period, decided_at) as period, arg_max(reason, decided_at) as reason,
                   max(decided_at) as decided
            from core.verdicts where {_MINE} and work_id in (select work_id from welcomed)
            group by work_id having not bool_or(kept)
        )
        select w.item_id, title, coalesce(url, '') as url, source, period, coalesce(reason, '') as reason, mark, marked_at
        from welcomed w join passed p using (work_id) join (select item_id, title, url, source from core.items) using (item_id)
        where w.marked_at > p.decided and w.item_id not in (select item_id from marks where {_MINE} and mark = 'dislike')
        qualify row_number() over (partition by work_id order by w.marked_at desc, w.item_id) = 1
        order by marked_at desc, w.item_id limit $limit
        """,
        {**_span(since, until), "limit": limit},
    )


def risen_themes(db: Connection, *, since: datetime, until: datetime, limit: int) -> list[RisenTheme]:
    """The themes that most issues of a span called growing; read out of their documents without making issues of them."""
    return records(
        db,
        RisenTheme,
        f"""
        with said as (
            select period, ends_at, unnest(from_json(json_extract(document, '$.weekly.themes'),
                '[{{"term": "VARCHAR", "share": "DOUBLE", "growing": "BOOLEAN", "example": "VARCHAR", "example_url": "VARCHAR"}}]'
            )) as theme
            from core.issues where {_IN_SPAN} and json_valid(document)
        )
        select arg_max(theme.term, ends_at) as term, count(distinct period) as issues,
               arg_min(period, ends_at) as first, arg_max(period, ends_at) as last, max(theme.share) as share,
               coalesce(arg_max(theme.example, theme.share), '') as example,
               coalesce(arg_max(theme.example_url, theme.share), '') as example_url
        from said where theme.growing and coalesce(theme.term, '') <> ''
        group by lower(theme.term) order by issues desc, share desc, term limit $limit
        """,
        {**_span(since, until), "limit": limit},
    )


def _span(since: datetime, until: datetime) -> dict[str, object]:
    return {"since": to_db(since), "until": to_db(until)}
