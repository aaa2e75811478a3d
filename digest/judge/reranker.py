"""Reranking: a slower, better model reads the best few hundred, and its order is mixed into the first one's. Pure.

Each model errs in its own way; the sum of the two, each in units of its own spread, orders better
than either alone (a linear combination of z-scores, as in score fusion).
"""

import numpy as np
from numpy.typing import NDArray

from digest.judge.embedding import Floats

#: How many of the best are read again: the bundled reranker reads about a hundred a second.
DEPTH = 800
#: The second model's weight against the first one's.
WEIGHT = 0.6
#: Fewer items have no spread to speak of.
_FEWEST = 5


def reranked(first: Floats, second: Floats, *, weight: float = WEIGHT) -> Floats:
    """What the second model adds to each item's relevance [items]; it adds up to zero.

    *first* and *second* are the same items' relevance by either model. The items take one another's values of
    the first model, in the order of the mixture: as many pass a floor as before, and the best is as far above it.
    """
    if len(first) < _FEWEST or first.std() < 1e-6 or second.std() < 1e-6:
        return np.zeros_like(first)
    mixed = (1 - weight) * _standard(first) + weight * _standard(second)
    combined = np.empty_like(first)
    combined[np.argsort(-mixed, kind="stable")] = np.sort(first)[::-1]
    added: Floats = (combined - first).astype(np.float32)
    return added


def best_rows(relevance: Floats) -> NDArray[np.intp]:
    """Rows of the items that are worth reading again, best first."""
    order: NDArray[np.intp] = np.argsort(-relevance, kind="stable")
    return order[:DEPTH]


def _standard(values: Floats) -> Floats:
    scaled: Floats = (values - values.mean()) / np.float32(max(float(values.std()), 1e-6))
    return scaled
