"""Sharpening: the archive says in its own words what the learner said in a few (pseudo-relevance feedback).

The works nearest to a phrase lend it their vocabulary. Only works that stand out do, so that a focus on
which the archive has nothing stays as it was declared, and a nearly empty archive teaches nothing. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digest.judge.embedding import Floats
from digest.judge.focus import FocusModel, pulls
from digest.judge.relevance import RelevanceModel
from digest.judge.static_embedder import unit

#: Nearest works that may teach, how fast their say falls with the cosine that separates them from the
#: nearest, and their weight against the phrase itself; a plateau around these was measured on simulated
#: learners (20 to 40 works, 0.06 to 0.1, 0.5 to 0.7).
NEAREST = 30
SOFTNESS = 0.08
WEIGHT = 0.6
#: Of a small archive only the best hundredth teaches, and of fewer than this many works none:
#: the nearest of fifty works is no evidence of anything.
SHARE = 0.01
FEWEST = 200
#: Standard deviations above the reference texts from which a work stands out.
STANDS_OUT = 3.0


#: A phrase of the statement stands out from the archive as far as works come near to it. One that stands out less
#: than `CLEAR` of the clearest one counts less, down to `DIMMEST` at `DIM`: talk of oneself has no works.
CLEAR, DIM, DIMMEST = 0.9, 0.3, 0.3
#: How far the nearest works of a focus usually stand out, in standard deviations of the reference texts, how far a
#: difference to that is evened out, and by what factor at most.
USUAL = 10.0
EVENED = 0.75
SCALES = (0.75, 1.5)


@dataclass(slots=True)
class _Nearest:
    """The works nearest to one direction so far, best first."""

    vectors: Floats
    cosines: Floats

    def see(self, vectors: Floats, cosines: Floats) -> None:
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
    """Let the archive's nearest works sharpen every phrase; *archive* comes in chunks [works, dimensions].

    Works the learner disliked teach nothing. *size* says how many works the archive has where only those
    nearest by another model are given, as to the reranker.
    """
    directions = np.vstack([relevance_model.focus.centre, relevance_model.focus.vectors])
    width = directions.shape[1]
    nearest = [_Nearest(np.zeros((0, width), np.float32), np.zeros(0, np.float32)) for _ in directions]
    count = 0
    for chunk in archive:
        count += len(chunk)
        usable = chunk[~_same(chunk, disliked)] if disliked is not None and len(disliked) else chunk
        for found, cosines in zip(nearest, directions @ usable.T, strict=True):
            found.see(usable, cosines)
    count = count if size is None else size
    if count < FEWEST:
        return relevance_model
    focus, reference = relevance_model.focus, relevance_model.focus.reference
    clarity = _clarity(focus, nearest[1:])
    pulled = pulls(
        focus.phrases, focus.vectors, focus.whole, focus.mode, whole_share=focus.whole_share, clarity=clarity
    )
    centre = sum(pulled.values(), np.zeros(width, np.float32))
    directions = np.vstack([centre, focus.vectors])
    nearest[0] = _among(nearest, centre)
    most = max(1, min(NEAREST, round(SHARE * count)))
    sharpened = np.stack(
        [
            _moved(own, found, most, max(_stands_out(reference @ own), _by_chance(count, width)))
            for own, found in zip(directions, nearest, strict=True)
        ]
    )
    sharp = replace(relevance_model, centre=sharpened[0], vectors=sharpened[1:], clarity=clarity)
    return replace(sharp, scale=_scale(sharp, [n.vectors[:most] for n in nearest], most))


def _scale(relevance_model: RelevanceModel, nearest: Sequence[Floats], most: int) -> float:
    """By how much the works nearest to the focus stand out more, or less, than a focus's nearest usually do.

    A focus said in few sharp words reaches higher than one said in many: the unit evens that out, within bounds,
    so that a floor passes similar shares of either, and an archive that has nothing on the focus still passes none.
    """
    relevance = np.sort(relevance_model.relevance(np.unique(np.vstack(nearest), axis=0)))[-most:]
    return float(np.clip((max(float(relevance.mean()), 0) / USUAL) ** EVENED, *SCALES))


def _clarity(focus: FocusModel, nearest: Sequence[_Nearest]) -> Floats:
    """How clear each phrase is against the archive, 0 .. 1 [phrases]; topics and the project are meant as they stand."""
    usual = (focus.reference @ focus.vectors.T).mean(axis=0)
    stands = np.array([n.cosines.mean() for n in nearest]) - usual
    said = np.array([p.facet == "statement" for p in focus.phrases])
    best = max(float(stands[said].max()), 1e-3) if said.any() else 1.0
    share = np.clip((stands / best - DIM) / (CLEAR - DIM), DIMMEST, 1)
    return np.where(said, share, 1).astype(np.float32)


def _among(nearest: Sequence[_Nearest], direction: Floats) -> _Nearest:
    """The works nearest to a direction among those already found, each once."""
    vectors = np.unique(np.vstack([n.vectors for n in nearest]), axis=0)
    cosines = vectors @ direction
    order = np.argsort(-cosines, kind="stable")[:NEAREST]
    return _Nearest(vectors[order], cosines[order])


def _stands_out(usual: Floats) -> float:
    """The cosine from which a work stands out, given those of the reference texts."""
    return float(usual.mean() + STANDS_OUT * usual.std())


def _by_chance(count: int, dimensions: int) -> float:
    """The cosine that the nearest of *count* random directions has: to be the nearest of many says little.

    The maximum of *count* normal variables of variance 1 / *dimensions*, to first order.
    """
    return float(np.sqrt(2 * np.log(count) / dimensions))


def _moved(own: Floats, found: _Nearest, most: int, floor: float) -> Floats:
    """A direction moved toward the works nearer than *floor*; itself where none is."""
    kept = int((found.cosines[:most] > floor).sum())
    if kept == 0 or not own.any():
        return own
    say = np.exp((found.cosines[:kept] - found.cosines[0]) / SOFTNESS)
    # Few teachers have little say, so that one stray work cannot carry a phrase away.
    weight = WEIGHT * kept / (kept + 2)
    taught = unit(say @ found.vectors[:kept])
    return unit((1 - weight) * own + weight * taught)


def _same(vectors: Floats, others: Floats) -> NDArray[np.bool_]:
    """Whether each row is one of *others*, as far as float16 storage can tell."""
    same: NDArray[np.bool_] = (vectors @ others.T).max(axis=1) > 0.9995
    return same
