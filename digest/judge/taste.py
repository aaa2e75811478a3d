"""What a learner wants, in one model's space: the declared focus, sharpened by the archive and by marks.

A `Taste` turns item vectors into the named parts of their relevance. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from digest.judge.focus import FocusModel
from digest.judge.model import Floats
from digest.judge.static import normalised

#: How much the best-matching phrase counts against the focus as a whole.
BEST_PHRASE = 0.3
#: What an item loses for each standard deviation that it is nearer to an avoided phrase than to the focus.
AVOID = 1.0

_FACET_PARTS = {"statement": "statement", "topic": "topics", "project": "project", "question": "project"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Items the learner marked, embedded by the model in use."""

    #: [items, dimensions]
    vectors: Floats
    #: what each mark says: 1 for like and save, 0.5 for read, -1 for dislike
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """A focus and what was learned beside it."""

    focus: FocusModel
    #: the archive's own words for the focus [dimensions], or zero
    sharpened: Floats
    #: the direction that marks teach [dimensions], or zero
    learned: Floats

    def parts(self, vectors: Floats) -> dict[str, Floats]:
        """Named parts of each item's relevance [items], in standard deviations of the reference."""
        focus = self.focus
        unit = _spread(focus.reference @ focus.centre)
        parts = {name: np.zeros(len(vectors), np.float32) for name in ("statement", "topics", "project")}
        for facet, pull in focus.facets.items():
            parts[_FACET_PARTS[facet]] += (vectors - focus.reference.mean(axis=0)) @ pull / unit
        parts["sharpening"] = (vectors - focus.reference.mean(axis=0)) @ self.sharpened / unit
        parts["marks"] = (vectors - focus.reference.mean(axis=0)) @ self.learned / unit
        parts["avoid"] = self._avoided(vectors, unit)
        return {name: column.astype(np.float32) for name, column in parts.items()}

    def _avoided(self, vectors: Floats, unit: float) -> Floats:
        if not len(self.focus.avoid_vectors):
            return np.zeros(len(vectors), np.float32)
        nearest = (vectors @ self.focus.avoid_vectors.T).max(axis=1)
        usual = float((self.focus.reference @ self.focus.avoid_vectors.T).max(axis=1).mean())
        excess = np.clip((nearest - usual) / unit - 1, 0, None)
        return -np.float32(AVOID) * excess


def plain_taste(focus: FocusModel) -> Taste:
    """The declared focus and nothing else."""
    nothing = np.zeros_like(focus.centre)
    return Taste(focus=focus, sharpened=nothing, learned=nothing)


def sharpen(taste: Taste, archive: Iterable[Floats]) -> Taste:
    """Learn from the works of the archive that are nearest to the focus (pseudo-relevance feedback)."""
    nearest = _nearest(taste.focus.centre, archive, 30)
    if len(nearest) < 5:
        return taste
    own = normalised(nearest.mean(axis=0, keepdims=True))[0]
    return replace(taste, sharpened=own)


def learn(taste: Taste, marked: Marked) -> Taste:
    """Learn from marks; the focus is the prior and gives way gradually."""
    liked = marked.values > 0
    if not liked.any():
        return taste
    mean = np.average(marked.vectors[liked], axis=0, weights=marked.values[liked])
    return replace(taste, learned=normalised(mean[None])[0].astype(np.float32))


def _nearest(direction: Floats, archive: Iterable[Floats], count: int) -> Floats:
    best = np.zeros((0, len(direction)), np.float32)
    for chunk in archive:
        both = np.vstack([best, chunk])
        best = both[np.argsort(-(both @ direction), kind="stable")[:count]]
    return best


def _spread(similarities: Floats) -> float:
    return max(float(similarities.std()), 1e-3)
