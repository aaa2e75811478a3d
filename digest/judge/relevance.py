"""What a learner wants, in one model's space: the declared focus, sharpened by the archive and by marks.

A `RelevanceModel` turns item vectors into the named parts of their relevance, counted in standard deviations
above the reference texts. Whatever is learned beside the focus shows as a part of its own. Pure.
"""

from dataclasses import dataclass

import numpy as np

from digest.judge.embedding import Floats
from digest.judge.focus import FocusModel

#: How much the best-matching phrase counts against the focus as a whole: in "wide" mode a paper on one
#: topic is as welcome as one on all of them. Beyond 0.4 a stray phrase carries too much.
BEST_PHRASE = {"wide": 0.4, "deep": 0.25}
#: What an item loses for each standard deviation that it is nearer to an avoided phrase than
#: `AVOID_FROM`, and the most it can lose: enough to sink any item, without ruling out what else it says.
AVOID = 1.0
AVOID_FROM = 1.0
AVOID_MOST = 6.0
#: A focus may be near to some reference texts; the nearest tenth are left out of the zero.
_TRIM = 0.9

FACET_PARTS = {"statement": "statement", "topic": "topics", "project": "project", "question": "project"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevanceModel:
    """A focus and what was learned beside it."""

    focus: FocusModel
    #: the focus as a whole and phrase by phrase, in the archive's own words [dimensions], [phrases, dimensions]
    centre: Floats
    vectors: Floats
    #: what marks teach: a direction [dimensions], single likes of which the nearest counts
    #: [likes, dimensions], and how much both count against the focus, 0 .. 1
    learned: Floats
    likes: Floats
    weight: float = 0.0
    #: how clear each phrase is against the archive, 0 .. 1 [phrases]; None: nothing is known of it
    clarity: Floats | None = None
    #: units of relevance for each standard deviation of the reference texts: the archive's nearest works set it
    scale: float = 1.0

    def parts(self, vectors: Floats) -> dict[str, Floats]:
        """Named parts of each item's relevance [items]; all are zero for an item without a vector."""
        usual = self._raw(self.focus.reference)
        zeros, unit = _level(usual)
        parts = {name: ((raw - zeros[name]) / (unit * self.scale)) for name, raw in self._raw(vectors).items()}
        parts["avoid"] = avoided(self.focus, vectors)[0]
        known = vectors.any(axis=1) & self.focus.understood
        return {name: np.where(known, column, 0).astype(np.float32) for name, column in parts.items()}

    def relevance(self, vectors: Floats) -> Floats:
        """Each item's relevance [items]."""
        total: Floats = np.sum(list(self.parts(vectors).values()), axis=0, dtype=np.float32)
        return total

    def _raw(self, vectors: Floats) -> dict[str, Floats]:
        """Parts in cosines: what was declared by facet, and what was learned as a difference to it."""
        parts = _declared(self.focus, vectors)
        declared = np.sum(list(parts.values()), axis=0)
        sharpened = _match(self.focus, self.clarity, vectors, self.centre, self.vectors, BEST_PHRASE[self.focus.mode])
        parts["sharpening"] = sharpened - declared
        nearest = (vectors @ self.likes.T).max(axis=1) if len(self.likes) else 0
        parts["marks"] = self.weight * (vectors @ self.learned + nearest - sharpened)
        return parts


def declared_only(focus: FocusModel) -> RelevanceModel:
    """The declared focus and nothing else."""
    nothing = np.zeros_like(focus.centre)
    return RelevanceModel(
        focus=focus, centre=focus.centre, vectors=focus.vectors, learned=nothing, likes=nothing[None][:0]
    )


def avoided(focus: FocusModel, vectors: Floats) -> tuple[Floats, list[str]]:
    """What each item loses by the avoided phrases [items], zero or less, and the phrase it loses it by, or ""."""
    known = vectors.any(axis=1) & focus.understood
    if not len(focus.avoid_vectors):
        return np.zeros(len(vectors), np.float32), [""] * len(vectors)
    usual = focus.reference @ focus.avoid_vectors.T
    units = np.maximum(usual.std(axis=0), 1e-3)
    excess = (vectors @ focus.avoid_vectors.T - usual.mean(axis=0)) / units
    nearest = excess.argmax(axis=1)
    # An item that is even nearer to the focus than to what is avoided is about the focus. A broad focus has a wide
    # unit, which must not make it look farther off than the one word that is avoided.
    unit = np.minimum(spread(focus), units[nearest])
    wanted = (vectors @ focus.centre - np.mean(focus.reference @ focus.centre)) / unit
    loss = np.clip(excess.max(axis=1) - AVOID_FROM - np.clip(wanted - AVOID_FROM, 0, None), 0, AVOID_MOST)
    losses = np.where(known, -AVOID * loss, 0).astype(np.float32)
    return losses, [focus.avoid[n] if lost < 0 else "" for n, lost in zip(nearest, losses, strict=True)]


def spread(focus: FocusModel) -> float:
    """Standard deviation of the reference texts' cosines to the focus as a whole."""
    return max(float(np.std(focus.reference @ focus.centre)), 1e-3)


def _declared(focus: FocusModel, vectors: Floats) -> dict[str, Floats]:
    """The declared focus's cosine, shared out among the facets it comes from."""
    share = BEST_PHRASE[focus.mode]
    parts = {name: np.zeros(len(vectors), np.float32) for name in ("statement", "topics", "project")}
    for facet, pull in focus.facets.items():
        parts[FACET_PARTS[facet]] += (1 - share) * (vectors @ pull)
    if len(focus.vectors):
        excess = _excess(focus, vectors, focus.vectors)
        best = excess.argmax(axis=1)
        names = np.array([FACET_PARTS[p.facet] for p in focus.phrases])
        for name, part in parts.items():
            part += share * np.where(names[best] == name, excess.max(axis=1), 0)
    return parts


def _match(
    focus: FocusModel, clarity: Floats | None, vectors: Floats, centre: Floats, phrases: Floats, share: float
) -> Floats:
    best = _excess(focus, vectors, phrases, clarity).max(axis=1) if len(phrases) else 0
    matched: Floats = (1 - share) * (vectors @ centre) + share * best
    return matched


def _excess(focus: FocusModel, vectors: Floats, phrases: Floats, clarity: Floats | None = None) -> Floats:
    """By how much each item is nearer to each phrase than anything is, as far as the phrase counts [items, phrases]."""
    weights = np.array([p.weight for p in focus.phrases], np.float32) * (1 if clarity is None else clarity)
    usual = focus.reference @ phrases.T
    excess: Floats = (vectors @ phrases.T - usual.mean(axis=0)) * weights
    return excess


def _level(usual: dict[str, Floats]) -> tuple[dict[str, float], float]:
    """The zero of every part and the common unit, from the parts of the reference texts."""
    total = np.sum(list(usual.values()), axis=0)
    common = np.argsort(total, kind="stable")[: max(2, int(_TRIM * len(total)))]
    unit = max(float(total[common].std()), 1e-3)
    return {name: float(raw[common].mean()) for name, raw in usual.items()}, unit
