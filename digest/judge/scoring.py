"""Scores as columns: from item vectors to relevance, lean and the score that orders a digest. Pure.

Every contribution keeps its name, and the named parts add up to the score. All is vectorised over a batch
of any size, so that an archive of a million items passes through in chunks.
"""

from dataclasses import dataclass

import numpy as np

from digest.arrays import DECIMALS, Flags, Floats
from digest.judge.lean import LeanModel
from digest.judge.relevance import RelevanceModel, RelevanceReader

#: Parts that make up relevance; the others are added on top of it for the score.
RELEVANCE_PARTS = ("statement", "topics", "project", "sharpening", "marks", "avoid", "reranker")
#: All parts of a score.
PARTS = (*RELEVANCE_PARTS, "freshness", "source", "prefer")

#: In standard deviations of relevance. Within one week these only break ties: a matching and a middling paper
#: lie two apart.
FRESHNESS = 0.25
HALF_LIFE = 14.0  # days; two issues later an item's freshness is halved
UNKNOWN_AGE = 30.0  # days; an item without a date is no news
SOURCE_WEIGHT = 0.5
PREFERRED_BONUS = 0.35
#: Pseudo-counts of the Beta prior over a source's likes and dislikes: as firm as four marks, so that one
#: dislike is not a verdict on a source.
PSEUDO_COUNT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Items as columns, one row each."""

    #: [items, dimensions], rows L2-normalised or zero
    vectors: Floats
    #: days since publication [items]; nan where unknown
    ages: Floats
    #: the prior of each item's source, 0 .. 1 [items]; 0.5 for a source without marks
    source_priors: Floats
    #: whether it comes with what focus.prefer asks for [items]; None: nothing is preferred
    preferred: Flags | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """A scored batch, every column [items]."""

    relevance: Floats
    lean: Floats
    score: Floats
    #: contributions by name; they add up to `score`
    parts: dict[str, Floats]


def score_batch(relevance_model: RelevanceModel, lean: LeanModel, batch: Batch) -> Scores:
    """Score a batch of items."""
    return score_leaning(relevance_model, lean.probability(batch.vectors), batch)


def score_leaning(relevance_model: RelevanceModel | RelevanceReader, leans: Floats, batch: Batch) -> Scores:
    """The same where their leans [items] are known, which are everybody's."""
    parts = relevance_model.parts(batch.vectors)
    parts["freshness"] = freshness(batch.ages)
    parts["source"] = (SOURCE_WEIGHT * (2 * batch.source_priors - 1)).astype(np.float32)
    if batch.preferred is not None:
        parts["prefer"] = (PREFERRED_BONUS * batch.preferred).astype(np.float32)
    return _total(parts, leans)


def freshness(ages: Floats) -> Floats:
    """The bonus of each item for being new [items]; ages in days, nan where unknown."""
    days = np.maximum(np.where(np.isnan(ages), UNKNOWN_AGE, ages), 0).astype(np.float64)
    return (FRESHNESS * 0.5 ** (days / HALF_LIFE)).round(DECIMALS).astype(np.float32)


def source_prior(good: float, bad: float) -> float:
    """Expected share of a source's marked items that are liked, 0 .. 1; 0.5 where none is marked.

    The mean of a Beta posterior. *good* sums the values of likes, saves and reads (`mark_weights.MARK_VALUES`),
    *bad* those of dislikes.
    """
    return (good + PSEUDO_COUNT) / (good + bad + 2 * PSEUDO_COUNT)


def weighted_prior(prior: float, weight: float) -> float:
    """The prior after the learner's own weight for the source, which multiplies its odds; 1 changes nothing."""
    return prior * weight / (prior * weight + 1 - prior)


def with_reranking(scores: Scores, adjustment: Floats) -> Scores:
    """The scores after the reranker read some of the items; *adjustment* [items] is nan for the others."""
    parts = {**scores.parts, "reranker": np.nan_to_num(adjustment).astype(np.float32)}
    return _total(parts, scores.lean)


def _total(parts: dict[str, Floats], lean: Floats) -> Scores:
    nothing = np.zeros_like(lean)
    relevance = sum((column for name, column in parts.items() if name in RELEVANCE_PARTS), nothing)
    score = sum((column for name, column in parts.items() if name not in RELEVANCE_PARTS), relevance)
    return Scores(relevance=relevance, lean=lean, score=score, parts=parts)
