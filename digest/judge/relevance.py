"""The relevance model: the declared focus, expanded by the archive and moved by marks. Pure.

A `RelevanceModel` turns item vectors into the named parts of their relevance, in standard deviations above the
reference texts (`floor`). What is learned beyond the declared focus shows as parts of its own.
"""

from dataclasses import dataclass

import numpy as np

from digest.arrays import Floats
from digest.judge.floor import baseline
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
        zeros, unit = _zero_and_unit(self._cosine_parts(self.focus.reference))
        parts = {name: ((raw - zeros[name]) / (unit * self.scale)) for name, raw in self._cosine_parts(vectors).items()}
        parts["avoid"] = avoided(self.focus, vectors)[0]
        known = vectors.any(axis=1) & self.focus.understood
        return {name: np.where(known, column, 0).astype(np.float32) for name, column in parts.items()}

    def relevance(self, vectors: Floats) -> Floats:
        """Each item's relevance [items] from its vector [items, dimensions]."""
        total: Floats = np.sum(list(self.parts(vectors).values()), axis=0, dtype=np.float32)
        return total

    def _cosine_parts(self, vectors: Floats) -> dict[str, Floats]:
        """Parts in cosines: the declared focus by facet, and what was learned as a difference to it."""
        parts = _declared(self.focus, vectors)
        declared = np.sum(list(parts.values()), axis=0)
        expanded = self._expanded(vectors)
        parts["sharpening"] = expanded - declared
        nearest = (vectors @ self.likes.T).max(axis=1) if len(self.likes) else 0
        parts["marks"] = self.weight * (vectors @ self.learned + nearest - expanded)
        return parts

    def _expanded(self, vectors: Floats) -> Floats:
        """Cosine to the expanded query and its best-matching phrase [items]."""
        share = BEST_PHRASE[self.focus.mode]
        phrases = self.phrase_vectors
        best = _phrase_excess(self.focus, vectors, phrases, self.clarity).max(axis=1) if len(phrases) else 0
        matched: Floats = (1 - share) * (vectors @ self.query) + share * best
        return matched


def declared_only(focus: FocusModel) -> RelevanceModel:
    """The declared focus and nothing else."""
    nothing = np.zeros_like(focus.query)
    return RelevanceModel(
        focus=focus, query=focus.query, phrase_vectors=focus.vectors, learned=nothing, likes=nothing[None][:0]
    )


def avoided(focus: FocusModel, vectors: Floats) -> tuple[Floats, list[str]]:
    """What each item loses by the avoided phrases [items], zero or less, and the phrase it loses it by, or ""."""
    known = vectors.any(axis=1) & focus.understood
    if not len(focus.avoid_vectors):
        return np.zeros(len(vectors), np.float32), [""] * len(vectors)
    usual, usual_query = baseline(focus.reference, focus.avoid_vectors), baseline(focus.reference, focus.query)
    z_scores = usual.z_scores(vectors @ focus.avoid_vectors.T)
    nearest = z_scores.argmax(axis=1)
    # An item that is even nearer to the focus than to what is avoided is about the focus. A broad focus has a large
    # deviation, which must not make it look farther away than the one word that is avoided.
    unit = np.minimum(usual_query.deviation, usual.deviation[nearest])
    wanted = usual_query.excess(vectors @ focus.query) / unit
    loss = np.clip(z_scores.max(axis=1) - AVOID_FROM - np.clip(wanted - AVOID_FROM, 0, None), 0, AVOID_MOST)
    losses = np.where(known, -AVOID * loss, 0).astype(np.float32)
    return losses, [focus.avoid[n] if lost < 0 else "" for n, lost in zip(nearest, losses, strict=True)]


def _declared(focus: FocusModel, vectors: Floats) -> dict[str, Floats]:
    """The declared focus's cosine [items], split among the facets it comes from."""
    share = BEST_PHRASE[focus.mode]
    parts = {name: np.zeros(len(vectors), np.float32) for name in ("statement", "topics", "project")}
    for facet, vector in focus.facets.items():
        parts[FACET_PARTS[facet]] += (1 - share) * (vectors @ vector)
    if len(focus.vectors):
        excess = _phrase_excess(focus, vectors, focus.vectors)
        best = excess.argmax(axis=1)
        names = np.array([FACET_PARTS[p.facet] for p in focus.phrases])
        for name, part in parts.items():
            part += share * np.where(names[best] == name, excess.max(axis=1), 0)
    return parts


def _phrase_excess(focus: FocusModel, vectors: Floats, phrases: Floats, clarity: Floats | None = None) -> Floats:
    """Excess cosine of each item to each phrase, times the phrase's weight and clarity [items, phrases]."""
    weights = np.array([p.weight for p in focus.phrases], np.float32) * (1 if clarity is None else clarity)
    excess: Floats = baseline(focus.reference, phrases).excess(vectors @ phrases.T) * weights
    return excess


def _zero_and_unit(usual: dict[str, Floats]) -> tuple[dict[str, float], float]:
    """The zero of every part and the common unit, from the parts of the reference texts [texts]."""
    total = np.sum(list(usual.values()), axis=0)
    common = np.argsort(total, kind="stable")[: max(2, int(_TRIM * len(total)))]
    unit = max(float(total[common].std()), 1e-3)
    return {name: float(raw[common].mean()) for name, raw in usual.items()}, unit
