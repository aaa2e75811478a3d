"""Works that a search found and notes that it found, in one list. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from digest.records import NoteHit

Row = tuple[Any, ...]

#: Notes with all of the words lead a search by words: nobody knows better what they were about.
_LEADING = 3
#: A row is (item id, similarity, ...).
_SIMILARITY = 1


def merge(
    rows: Sequence[Row],
    works: Mapping[str, str],
    near: Sequence[NoteHit],
    worded: Sequence[NoteHit],
    noted: Mapping[str, tuple[str, Row]],
    *,
    limit: int,
) -> list[Row]:
    """The rows with a last column more: the passage of a note that fits, or None.

    *rows* are best first, *works* the work of each of their items. *near* are notes found by meaning, *worded* by
    words, with the work and the row of the item of each in *noted*. By meaning alone a note counts as the work's text does.
    """
    by_work = {works.get(row[0], row[0]): row for row in rows}
    quotes: dict[str, str] = {}
    led: list[str] = []
    for hit in (hit for hit in worded if hit.item_id in noted):
        work_id, row = noted[hit.item_id]
        if work_id not in quotes and len(led) < _LEADING:
            by_work.setdefault(work_id, row)
            quotes[work_id] = hit.quote
            led.append(work_id)
    least = min((row[_SIMILARITY] for row in rows), default=0.0) if len(rows) >= limit else 0.0
    for hit in (hit for hit in near if hit.item_id in noted):
        work_id, row = noted[hit.item_id]
        found = by_work.get(work_id)
        if work_id in quotes or (found is None and (worded or hit.similarity < least)):
            continue
        if found is None or (hit.similarity > found[_SIMILARITY] and not worded):
            by_work[work_id] = _with_similarity(found or row, hit.similarity)
        quotes[work_id] = hit.quote
    if worded:
        order = [*led, *(work_id for work_id in by_work if work_id not in led)]
    else:
        order = sorted(by_work, key=lambda work_id: -(by_work[work_id][_SIMILARITY] or 0.0))
    return [(*by_work[work_id], quotes.get(work_id)) for work_id in order[:limit]]


def _with_similarity(row: Row, similarity: float) -> Row:
    return (*row[:_SIMILARITY], similarity, *row[_SIMILARITY + 1 :])
