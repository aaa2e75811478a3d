"""Scores under the current focus and model, and the best works that hold no mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.store import schema
from digest.store.archive import Connection
from digest.store.conversion import records, to_db
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
    incoming = {"item_id": np.array(item_ids, dtype=object)} | dict(columns) | dict(parts)  # noqa: F841
    db.execute("delete from core.scores where learner = getvariable('learner')")
    if item_ids:
        # A dictionary of columns is read by name from this frame.
        db.execute("insert into core.scores by name select *, getvariable('learner') as learner from incoming")


def of_items(db: Connection, item_ids: Sequence[str]) -> dict[str, Score]:
    rows = db.execute(
        f"select item_id, relevance, lean, score, {', '.join(schema.PARTS)} from core.scores "
        "semi join (select unnest(?::varchar[]) as item_id) using (item_id) where learner = getvariable('learner')",
        [list(item_ids)],
    ).fetchall()
    return {row[0]: Score(relevance=row[1], lean=row[2], score=row[3], parts=_parts(row[4:])) for row in rows}


def _parts(values: Sequence[float | None]) -> dict[str, float]:
    return {name: value for name, value in zip(schema.PARTS, values, strict=True) if value is not None}


def best_unmarked(db: Connection, *, since: datetime, limit: int) -> list[UnmarkedWork]:
    """The most relevant works without a mark, by the last ranking; those before *since* only where there are too few."""
    return records(
        db,
        UnmarkedWork,
        f"""
        with marked as (select work_id from core.items where item_id in (select item_id from marks where learner = getvariable('learner'))),
        best as (
            select item_id, work_id, relevance, coalesce(published_at, first_seen_at) >= $since as recent
            from core.scores join core.items using (item_id)
            where {NEWS} and core.scores.learner = getvariable('learner') and title <> '' and work_id not in (from marked)
            qualify row_number() over (partition by work_id order by relevance desc, item_id) = 1
            order by recent desc, relevance desc, item_id limit $limit
        )
        select item_id, relevance, title, source, url, left(summary, {_SUMMARY}) as summary, published_at
        from best join core.items using (item_id) order by relevance desc, item_id
        """,
        {"since": to_db(since), "limit": limit},
    )


def ranked(db: Connection) -> bool:
    """Whether any ranking was made."""
    return bool(db.execute("select 1 from core.scores where learner = getvariable('learner') limit 1").fetchone())
