"""The scale of relevance and the floor on it. Pure.

Relevance is a z-score: how many standard deviations an item lies above arbitrary texts
(`reference_texts`). One number therefore means the same under another focus or model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Relevance an item needs in any week, however poor. On simulated weeks of learners whose lists no training
#: saw, in 15 voices, 56 to 85 % of a learner's own papers and 4 to 6 % of all others reach it with the bundled
#: models. It is loose on purpose: except in a poor week the share to keep decides (`compose.eligibility.ceiling`).
FLOOR = 4.5
#: A smaller deviation is rounding: the texts all have the same cosine to the target.
_LEAST_DEVIATION = 1e-3


#: float32 or float64
Reals = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Mean and standard deviation of the reference texts' cosines to each target, both [targets]."""

    mean: Reals
    deviation: Reals

    def excess(self, cosines: Reals) -> Reals:
        """By how much *cosines* [items, targets] exceed the mean."""
        above: Reals = cosines - self.mean
        return above

    def z_scores(self, cosines: Reals) -> Reals:
        """The same in standard deviations."""
        scores: Reals = self.excess(cosines) / self.deviation
        return scores

    def of(self, targets: slice | int) -> "Baseline":
        """The same of some targets."""
        return Baseline(self.mean[targets], self.deviation[targets])


def baseline(reference: Reals, targets: Reals) -> Baseline:
    """What arbitrary texts reach: *reference* [texts, dimensions] against *targets* [targets, dimensions].

    One target [dimensions] gives one mean and one deviation.
    """
    cosines = reference @ targets.T
    return Baseline(cosines.mean(axis=0), np.maximum(cosines.std(axis=0), _LEAST_DEVIATION))
