"""What is good enough to be kept: a quantile of the period, and an absolute floor. Pure."""

import numpy as np

from digest.judge.model import Floats

#: Relevance an item needs in any week, in standard deviations above the reference texts.
FLOOR = 2.0


def cutoff(relevance: Floats, *, keep: float, floor: float = FLOOR) -> float:
    """The least relevance that is kept of a period: the best *keep* of it, and never below the floor."""
    if not len(relevance):
        return floor
    return max(floor, float(np.quantile(relevance, 1 - keep)))
