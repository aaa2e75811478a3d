"""Which works to ask a learner about: those whose answers teach most about all the others. Pure.

The best works teach what is known already, and the most unusual ones nobody wants. Each work asked about
stands for those near it, and together they cover as much of what may be wanted as they can: facility
location, solved greedily (Krause and Golovin 2014, "Submodular function maximization").
"""

import numpy as np

from digest.arrays import Floats

#: Works to ask about in one session.
QUESTIONS = 10
#: They are chosen among this many of the archive's best works.
POOL = 300
#: How fast a work's weight falls with its relevance, per standard deviation. At 0 each of the best 300 counts
#: the same, at 2 only the very best; simulated learners show a plateau from 0.2 to 0.4.
STEEPNESS = 0.25


def most_informative(
    vectors: Floats,
    relevance: Floats,
    *,
    count: int = QUESTIONS,
    centre: Floats | None = None,
    known: Floats | None = None,
) -> list[int]:
    """Rows of the works to ask about, the most informative first; the same for the same input.

    *vectors* [works, dimensions] and *relevance* [works] belong to the best works. *centre* [dimensions] is
    the mean of arbitrary texts and is subtracted. *known* [answers, dimensions] are works the learner
    answered for already.
    """
    rows = _centred(vectors, centre)
    if not len(rows):
        return []
    similarity = np.maximum(rows @ rows.T, 0)
    covered = np.zeros(len(rows), dtype=np.float32)
    if known is not None and len(known):
        covered = np.maximum(rows @ _centred(known, centre).T, 0).max(axis=1)
    weights = np.exp(STEEPNESS * (relevance - relevance.max()))
    chosen: list[int] = []
    for _ in range(min(count, len(rows))):
        gain = np.maximum(similarity - covered, 0) @ weights
        gain[chosen] = -1
        chosen.append(int(np.argmax(gain)))
        covered = np.maximum(covered, similarity[chosen[-1]])
    return chosen


def newcomers(before: Floats, after: Floats, count: int) -> int:
    """How many of the best *count* works by *after* were not among the best *count* by *before*, both [works]."""
    best = [set(np.argsort(-values, kind="stable")[:count].tolist()) for values in (before, after)]
    return len(best[1] - best[0])


def _centred(vectors: Floats, centre: Floats | None) -> Floats:
    rows = vectors if centre is None else vectors - centre
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-6), dtype=np.float32)
