"""Works a learner may be asked about: the best that hold no mark yet, the recent ones before the old."""

from dataclasses import dataclass
from datetime import datetime

from digest.store.archive import Connection
from digest.store.conversion import from_db, to_db
from digest.store.verdicts import LEARNER

#: Letters of a summary that are enough for one line.
_HEAD = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """A work that may be asked about, shown by its best item."""

    item_id: str
    relevance: float
    title: str
    source: str
    url: str
    summary: str
    published_at: datetime | None


def askable(db: Connection, *, since: datetime, limit: int) -> list[Askable]:
    """The most relevant works without a mark, by the last ranking; those before *since* only where there are too few."""
    rows = db.execute(
        f"""
        with told as (select work_id from core.items where item_id in (select item_id from marks where learner = $learner)),
        best as (
            select item_id, work_id, relevance, coalesce(published_at, first_seen_at) >= $since as recent
            from core.scores join core.items using (item_id)
            where core.scores.learner = $learner and title <> '' and work_id not in (from told)
            qualify row_number() over (partition by work_id order by relevance desc, item_id) = 1
            order by recent desc, relevance desc, item_id limit $limit
        )
        select item_id, relevance, title, source, url, left(summary, {_HEAD}), published_at
        from best join core.items using (item_id) order by relevance desc, item_id
        """,
        {"learner": LEARNER, "since": to_db(since), "limit": limit},
    ).fetchall()
    return [
        Askable(
            item_id=row[0],
            relevance=row[1],
            title=row[2],
            source=row[3],
            url=row[4],
            summary=row[5],
            published_at=from_db(row[6]),
        )
        for row in rows
    ]


def ranked(db: Connection) -> bool:
    """Whether any ranking was made."""
    return bool(db.execute("select 1 from core.scores where learner = ? limit 1", [LEARNER]).fetchone())
