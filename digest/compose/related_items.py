"""Related items: what the learner knows that a pick goes back to, and the older work behind several picks. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import numpy as np

from digest.arrays import Floats
from digest.compose.similarity import RELATED, REPEATS
from digest.records import Connection, Foundation, Item, KnownWork
from digest.sources.identifiers import canonical_url

_MOST = 2
#: Cosine from which a pick builds on something: nearer than most pairs of one hand-made section.
NEAR = 0.5
#: Bonus in cosine for what the learner marked, and so remembers better.
_MARKED = 0.05
#: Picks of one issue that may name one thing; a thing behind more of them is shown once, as their foundation.
_REPEATED = 2
#: Picks that have to build on one thing for it to be their foundation.
_LEANING = 3
#: Texts contain shorter titles without meaning them.
_NAMED_WORDS = 4


class Relation(StrEnum):
    """How a pick goes back to an older item: its text names it, says much the same, or is near it."""

    CITES = "cites"
    REPEATS = "repeats"
    BUILDS_ON = "builds on"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """How a text may name an item, in lower case; "" where there is no such name."""

    arxiv_id: str
    address: str
    title: str


def relate(
    items: Sequence[Item], rows: Floats, past: Sequence[KnownWork], past_rows: Floats
) -> list[tuple[Connection, ...]]:
    """For each item up to two things that the learner marked or was shown.

    *rows* [items, d] and *past_rows* [past, d] are centred unit vectors. What the item itself names comes first,
    whatever its cosine.
    """
    if not past:
        return [() for _ in items]
    cosines = rows @ past_rows.T
    names = [_name(thing.item) for thing in past]
    used: Counter[int] = Counter()
    found = []
    for row, item in enumerate(items):
        chosen = _of_one(item, cosines[row], past, names, used)
        used.update(list(chosen))
        found.append(tuple(_connection(past[i], float(cosines[row, i]), named=named) for i, named in chosen.items()))
    return found


def foundation(
    rows: Floats, item_ids: Sequence[str], older: Sequence[KnownWork], older_rows: Floats
) -> Foundation | None:
    """The older thing that most of the picks build on, or None where there is none; rows as in `relate`."""
    if not older or not len(rows):
        return None
    cosines = older_rows @ rows.T
    leaning = (cosines >= RELATED) & (cosines < REPEATS)  # what repeats a pick is no foundation of it
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


def _of_one(
    item: Item, cosines: Floats, past: Sequence[KnownWork], names: Sequence[_Name], used: Counter[int]
) -> dict[int, bool]:
    """Rows of *past* that *item* goes back to, and whether its text names them."""
    body = " ".join(item.body.split()).casefold()
    named = [i for i, name in enumerate(names) if _names(body, name)][:_MOST]
    nearness = cosines + np.array([_MARKED * bool(thing.mark) for thing in past], dtype=np.float32)
    ordered = (int(i) for i in np.argsort(-nearness, kind="stable"))
    near = [i for i in islice(ordered, 2 * _MOST + sum(used.values())) if cosines[i] >= NEAR and used[i] < _REPEATED]
    return {i: i in named for i in list(dict.fromkeys(named + near))[:_MOST]}


def _connection(past: KnownWork, cosine: float, *, named: bool) -> Connection:
    item = past.item
    return Connection(
        item_id=item.item_id,
        title=item.title,
        url=item.url,
        source=item.source,
        relation=Relation.CITES if named else Relation.REPEATS if cosine >= REPEATS else Relation.BUILDS_ON,
        published_at=item.published_at,
        period=past.period,
        mark=past.mark,
        similarity=round(cosine, 3),
    )


def _name(item: Item) -> _Name:
    address = canonical_url(item.url).removeprefix("https://").casefold()
    title = " ".join(item.title.split()).casefold()
    return _Name(
        arxiv_id=item.arxiv_id,
        address=address if "/" in address else "",
        title=title if len(title.split()) >= _NAMED_WORDS else "",
    )


def _names(body: str, name: _Name) -> bool:
    """Whether a text, in lower case and on one line, contains the arXiv id, the address or the whole title."""
    if name.title and name.title in body:
        return True
    if name.arxiv_id and name.arxiv_id in body and re.search(rf"(?<![\d.]){re.escape(name.arxiv_id)}(?!\d)", body):
        return True
    if not name.address or name.address not in body:
        return False
    return re.search(rf"//(?:www\.)?{re.escape(name.address)}(?![\w/-])", body) is not None
