"""Scores under the current focus and model, and the best works that hold no mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.store.archive import Connection
from digest.store.conversion import LEARNER, records, to_db
from digest.store.items import NEWS

#: Characters of a summary that are enough for one line.
_SUMMARY = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One row of the `scores` view."""

    relevance: float
    lean: float
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmarkedWork:
    """A work the learner may be asked about, shown by its best item."""

    item_id: str
    relevance: float
    title: str
    source: str
    url: str
    summary: str
    published_at: datetime | None


def replace(
    db: Connection, item_ids: Sequence[str], columns: Mapping[str, Floats], parts: Mapping[str, Floats]
) -> None:
    """Make these the scores under the current focus and model; every array is as long as *item_ids*."""
    incoming = {"item_id": np.array(item_ids, dtype=object)} | dict(columns)
    incoming |= {f"part_{name}": values for name, values in parts.items()}
    keys = ", ".join(f"'{name}'" for name in parts)
    values = ", ".join(f"part_{name}" for name in parts)
    db.execute("delete from core.scores where learner = ?", [LEARNER])
    if item_ids:
        db.execute(
            f"insert into core.scores select ?, item_id, relevance, lean, score, map([{keys}], [{values}]) "
            "from incoming",
            [LEARNER],
        )


def of_items(db: Connection, item_ids: Sequence[str]) -> dict[str, Score]:
    rows = db.execute(
        "select item_id, relevance, lean, score, parts from core.scores "
        "semi join (select unnest(?::varchar[]) as item_id) using (item_id) where learner = ?",
        [list(item_ids), LEARNER],
    ).fetchall()
    return {row[0]: Score(relevance=row[1], lean=row[2], score=row[3], parts=row[4]) for row in rows}


def best_unmarked(db: Connection, *, since: datetime, limit: int) -> list[UnmarkedWork]:
    """The most relevant works without a mark, by the last ranking; those before *since* only where there are too few."""
    return records(
        db,
        UnmarkedWork,
        f"""
        with marked as (select work_id from core.items where item_id in (select item_id from marks where learner = $learner)),
        best as (
            select item_id, work_id, relevance, coalesce(published_at, first_seen_at) >= $since as recent
            from core.scores join core.items using (item_id)
            where {NEWS} and core.scores.learner = $learner and title <> '' and work_id not in (from marked)
            qualify row_number() over (partition by work_id order by relevance desc, item_id) = 1
            order by recent desc, relevance desc, item_id limit $limit
        )
        select item_id, relevance, title, source, url, left(summary, {_SUMMARY}) as summary, published_at
        from best join core.items using (item_id) order by relevance desc, item_id
        """,
        {"learner": LEARNER, "since": to_db(since), "limit": limit},
    )


def ranked(db: Connection) -> bool:
    """Whether any ranking was made."""
    return bool(db.execute("select 1 from core.scores where learner = ? limit 1", [LEARNER]).fetchone())
