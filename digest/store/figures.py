"""What charts are drawn from: figures by issue, by source and by week, each in one query over columns."""

from dataclasses import dataclass
from datetime import datetime

from digest.store.archive import Connection
from digest.store.conversion import moment, records, to_db


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFigures:
    """What one issue considered and kept."""

    period: str
    ends_at: datetime
    seen: int
    kept: int
    letter: int
    envelope: int
    stretch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLength:
    """What the reading time of a pick follows from."""

    period: str
    words: int
    seconds: int
    arxiv_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """What some issues considered and kept of one source, and how many of those kept were liked, saved or read."""

    source: str
    seen: int
    kept: int
    welcome: int


def by_issue(db: Connection, *, limit: int) -> list[IssueFigures]:
    """The last issues, oldest first."""
    return records(
        db,
        IssueFigures,
        """
        with recent as (
            select period, ends_at, seen, kept, rowid as place from core.issues
            where learner = getvariable('learner') order by ends_at desc, place desc limit $limit
        ), sections as (
            select period, count(*) filter (section = 'letter') as letter,
                   count(*) filter (section = 'envelope') as envelope, count(*) filter (section = 'stretch') as stretch
            from core.verdicts where learner = getvariable('learner') and kept group by period
        )
        select period, ends_at, seen, kept, coalesce(letter, 0) as letter, coalesce(envelope, 0) as envelope,
               coalesce(stretch, 0) as stretch
        from recent left join sections using (period) order by ends_at, place
        """,
        {"limit": limit},
    )


def picks(db: Connection, *, since: datetime) -> list[PickLength]:
    """The picks of the issues that ended from a moment on."""
    return records(
        db,
        PickLength,
        f"""
        select period, words, seconds, coalesce(arxiv_id, '') as arxiv_id from {_RECENT}
        join (from core.verdicts where kept and learner = getvariable('learner')) using (period) join core.items using (item_id)
        """,
        {"since": to_db(since)},
    )


def by_source(db: Connection, *, since: datetime) -> list[SourceFigures]:
    """The sources of what these issues considered, those that most was kept of first."""
    return records(
        db,
        SourceFigures,
        f"""
        select source, count(*) as seen, count(*) filter (kept) as kept,
               count(*) filter (kept and item_id in (
                   select item_id from marks where learner = getvariable('learner') and mark <> 'dislike')) as welcome
        from {_RECENT} join (from core.verdicts where learner = getvariable('learner')) using (period)
        join (select item_id, source from core.items) using (item_id)
        group by source order by kept desc, seen, source
        """,
        {"since": to_db(since)},
    )


def marks_given(db: Connection, *, since: datetime) -> list[tuple[str, datetime]]:
    """The marks that hold and were given one by one from a moment on, imports and lessons apart."""
    rows = db.execute(
        "select mark, marked_at from marks where learner = getvariable('learner') and batch is null and marked_at >= ?",
        [to_db(since)],
    ).fetchall()
    return [(mark, moment(at)) for mark, at in rows]


_RECENT = "(select period from core.issues where learner = getvariable('learner') and ends_at >= $since)"
