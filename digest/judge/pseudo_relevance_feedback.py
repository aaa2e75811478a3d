"""Pseudo-relevance feedback: the archive's nearest works expand what the learner said in a few words. Pure.

Each phrase of the focus is a query. It moves toward the mean of the works nearest to it, as in Rocchio (1971)
with the nearest works taken for relevant (Croft and Harper 1979). Only works that stand out count: a focus on
which the archive has nothing stays as it was declared, and a nearly empty archive teaches nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from digest.arrays import Flags, Floats, unit
from digest.judge.floor import baseline
from digest.judge.focus import Facet, FocusModel, facet_vectors
from digest.judge.relevance import RelevanceModel

#: Nearest works that count, how fast their weights fall with the cosine that separates them from the nearest,
#: and their weight against the phrase itself. Simulated learners show a plateau around these (20 to 40 works,
#: 0.06 to 0.1, 0.5 to 0.7).
NEAREST = 30
SOFTNESS = 0.08
WEIGHT = 0.6
#: In a small archive only the best hundredth counts, and with fewer works than this none: the nearest of fifty
#: works proves nothing.
SHARE = 0.01
FEWEST = 200
#: Standard deviations above the reference texts from which a work stands out.
STANDS_OUT = 3.0

#: Query clarity (Cronen-Townsend, Zhou and Croft 2002), here by cosine: how far a phrase's nearest works stand
#: out. A phrase of the statement with less than `CLEAR` of the clearest one's counts less, down to
#: `LEAST_CLARITY` at `UNCLEAR`: no works are about what learners say of themselves.
CLEAR, UNCLEAR, LEAST_CLARITY = 0.9, 0.3, 0.3
#: How far the nearest works of a focus usually stand out, in standard deviations of the reference texts; the
#: exponent by which a difference from that is compensated, and the bounds of the factor.
USUAL_PEAK = 10.0
SCALE_EXPONENT = 0.75
SCALE_BOUNDS = (0.75, 1.5)


@dataclass(slots=True)
class _Nearest:
    """The works nearest to one query so far, best first."""

    #: [works, dimensions]
    vectors: Floats
    #: [works]
    cosines: Floats

    def add(self, vectors: Floats, cosines: Floats) -> None:
        if len(cosines) > NEAREST:
            best = np.argpartition(-cosines, NEAREST)[:NEAREST]
            vectors, cosines = vectors[best], cosines[best]
        both = np.concatenate([self.cosines, cosines])
        order = np.argsort(-both, kind="stable")[:NEAREST]
        self.vectors, self.cosines = np.vstack([self.vectors, vectors])[order], both[order]


def with_pseudo_feedback(
    relevance_model: RelevanceModel,
    archive: Iterable[Floats],
    *,
    disliked: Floats | None = None,
    size: int | None = None,
) -> RelevanceModel:
    """Expand every phrase by the archive's nearest works; *archive* comes in chunks [works, dimensions].

    Works equal to one of *disliked* [items, dimensions] do not count. *size* is the number of works in the
    archive where *archive* holds only those nearest by another model, as for the reranker.
    """
    found = NearestWorks(relevance_model.focus, disliked)
    for chunk in archive:
        found.add(chunk)
    return expanded_by(relevance_model, found, size=size)


class NearestWorks:
    """The archive's works nearest to each phrase of a focus, gathered chunk by chunk."""

    def __init__(self, focus: FocusModel, disliked: Floats | None = None) -> None:
        self._disliked = disliked if disliked is not None and len(disliked) else None
        self.queries = np.vstack([focus.query, focus.vectors])
        dimensions = self.queries.shape[1]
        self.nearest = [_Nearest(np.zeros((0, dimensions), np.float32), np.zeros(0, np.float32)) for _ in self.queries]
        #: works seen
        self.count = 0

    def add(self, chunk: Floats) -> None:
        """Take in more of the archive [works, dimensions]."""
        self.count += len(chunk)
        usable = chunk if self._disliked is None else chunk[~_is_among(chunk, self._disliked)]
        for found, cosines in zip(self.nearest, self.queries @ usable.T, strict=True):
            found.add(usable, cosines)


def expanded_by(relevance_model: RelevanceModel, found: NearestWorks, *, size: int | None = None) -> RelevanceModel:
    """The model with every phrase expanded by what was found; *size* as in `with_pseudo_feedback`."""
    focus, queries, nearest = relevance_model.focus, found.queries.copy(), list(found.nearest)
    count = found.count if size is None else size
    if count < FEWEST:
        return relevance_model
    clarity = _clarity(focus, nearest[1:])
    facets = facet_vectors(
        focus.phrases, focus.vectors, focus.whole, focus.mode, whole_share=focus.whole_share, clarity=clarity
    )
    queries[0] = sum(facets.values(), np.zeros(queries.shape[1], np.float32))
    nearest[0] = _nearest_among(nearest, queries[0])
    depth = max(1, min(NEAREST, round(SHARE * count)))
    by_chance = _expected_maximum(count, queries.shape[1])
    expanded = np.stack(
        [
            _expanded(query, found, depth, max(_standing_out(focus.reference, query), by_chance))
            for query, found in zip(queries, nearest, strict=True)
        ]
    )
    model = replace(relevance_model, query=expanded[0], phrase_vectors=expanded[1:], clarity=clarity)
    return replace(model, scale=_scale(model, [n.vectors[:depth] for n in nearest], depth))


def _scale(relevance_model: RelevanceModel, nearest: Sequence[Floats], depth: int) -> float:
    """By how much the nearest works stand out more, or less, than those of a focus usually do.

    A focus in few precise words reaches higher than one in many. This compensates, within bounds, so that a
    floor passes similar shares of either; where the archive has nothing on the focus it still passes none.
    """
    relevance = np.sort(relevance_model.relevance(np.unique(np.vstack(nearest), axis=0)))[-depth:]
    return float(np.clip((max(float(relevance.mean()), 0) / USUAL_PEAK) ** SCALE_EXPONENT, *SCALE_BOUNDS))


def _clarity(focus: FocusModel, nearest: Sequence[_Nearest]) -> Floats:
    """Query clarity of each phrase, 0 .. 1 [phrases]; topics and the project always count in full."""
    peaks = np.array([n.cosines.mean() for n in nearest])
    excess = baseline(focus.reference, focus.vectors).excess(peaks)
    in_statement = np.array([p.facet == Facet.STATEMENT for p in focus.phrases])
    best = max(float(excess[in_statement].max()), 1e-3) if in_statement.any() else 1.0
    clarity = np.clip((excess / best - UNCLEAR) / (CLEAR - UNCLEAR), LEAST_CLARITY, 1)
    return np.where(in_statement, clarity, 1).astype(np.float32)


def _nearest_among(nearest: Sequence[_Nearest], query: Floats) -> _Nearest:
    """The works nearest to *query* [dimensions] among those already found, each once."""
    vectors = np.unique(np.vstack([n.vectors for n in nearest]), axis=0)
    cosines = vectors @ query
    order = np.argsort(-cosines, kind="stable")[:NEAREST]
    return _Nearest(vectors[order], cosines[order])


def _standing_out(reference: Floats, query: Floats) -> float:
    """The cosine to *query* from which a work stands out."""
    usual = baseline(reference, query)
    return float(usual.mean + STANDS_OUT * usual.deviation)


def _expected_maximum(count: int, dimensions: int) -> float:
    """The cosine of the nearest of *count* random directions, which a nearest work has to exceed.

    The maximum of *count* normal variables of variance 1 / *dimensions*, to first order.
    """
    return float(np.sqrt(2 * np.log(count) / dimensions))


def _expanded(query: Floats, found: _Nearest, depth: int, least: float) -> Floats:
    """The query moved toward its works with a cosine above *least*; unchanged where there is none [dimensions]."""
    kept = int((found.cosines[:depth] > least).sum())
    if kept == 0 or not query.any():
        return query
    weights = np.exp((found.cosines[:kept] - found.cosines[0]) / SOFTNESS)
    # Few works have little weight, so that one stray work cannot carry a phrase away.
    share = WEIGHT * kept / (kept + 2)
    return unit((1 - share) * query + share * unit(weights @ found.vectors[:kept]))


def _is_among(vectors: Floats, others: Floats) -> Flags:
    """Whether each row is one of *others*, as far as float16 storage can tell."""
    same: Flags = (vectors @ others.T).max(axis=1) > 0.9995
    return same
