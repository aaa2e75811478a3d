"""Scores, column by column: from item vectors to relevance, lean and the order they are shown in.

Relevance is counted in standard deviations above the reference texts, so that the same number
means the same under another focus or model. Every contribution keeps its name, and the named
parts add up to the score. Pure and vectorised; a batch of any size, so that an archive of a
million items passes through in chunks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.judge.embedding import Floats
from digest.judge.lean import LeanModel
from digest.judge.relevance import RelevanceModel

#: Parts that make up relevance; the others are added on top of it for the score.
RELEVANCE_PARTS = ("statement", "topics", "project", "sharpening", "marks", "avoid", "reranker")

#: In standard deviations of relevance. Within one week they break ties and no more: between a
#: matching and a middling paper lie two of them.
FRESHNESS = 0.25
HALF_LIFE = 14.0  # days; two issues later an item's freshness is halved
UNKNOWN_AGE = 30.0  # days; an item without a date is no news
TRUST = 0.5
PREFER = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Items as columns, one row each."""

    #: [items, dimensions], rows L2-normalised or zero
    vectors: Floats
    #: days since publication; nan where unknown
    ages: Floats
    #: how far the item's source is trusted, 0 .. 1; 0.5 is a source nobody marked
    trust: Floats
    #: whether it comes with what focus.prefer asks for; None: nothing is preferred
    preferred: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What came of a batch, column by column."""

    relevance: Floats
    lean: Floats
    score: Floats
    #: contributions by name [items]; they add up to `score`
    parts: dict[str, Floats]


def score_batch(relevance_model: RelevanceModel, lean: LeanModel, batch: Batch) -> Scores:
    """Score a batch of items."""
    parts = relevance_model.parts(batch.vectors)
    parts["freshness"] = freshness(batch.ages)
    parts["source"] = (TRUST * (2 * batch.trust - 1)).astype(np.float32)
    if batch.preferred is not None:
        parts["prefer"] = (PREFER * batch.preferred).astype(np.float32)
    return _total(parts, lean.probability(batch.vectors))


def freshness(ages: Floats) -> Floats:
    """The bonus of each item for being new; ages in days, nan where unknown."""
    days = np.clip(np.nan_to_num(ages, nan=UNKNOWN_AGE), 0, None)
    return (FRESHNESS * 0.5 ** (days / HALF_LIFE)).astype(np.float32)


def with_reranking(scores: Scores, added: Floats) -> Scores:
    """The same scores after a second model read some of the items; *added* goes to relevance, nan for the others."""
    parts = {**scores.parts, "reranker": np.nan_to_num(added).astype(np.float32)}
    return _total(parts, scores.lean)


def _total(parts: dict[str, Floats], lean: Floats) -> Scores:
    nothing = np.zeros_like(lean)
    relevance = sum((column for name, column in parts.items() if name in RELEVANCE_PARTS), nothing)
    score = sum((column for name, column in parts.items() if name not in RELEVANCE_PARTS), relevance)
    return Scores(relevance=relevance, lean=lean, score=score, parts=parts)
