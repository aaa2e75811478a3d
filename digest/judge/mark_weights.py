"""Learning from marks: likes, saves and reads raise items like them, dislikes lower them. Pure.

The declared focus is the prior and gives way gradually. An item without a mark says nothing. Marks are stored
with items rather than vectors, so they carry over to another model. The learned direction is Rocchio's (1971):
the mean of the liked items, away from the mean of the disliked ones; a logistic regression refines it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from digest.arrays import Floats, unit
from digest.judge.logistic import fit_logistic
from digest.judge.relevance import RelevanceModel
from digest.records import MarkKind

#: The weight of each mark. Reading an item shows interest; a like or a save states it.
MARK_VALUES: dict[str, float] = {MarkKind.LIKE: 1.0, MarkKind.SAVE: 1.0, MarkKind.READ: 0.5, MarkKind.DISLIKE: -1.0}
#: A mark counts half after two years, and never less than a quarter: interests move, but not all at once.
MARK_HALF_LIFE = timedelta(days=730)
LEAST_OF_A_MARK = 0.25
#: Likes at which the marks reach half of `MOST_WEIGHT`.
HALF_WEIGHT_AT = 0.8
#: However many marks there are, the declared focus keeps some weight: it may have changed yesterday.
MOST_WEIGHT = 0.85
#: Weight of the nearest single like against the direction of all: a learner who likes two things does not
#: want what lies between them.
NEAREST_LIKE = 0.17
#: Single likes to compare with; more would cost time and add little.
MAX_LIKES = 100
#: Weight of the disliked items' mean against the liked items' mean; most of what is disliked is near the focus.
DISLIKE_WEIGHT = 0.35

#: The logistic regression around the Rocchio direction: precision of its prior, the prior's length, and the weight
#: of the whole background against that of the likes.
_STRENGTH = 0.02
_PRIOR_LENGTH = 20.0
_BACKGROUND = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedItems:
    """Items the learner marked, embedded by the model in use."""

    #: [items, dimensions]
    vectors: Floats
    #: the weight of each mark, as `mark_value` gives it [items]
    values: Floats


def mark_value(mark: str, marked_at: datetime, now: datetime) -> float:
    """The weight of a mark at its present age; a mark from the future is as good as new."""
    age = max(now - marked_at, timedelta())
    return MARK_VALUES[mark] * max(float(0.5 ** (age / MARK_HALF_LIFE)), LEAST_OF_A_MARK)


def learn(
    relevance_model: RelevanceModel,
    marked: MarkedItems,
    *,
    background: Floats | None = None,
    direction: Floats | None = None,
) -> RelevanceModel:
    """The model after learning from marks; *background* [items, dimensions] is a sample of the archive.

    *direction* is what `liked_direction` found of the same marks, where that is known.
    """
    known = marked.vectors.any(axis=1) & (marked.values != 0)
    vectors, values = marked.vectors[known], marked.values[known]
    understood = relevance_model.focus.understood
    if not len(vectors) or (not understood and not (values > 0).any()):
        return relevance_model
    likes, dislikes = float(values[values > 0].sum()), float(-values[values < 0].sum())
    if direction is None or not likes:
        direction = _rocchio(relevance_model.query, vectors, values)
        if background is not None and len(background) and likes:
            direction = _refined(direction, vectors, values, background)
    amount = likes + DISLIKE_WEIGHT * dislikes
    singles = _newest_likes(vectors, values)
    share = NEAREST_LIKE if len(singles) else 0.0
    reference = relevance_model.focus.reference
    learned = (1 - share) * _matching_scale(reference @ direction, relevance_model) * direction
    if len(singles):
        singles = share * _matching_scale((reference @ singles.T).max(axis=1), relevance_model) * singles
    return replace(
        relevance_model,
        learned=learned.astype(np.float32),
        likes=singles.astype(np.float32),
        weight=MOST_WEIGHT * amount / (amount + HALF_WEIGHT_AT) if understood else 1.0,
    )


def liked_direction(marked: MarkedItems, background: Floats) -> Floats | None:
    """What likes and dislikes teach under any focus [dimensions]; None without a like.

    It is most of the time that `learn` takes.
    """
    known = marked.vectors.any(axis=1) & (marked.values != 0)
    vectors, values = marked.vectors[known], marked.values[known]
    if not (values > 0).any() or not len(background):
        return None
    return _refined(_rocchio(np.zeros_like(vectors[0]), vectors, values), vectors, values, background)


def _newest_likes(vectors: Floats, values: Floats) -> Floats:
    """The liked items with the greatest weights, which are the newest [likes, dimensions]."""
    liked = np.flatnonzero(values > 0)
    return vectors[np.sort(liked[np.argsort(-values[liked], kind="stable")[:MAX_LIKES]])]


def _rocchio(query: Floats, vectors: Floats, values: Floats) -> Floats:
    """The mean of what was liked, or the *query* where nothing was, away from the mean of what was not [dimensions]."""
    liked, disliked = values > 0, values < 0
    toward = unit(values[liked] @ vectors[liked]) if liked.any() else query
    if not disliked.any():
        return toward
    return unit(toward - DISLIKE_WEIGHT * unit(-values[disliked] @ vectors[disliked]))


def _refined(direction: Floats, vectors: Floats, values: Floats, background: Floats) -> Floats:
    """The direction that also separates the likes from the archive, by a logistic regression around it [dimensions].

    An unmarked work is not disliked, so all of them together count no more than the likes do.
    """
    rows = np.vstack([vectors, background])
    labels = np.concatenate([values > 0, np.zeros(len(background))]).astype(np.float32)
    share = _BACKGROUND * float(values[values > 0].sum()) / len(background)
    counts = np.concatenate([np.abs(values), np.full(len(background), share)]).astype(np.float32)
    found, _ = fit_logistic(rows, labels, strength=_STRENGTH, prior=_PRIOR_LENGTH * direction, counts=counts)
    return unit(found)


def _matching_scale(usual: Floats, relevance_model: RelevanceModel) -> float:
    """The factor that gives the cosines *usual* [texts] the focus's deviation over the reference texts.

    With it the weights of focus and marks mean shares.
    """
    own, focus = float(usual.std()), float((relevance_model.focus.reference @ relevance_model.query).std())
    return focus / own if own > 1e-3 and focus > 1e-3 else 1.0
