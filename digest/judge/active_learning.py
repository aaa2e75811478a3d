"""Which works to ask a learner about: those whose answers teach the most about all the others. Pure.

Not the best ones, which teach what is known, nor the most unlike, which nobody wants: each work asked
about stands for those near it, and together they cover as much as they can of what may be wanted
(facility location, greedily, as in Krause and Golovin's survey of submodular maximisation).
"""

import numpy as np

from digest.judge.embedding import Floats

#: Works to ask about in one sitting.
QUESTIONS = 10
#: The best works of the archive among which they are chosen.
AMONG = 300
#: How fast a work's weight falls with its relevance, for each standard deviation. At 0 every one of the
#: best 300 counts the same, at 2 only the very best; measured on simulated learners, with a plateau
#: from 0.2 to 0.4.
STEEPNESS = 0.25


def most_telling(
    vectors: Floats,
    relevance: Floats,
    *,
    count: int = QUESTIONS,
    centre: Floats | None = None,
    known: Floats | None = None,
) -> list[int]:
    """Rows of the works to ask about, the most telling first; the same for the same input.

    *vectors* [works, dimensions] and *relevance* [works] belong to the best works. *centre* is what all
    texts have in common, and is taken out [dimensions]; *known* are works the learner answered for
    already [answers, dimensions], which need not be asked about once more.
    """
    rows = _centred(vectors, centre)
    if not len(rows):
        return []
    likeness = np.maximum(rows @ rows.T, 0)
    covered = np.zeros(len(rows), dtype=np.float32)
    if known is not None and len(known):
        covered = np.maximum(rows @ _centred(known, centre).T, 0).max(axis=1)
    weight = np.exp(STEEPNESS * (relevance - relevance.max()))
    chosen: list[int] = []
    for _ in range(min(count, len(rows))):
        gain = np.maximum(likeness - covered, 0) @ weight
        gain[chosen] = -1
        chosen.append(int(np.argmax(gain)))
        covered = np.maximum(covered, likeness[chosen[-1]])
    return chosen


def moved(before: Floats, after: Floats, count: int) -> int:
    """How many of the best *count* would be others by the second of two judgements of the same works."""
    best = [set(np.argsort(-values, kind="stable")[:count].tolist()) for values in (before, after)]
    return len(best[1] - best[0])


def _centred(vectors: Floats, centre: Floats | None) -> Floats:
    """Rows of length 1, without what all have in common."""
    rows = vectors if centre is None else vectors - centre
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-6), dtype=np.float32)
