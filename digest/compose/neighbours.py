"""The works of past issues that are nearest in meaning to one another. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np

from digest.arrays import Floats
from digest.compose.similarity import centred

_MOST = 3
#: Cosine from which two works are shown as similar: half the pairs of one section of a hand-made list are as near.
_RELATED = 0.39
#: Rows compared at once: 8 MB against two thousand picks.
_BLOCK = 1_000


def neighbours(vectors: Mapping[str, Floats], usual: Floats) -> dict[str, tuple[str, ...]]:
    """The few items related to each item, nearest first; *vectors* [d] by item id, *usual* [d] their common part."""
    item_ids = list(vectors)
    if len(item_ids) < 2:
        return {}
    rows = centred(np.stack([vectors[item_id] for item_id in item_ids]), usual)
    found = {}
    for first in range(0, len(rows), _BLOCK):
        for at, cosines in enumerate(rows[first : first + _BLOCK] @ rows.T, start=first):
            found[item_ids[at]] = _nearest(item_ids, at, cosines)
    return found


def _nearest(item_ids: Sequence[str], at: int, cosines: Floats) -> tuple[str, ...]:
    order = np.argsort(-cosines, kind="stable")[: _MOST + 1]
    return tuple(item_ids[other] for other in order if other != at and cosines[other] >= _RELATED)[:_MOST]
