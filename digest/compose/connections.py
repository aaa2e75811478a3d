"""What the picks of an issue go back to: things the learner knows, and an older foundation. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.compose.space import RELATED, REPEATS, Floats
from digest.records import Connection, Foundation, Item
from digest.sources.identifiers import canonical_url

_MOST = 2
#: Picks that have to lean on one thing before it is called their foundation.
_LEANING = 3
#: A title of fewer words is found in texts that do not mean it.
_NAMED_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A thing of the archive from before this period."""

    item: Item
    work_id: str
    #: the issue that showed it, and what the learner said of it, or ""
    period: str = ""
    mark: str = ""


def connect(
    items: Sequence[Item], rows: Floats, past: Sequence[Past], past_rows: Floats
) -> list[tuple[Connection, ...]]:
    """For each item up to two things that the learner marked or was shown; centred unit vectors, a row each.

    What the item itself names comes first, however far the vectors lie apart.
    """
    if not past:
        return [() for _ in items]
    cosines = rows @ past_rows.T
    return [_of_one(item, cosines[row], past) for row, item in enumerate(items)]


def foundation(rows: Floats, item_ids: Sequence[str], older: Sequence[Past], older_rows: Floats) -> Foundation | None:
    """The older thing on which most of the picks lean, or None where there is none; rows as above."""
    if not older or not len(rows):
        return None
    cosines = older_rows @ rows.T
    leaning = (cosines >= RELATED) & (cosines < REPEATS)  # what repeats a pick is no ground for it
    counts = leaning.sum(axis=1)
    strength = np.where(leaning, cosines, 0).sum(axis=1)
    best = max(range(len(older)), key=lambda i: (counts[i], strength[i], older[i].item.item_id))
    if counts[best] < _LEANING:
        return None
    item = older[best].item
    return Foundation(
        item_id=item.item_id,
        title=item.title,
        url=item.url,
        source=item.source,
        published_at=item.published_at,
        leaning=tuple(item_id for item_id, leans in zip(item_ids, leaning[best], strict=True) if leans),
    )


def _of_one(item: Item, cosines: Floats, past: Sequence[Past]) -> tuple[Connection, ...]:
    named = [i for i, thing in enumerate(past) if _names(item, thing.item)]
    near = [int(i) for i in np.argsort(-cosines, kind="stable")[: _MOST * 2] if cosines[i] >= RELATED]
    chosen = list(dict.fromkeys(named[:_MOST] + near))[:_MOST]
    return tuple(_connection(past[i], float(cosines[i]), named=i in named) for i in chosen)


def _connection(past: Past, cosine: float, *, named: bool) -> Connection:
    item = past.item
    return Connection(
        item_id=item.item_id,
        title=item.title,
        url=item.url,
        source=item.source,
        relation="cites" if named else "repeats" if cosine >= REPEATS else "builds on",
        published_at=item.published_at,
        period=past.period,
        mark=past.mark,
        similarity=round(cosine, 3),
    )


def _names(item: Item, older: Item) -> bool:
    """Whether the text of *item* holds the other's arXiv id, address or whole title."""
    body = item.body
    if older.arxiv_id and re.search(rf"(?<![\d.]){re.escape(older.arxiv_id)}(?!\d)", body):
        return True
    address = canonical_url(older.url).removeprefix("https://")
    if address.count("/") > 0 and re.search(rf"//(?:www\.)?{re.escape(address)}(?![\w/-])", body):
        return True
    title = " ".join(older.title.split())
    return len(title.split()) >= _NAMED_WORDS and title.casefold() in " ".join(body.split()).casefold()
