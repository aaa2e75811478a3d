"""Plans as they were proposed, and the works that one may be made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.records import PlanEntry, Why
from digest.store.archive import Connection, transaction
from digest.store.conversion import from_db, insert_own, moment, to_db

_OWN = "learner = getvariable('learner')"
#: The work that an item is part of now; when it was proposed it may have been one of its own.
_WORK = "coalesce(i.work_id, e.work_id) as work_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWork:
    """What is stored of a work that a plan may name."""

    item_id: str
    work_id: str
    title: str
    url: str
    words: int
    seconds: int
    arxiv_id: str
    score: float
    saved_at: datetime | None
    liked: bool
    #: has the mark `read`, or `dislike`
    read: bool
    disliked: bool
    passes: frozenset[int]
    last_read_at: datetime | None


def of_week(db: Connection, starts_at: datetime) -> tuple[int, tuple[PlanEntry, ...]] | None:
    """The minutes and entries of the plan of a week; None where none was made."""
    rows = db.execute(
        f"select minutes from core.plans where {_OWN} and starts_at = ? order by made_at desc limit 1",
        [to_db(starts_at)],
    ).fetchall()
    if not rows:
        return None
    entries = db.execute(
        f"select e.item_id, {_WORK}, pass, minutes, why from core.plan_entries e left join core.items i using (item_id) "
        f"where e.{_OWN} and starts_at = ? order by place",
        [to_db(starts_at)],
    ).fetchall()
    return rows[0][0], tuple(
        PlanEntry(item_id=row[0], work_id=row[1], number=row[2], minutes=row[3], why=Why(row[4])) for row in entries
    )


def save(db: Connection, starts_at: datetime, entries: Sequence[PlanEntry], *, minutes: int, now: datetime) -> None:
    """Make this the plan of a week, in place of one before."""
    with transaction(db):
        for table in ("plans", "plan_entries"):
            db.execute(f"delete from core.{table} where {_OWN} and starts_at = ?", [to_db(starts_at)])
        insert_own(db, "core.plans", [{"starts_at": to_db(starts_at), "minutes": minutes, "made_at": to_db(now)}])
        rows = [
            {
                "starts_at": to_db(starts_at),
                "place": place,
                "item_id": one.item_id,
                "work_id": one.work_id,
                "pass": one.number,
                "minutes": one.minutes,
                "why": str(one.why),
            }
            for place, one in enumerate(entries, start=1)
        ]
        insert_own(db, "core.plan_entries", rows)


def proposals(db: Connection) -> dict[tuple[str, int], tuple[datetime, ...]]:
    """By work and pass, the starts of the weeks in which it was proposed, oldest first."""
    rows = db.execute(
        f"select {_WORK}, pass, list(distinct starts_at order by starts_at) "
        f"from core.plan_entries e left join core.items i using (item_id) where e.{_OWN} group by all"
    ).fetchall()
    return {(work_id, number): tuple(moment(at) for at in starts) for work_id, number, starts in rows}


def marked_or_read(db: Connection, also: Sequence[str]) -> list[StoredWork]:
    """The works that are saved or were read, and those of the items *also*; each by one item, that of *also* first."""
    rows = db.execute(
        f"""
        with held as (from marks where {_OWN}),
        wanted as (
            select unnest($also::varchar[]) as item_id, 0 as turn union all
            select item_id, 1 from held where mark = 'save' union all
            select item_id, 2 from readings where {_OWN}
        ), chosen as (
            select work_id, arg_min(item_id, (turn, item_id)) as item_id
            from wanted join core.items using (item_id) group by work_id
        ), members as (select item_id, work_id from core.items where work_id in (select work_id from chosen)),
        said as (
            select work_id, min(marked_at) filter (mark = 'save') as saved_at, bool_or(mark = 'like') as liked,
                   bool_or(mark = 'read') as read, bool_or(mark = 'dislike') as disliked
            from held join members using (item_id) group by work_id
        ), made as (
            select work_id, list(distinct pass) as passes, max(read_at) as last_read_at
            from (from readings where {_OWN}) join members using (item_id) group by work_id
        )
        select i.item_id, i.work_id, i.title, i.url, i.words, i.seconds, coalesce(i.arxiv_id, ''), coalesce(s.score, 0),
               saved_at, coalesce(liked, false), coalesce(read, false), coalesce(disliked, false), coalesce(passes, []),
               last_read_at
        from chosen join core.items i using (item_id)
        left join (from core.scores where {_OWN}) s on s.item_id = i.item_id
        left join said on said.work_id = i.work_id left join made on made.work_id = i.work_id
        where i.item_id not in (select item_id from core.events)  -- one goes there, and reads something else
        order by i.work_id
        """,
        {"also": list(also)},
    ).fetchall()
    return [
        StoredWork(
            item_id=row[0],
            work_id=row[1],
            title=row[2] or "",
            url=row[3] or "",
            words=row[4] or 0,
            seconds=row[5] or 0,
            arxiv_id=row[6],
            score=row[7],
            saved_at=from_db(row[8]),
            liked=row[9],
            read=row[10],
            disliked=row[11],
            passes=frozenset(row[12]),
            last_read_at=from_db(row[13]),
        )
        for row in rows
    ]
