"""The relevance model: the declared focus, expanded by the archive and moved by marks. Pure.

A `RelevanceModel` turns item vectors into the named parts of their relevance, in standard deviations above the
reference texts (`floor`). What is learned beyond the declared focus shows as parts of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from digest.arrays import DECIMALS, Doubles, Floats, in_doubles
from digest.judge.floor import Baseline, baseline
from digest.judge.focus import Facet, FocusModel

#: Weight of the best-matching phrase against the focus as a whole: in "wide" mode a paper on one topic is as
#: welcome as one on all of them. Beyond 0.4 a stray phrase carries too much.
BEST_PHRASE = {"wide": 0.4, "deep": 0.25}
#: What an item loses for each standard deviation that it is nearer to an avoided phrase than `AVOID_FROM`, and
#: the most it can lose: enough to sink any item, whatever else it says.
AVOID = 1.0
AVOID_FROM = 1.0
AVOID_MOST = 6.0
#: A focus may be near some reference texts; the nearest tenth do not count for its zero.
_TRIM = 0.9

_Real = TypeVar("_Real", np.float32, np.float64)
_FACETS = ("statement", "topics", "project")
#: The parts that are a matter of cosines.
_PARTS = (*_FACETS, "sharpening", "marks")

FACET_PARTS = {
    Facet.STATEMENT: "statement",
    Facet.TOPIC: "topics",
    Facet.PROJECT: "project",
    Facet.QUESTION: "project",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevanceModel:
    """A focus and what was learned beyond it."""

    focus: FocusModel
    #: the expanded query, as a whole [dimensions] and by phrase [phrases, dimensions]
    query: Floats
    phrase_vectors: Floats
    #: what marks teach: one direction [dimensions], and single likes of which the nearest counts
    #: [likes, dimensions]; and the weight of both against the focus, 0 .. 1
    learned: Floats
    likes: Floats
    weight: float = 0.0
    #: query clarity of each phrase against the archive, 0 .. 1 [phrases]; None while unknown
    clarity: Floats | None = None
    #: divides relevance, so that the archive's nearest works reach about the same under any focus
    scale: float = 1.0

    def parts(self, vectors: Floats) -> dict[str, Floats]:
        """Named parts of each item's relevance [items]; all are zero for an item without a vector."""
        return RelevanceReader(self).parts(vectors)

    def relevance(self, vectors: Floats) -> Floats:
        """Each item's relevance [items] from its vector [items, dimensions]."""
        return RelevanceReader(self).relevance(vectors)


class RelevanceReader:
    """A relevance model that is ready to read items, all at once or a few at a time.

    All that an item is compared with is one matrix. The parts are computed in float64 and rounded, so that those
    of an item do not depend on the items it is read with.
    """

    def __init__(self, model: RelevanceModel) -> None:
        focus = model.focus
        self.model = model
        groups: dict[str, Sequence[Floats]] = {
            "facets": list(focus.facets.values()),
            "phrases": list(focus.vectors),
            "focus": [focus.query],
            "expanded": [model.query],
            "expanded phrases": list(model.phrase_vectors),
            "learned": [model.learned],
            "likes": list(model.likes),
            "avoid": list(focus.avoid_vectors),
        }
        ends = np.cumsum([len(rows) for rows in groups.values()])
        self._at = {name: slice(end - len(rows), end) for (name, rows), end in zip(groups.items(), ends, strict=True)}
        directions = np.stack([row for rows in groups.values() for row in rows]).astype(np.float64)
        #: [dimensions, directions]
        self._directions = np.ascontiguousarray(directions.T)
        reference = focus.reference.astype(np.float64)
        self._usual = baseline(reference, directions)
        self._weights = np.array([phrase.weight for phrase in focus.phrases])
        self._facets = np.array([_FACETS.index(FACET_PARTS[phrase.facet]) for phrase in focus.phrases], np.intp)
        self._avoids = len(focus.avoid_vectors) > 0
        #: the weight of each expanded phrase [phrases]
        self.clear = self._weights * (1 if model.clarity is None else model.clarity.astype(np.float64))
        self.share = BEST_PHRASE[focus.mode]
        #: the zero of every part [parts, 1], and the unit of them all, in cosines
        self.zeros, unit = _zeros_and_unit(self._cosine_parts(reference @ self._directions))
        self.unit = unit * model.scale

    def parts(self, vectors: Floats) -> dict[str, Floats]:
        """Named parts of each item's relevance [items]; all are zero for an item without a vector."""
        found = np.zeros((len(_PARTS) + 1, len(vectors)), np.float32)
        if self.model.focus.understood:
            for place, rows in in_doubles(vectors):
                cosines = rows @ self._directions
                known = np.einsum("ij,ij->i", rows, rows) > 0
                block = (self._cosine_parts(cosines) - self.zeros) / self.unit
                found[:-1, place] = np.where(known, block.round(DECIMALS), 0)
                if self._avoids:
                    found[-1, place] = np.where(known, self._losses(cosines).round(DECIMALS), 0)
        return dict(zip((*_PARTS, "avoid"), found, strict=True))

    def relevance(self, vectors: Floats) -> Floats:
        """Each item's relevance [items]."""
        return total(list(self.parts(vectors).values()))

    def usual_phrases(self) -> Doubles:
        """The cosine of arbitrary texts to each expanded phrase [phrases]."""
        return self._usual.mean[self._at["expanded phrases"]].astype(np.float64)

    def _cosine_parts(self, cosines: Doubles) -> Doubles:
        """Parts in cosines [parts, items]: the declared focus by facet, and what was learned as a difference to it."""
        parts = np.zeros((len(_PARTS), len(cosines)))
        facets, learned, likes = parts[: len(_FACETS)], self._at["learned"].start, cosines[:, self._at["likes"]]
        self._declare(facets, cosines)
        expanded = self._expanded(cosines)
        parts[-2] = expanded - total(list(facets))
        if self.model.weight:
            nearest = likes.max(axis=1) if likes.shape[1] else 0
            parts[-1] = self.model.weight * (cosines[:, learned] + nearest - expanded)
        return parts

    def _declare(self, parts: Doubles, cosines: Doubles) -> None:
        """Add the declared focus's cosine, split among the facets it comes from [facets, items]."""
        for column, facet in enumerate(self.model.focus.facets, self._at["facets"].start):
            parts[_FACETS.index(FACET_PARTS[facet])] += (1 - self.share) * cosines[:, column]
        if len(self._facets):
            excess = self._excess(cosines, "phrases", self._weights)
            best = excess.argmax(axis=1)
            rows = np.arange(len(best))
            parts[self._facets[best], rows] += self.share * excess[rows, best]

    def _expanded(self, cosines: Doubles) -> Doubles:
        """Cosine to the expanded query and its best-matching phrase [items]."""
        best = self._excess(cosines, "expanded phrases", self.clear).max(axis=1) if len(self._facets) else 0
        matched: Doubles = (1 - self.share) * cosines[:, self._at["expanded"].start] + self.share * best
        return matched

    def _excess(self, cosines: Doubles, name: str, weights: Doubles) -> Doubles:
        """Excess cosine of each item to each phrase, times the phrase's weight [items, phrases]."""
        at = self._at[name]
        excess: Doubles = (cosines[:, at] - self._usual.mean[at]) * weights
        return excess

    def _losses(self, cosines: Doubles) -> Doubles:
        at, focus = self._at["avoid"], self._at["focus"].start
        return _losses(cosines[:, at], cosines[:, focus], self._usual.of(at), self._usual.of(focus))[0]


def declared_only(focus: FocusModel) -> RelevanceModel:
    """The declared focus and nothing else."""
    nothing = np.zeros_like(focus.query)
    return RelevanceModel(
        focus=focus, query=focus.query, phrase_vectors=focus.vectors, learned=nothing, likes=nothing[None][:0]
    )


def avoided(focus: FocusModel, vectors: Floats) -> tuple[Floats, list[str]]:
    """What each item loses by the avoided phrases [items], zero or less, and the phrase it loses it by, or ""."""
    losses, nearest = np.zeros(len(vectors), np.float32), np.zeros(len(vectors), np.intp)
    if not len(focus.avoid_vectors) or not focus.understood:
        return losses, [""] * len(vectors)
    reference, avoid = focus.reference.astype(np.float64), focus.avoid_vectors.astype(np.float64)
    query = focus.query.astype(np.float64)
    usual, usual_query = baseline(reference, avoid), baseline(reference, query)
    for place, rows in in_doubles(vectors):
        lost, nearest[place] = _losses(rows @ avoid.T, rows @ query, usual, usual_query)
        losses[place] = np.where(rows.any(axis=1), lost.round(DECIMALS), 0)
    return losses, [focus.avoid[n] if lost < 0 else "" for n, lost in zip(nearest, losses, strict=True)]


def _losses(
    cosines: Doubles, focus: Doubles, usual: Baseline, usual_focus: Baseline
) -> tuple[Doubles, NDArray[np.intp]]:
    """What each item loses [items] by its cosines to the avoided phrases [items, phrases] and to the focus [items].

    Also the row of the phrase it loses it by.
    """
    z_scores = usual.z_scores(cosines)
    nearest = z_scores.argmax(axis=1)
    # An item that is even nearer to the focus than to what is avoided is about the focus. A broad focus has a large
    # deviation, which must not make it look farther away than the one word that is avoided.
    unit = np.minimum(usual_focus.deviation, usual.deviation[nearest])
    wanted = usual_focus.excess(focus) / unit
    loss = np.clip(z_scores.max(axis=1) - AVOID_FROM - np.clip(wanted - AVOID_FROM, 0, None), 0, AVOID_MOST)
    return 0 - AVOID * loss, nearest


def total(columns: Sequence[NDArray[_Real]]) -> NDArray[_Real]:
    """The sum of some columns, in their order: `np.sum` takes another for one item than for many."""
    found = columns[0]
    for column in columns[1:]:
        found = found + column
    return found


def _zeros_and_unit(usual: Doubles) -> tuple[Doubles, float]:
    """The zero of every part [parts, 1] and the common unit, from the parts of the reference texts [parts, texts]."""
    whole = total(list(usual))
    common = np.argsort(whole, kind="stable")[: max(2, int(_TRIM * len(whole)))]
    unit = max(float(whole[common].std()), 1e-3)
    return usual[:, common].mean(axis=1, keepdims=True), unit
