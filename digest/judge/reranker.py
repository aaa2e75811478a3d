"""Reranking: a slower, better model reads the best few hundred, and its order is mixed into the first one's. Pure.

Each model errs in its own way. The weighted sum of both models' z-scores orders better than either alone
(linear score fusion: Fox and Shaw 1994, "Combination of multiple searches").
"""

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats

#: How many of the best the second model reads: the bundled one reads about a hundred a second.
DEPTH = 800
#: The second model's weight against the first one's.
WEIGHT = 0.6
#: Fewer items have no meaningful deviation.
_FEWEST = 5


def rerank_adjustment(first: Floats, second: Floats, *, weight: float = WEIGHT) -> Floats:
    """What the second model adds to each item's relevance [items]; the sum is zero.

    *first* and *second* are the same items' relevance by either model. The items trade the first model's
    values among themselves, in the fused order: as many pass a floor as before, and the best is as far above it.
    """
    if len(first) < _FEWEST or first.std() < 1e-6 or second.std() < 1e-6:
        return np.zeros_like(first)
    fused = (1 - weight) * _z_scores(first) + weight * _z_scores(second)
    reordered = np.empty_like(first)
    reordered[np.argsort(-fused, kind="stable")] = np.sort(first)[::-1]
    adjustment: Floats = (reordered - first).astype(np.float32)
    return adjustment


def best_rows(relevance: Floats) -> NDArray[np.intp]:
    """Rows of the items the second model should read, best first."""
    order: NDArray[np.intp] = np.argsort(-relevance, kind="stable")
    return order[:DEPTH]


def _z_scores(values: Floats) -> Floats:
    scores: Floats = (values - values.mean()) / np.float32(max(float(values.std()), 1e-6))
    return scores
