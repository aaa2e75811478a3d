"""Picks that are close to something the learner noted. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.arrays import Floats
from digest.records import Noted

#: Centred cosine between a work and a passage of a note from which the two are about one thing. Sixteen notes over the
#: demo's works have eight pairs as near as that, all of them right; from 0.36 on there are fourteen, and one is wrong.
CLOSE = 0.42
#: Picks of one issue that may name one note.
_REPEATED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedPassage:
    """A passage of a note, and what the note is about."""

    item_id: str
    work_id: str
    title: str
    url: str
    text: str


def close_notes(
    works: Mapping[str, str], rows: Floats, passages: Sequence[NotedPassage], passage_rows: Floats
) -> dict[str, Noted]:
    """By item id, the one note that a pick is close to, if any.

    *works* are the picks' works by item id, a row of *rows* [n, d] each; *passage_rows* [passages, d]; all centred and of
    length 1. What is noted on the pick's own work does not count.
    """
    if not passages or not works:
        return {}
    cosines = rows @ passage_rows.T
    used: Counter[str] = Counter()
    found = {}
    for row, (item_id, work_id) in enumerate(works.items()):
        fitting = [
            (float(cosines[row, place]), place)
            for place, passage in enumerate(passages)
            if passage.work_id != work_id and used[passage.work_id] < _REPEATED
        ]
        cosine, place = max(fitting, key=lambda pair: (pair[0], -pair[1]), default=(0.0, 0))
        if cosine < CLOSE:
            continue
        passage = passages[place]
        used[passage.work_id] += 1
        found[item_id] = Noted(
            item_id=passage.item_id,
            title=passage.title,
            url=passage.url,
            quote=passage.text,
            similarity=round(cosine, 3),
        )
    return found
