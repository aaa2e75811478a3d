"""Pseudo-relevance feedback: the archive's nearest works expand what the learner said in a few words. Pure.

Each phrase of the focus is a query. It moves toward the mean of the works nearest to it, as in Rocchio (1971)
with the nearest works taken for relevant (Croft and Harper 1979). Only works that stand out count: a focus on
which the archive has nothing stays as it was declared, and a nearly empty archive teaches nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from digest.arrays import Floats, unit
from digest.judge.floor import baseline
from digest.judge.focus import Facet, FocusModel, facet_vectors
from digest.judge.nearest_works import NEAREST, Near, nearest_in
from digest.judge.relevance import RelevanceModel

#: How fast the weights of the nearest works fall with the cosine that separates them from the nearest, and their
#: weight against the phrase itself. Simulated learners show a plateau around these (0.06 to 0.1, 0.5 to 0.7).
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
    found = nearest_in(archive, relevance_model.focus, disliked)
    return expanded_by(relevance_model, found.of(0), size=found.count if size is None else size)


def expanded_by(relevance_model: RelevanceModel, nearest: Sequence[Near], *, size: int) -> RelevanceModel:
    """The model with every phrase expanded by the works nearest to it, in an archive of *size* works.

    *nearest* holds those of the query, then those of each phrase, as `NearestWorks` finds them.
    """
    if size < FEWEST:
        return relevance_model
    focus = relevance_model.focus
    clarity = _clarity(focus, nearest[1:])
    facets = facet_vectors(
        focus.phrases, focus.vectors, focus.whole, focus.mode, whole_share=focus.whole_share, clarity=clarity
    )
    query: Floats = sum(facets.values(), np.zeros_like(focus.query))
    queries, found = [query, *focus.vectors], [_nearest_among(nearest, query), *nearest[1:]]
    depth = max(1, min(NEAREST, round(SHARE * size)))
    by_chance = _expected_maximum(size, len(query))
    usual = baseline(focus.reference.astype(np.float64), np.stack(queries).astype(np.float64))
    least = np.maximum(usual.mean + STANDS_OUT * usual.deviation, by_chance)
    expanded = np.stack(
        [_expanded(one, near, depth, bound) for one, near, bound in zip(queries, found, least, strict=True)]
    )
    model = replace(relevance_model, query=expanded[0], phrase_vectors=expanded[1:], clarity=clarity)
    return replace(model, scale=_scale(model, [near.vectors[:depth] for near in found], depth))


def _scale(relevance_model: RelevanceModel, nearest: Sequence[Floats], depth: int) -> float:
    """By how much the nearest works stand out more, or less, than those of a focus usually do.

    A focus in few precise words reaches higher than one in many. This compensates, within bounds, so that a
    floor passes similar shares of either; where the archive has nothing on the focus it still passes none.
    """
    relevance = np.sort(relevance_model.relevance(_each_once(nearest)))[-depth:]
    mean = float(relevance.mean(dtype=np.float64)) if len(relevance) else 0.0
    return float(np.clip((max(mean, 0) / USUAL_PEAK) ** SCALE_EXPONENT, *SCALE_BOUNDS))


def _clarity(focus: FocusModel, nearest: Sequence[Near]) -> Floats:
    """Query clarity of each phrase, 0 .. 1 [phrases]; topics and the project always count in full."""
    peaks = np.array([near.cosines.mean() if len(near.cosines) else 0.0 for near in nearest])
    excess = baseline(focus.reference.astype(np.float64), focus.vectors.astype(np.float64)).excess(peaks)
    in_statement = np.array([p.facet == Facet.STATEMENT for p in focus.phrases])
    best = max(float(excess[in_statement].max()), 1e-3) if in_statement.any() else 1.0
    clarity = np.clip((excess / best - UNCLEAR) / (CLEAR - UNCLEAR), LEAST_CLARITY, 1)
    return np.where(in_statement, clarity, 1).astype(np.float32)


def _nearest_among(nearest: Sequence[Near], query: Floats) -> Near:
    """The works nearest to *query* [dimensions] among those already found, each once."""
    vectors = _each_once([near.vectors for near in nearest])
    cosines = vectors.astype(np.float64) @ query.astype(np.float64)
    order = np.argsort(-cosines, kind="stable")[:NEAREST]
    return Near(names=np.zeros(len(order), np.str_), vectors=vectors[order], cosines=cosines[order])


def _each_once(groups: Sequence[Floats]) -> Floats:
    """The rows of all groups, equal ones once [rows, dimensions]."""
    rows = np.concatenate(groups)
    first = {row.tobytes(): number for number, row in reversed(list(enumerate(rows)))}
    return rows[sorted(first.values())]


def _expected_maximum(count: int, dimensions: int) -> float:
    """The cosine of the nearest of *count* random directions, which a nearest work has to exceed.

    The maximum of *count* normal variables of variance 1 / *dimensions*, to first order.
    """
    return float(np.sqrt(2 * np.log(count) / dimensions))


def _expanded(query: Floats, found: Near, depth: int, least: float) -> Floats:
    """The query moved toward its works with a cosine above *least*; unchanged where there is none [dimensions]."""
    kept = int((found.cosines[:depth] > least).sum())
    if kept == 0 or not query.any():
        return query
    weights = np.exp((found.cosines[:kept] - found.cosines[0]) / SOFTNESS)
    # Few works have little weight, so that one stray work cannot carry a phrase away.
    share = WEIGHT * kept / (kept + 2)
    mean = weights @ found.vectors[:kept].astype(np.float64)
    return unit((1 - share) * query + share * mean / max(float(np.linalg.norm(mean)), 1e-12))
