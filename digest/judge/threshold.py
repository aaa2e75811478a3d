"""What is good enough to be kept: a quantile of the period, and an absolute floor. Pure."""

import numpy as np

from digest.judge.model import Floats

#: Relevance an item needs in any week, in standard deviations above the reference texts. On the simulated
#: learners that tuning may see, with the focus sharpened, 95 % of a learner's own papers and 6 % of all others
#: reach it with the bundled model, 78 % and 12 % with all-MiniLM-L6-v2: loose for either, as a floor should be,
#: since the quantile decides in any week but a poor one.
FLOOR = 4.0


def cutoff(relevance: Floats, *, keep: float, floor: float = FLOOR) -> float:
    """The least relevance that is kept of a period: the best *keep* of it, and never below the floor."""
    if not len(relevance):
        return floor
    return max(floor, float(np.quantile(relevance, 1 - keep)))
