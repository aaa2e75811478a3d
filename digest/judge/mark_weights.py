"""Learning from marks: likes, saves and reads raise what is like them, dislikes lower it.

The declared focus is the prior and gives way gradually. An item without a mark says nothing. Marks are
kept as items, not as vectors, so that they carry over to another model. Pure.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from digest.judge.embedding import Floats
from digest.judge.logistic import fit_logistic
from digest.judge.relevance import RelevanceModel
from digest.judge.static_embedder import unit

#: What each mark says of an item. Reading it shows interest, liking or saving it says so.
MARK_VALUES = {"like": 1.0, "save": 1.0, "read": 0.5, "dislike": -1.0}
#: A mark says half as much after two years, and never less than a quarter: interests move, but not all at once.
MARK_HALF_LIFE = timedelta(days=730)
LEAST_OF_A_MARK = 0.25
#: Likes at which the focus and the marks weigh the same.
EVEN = 0.8
#: However many marks there are, the declared focus keeps a say: it may have changed yesterday.
MOST = 0.85
#: How much the nearest single like counts against the direction of all: who likes two things does not
#: want what lies between them.
NEAREST_LIKE = 0.17
#: Single likes that are compared with; more would cost time and add little.
MAX_LIKES = 100
#: A disliked item's pull away, against a liked one's toward; most of what is disliked is near the focus.
DISLIKE = 0.35

#: Logistic regression around the mean of the likes: precision of the prior, its length, and how much
#: all background together counts against one like.
_STRENGTH = 0.02
_PRIOR_LENGTH = 20.0
_BACKGROUND = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedItem:
    """Items the learner marked, embedded by the model in use."""

    #: [items, dimensions]
    vectors: Floats
    #: what each mark says, as in MARK_VALUES
    values: Floats


def mark_value(mark: str, marked_at: datetime, now: datetime) -> float:
    """What a mark says now, by its age; one from the future is as good as new."""
    age = max(now - marked_at, timedelta())
    return MARK_VALUES[mark] * max(float(0.5 ** (age / MARK_HALF_LIFE)), LEAST_OF_A_MARK)


def learn(relevance_model: RelevanceModel, marked: MarkedItem, *, background: Floats | None = None) -> RelevanceModel:
    """Learn from marks; *background* is a sample of the archive [items, dimensions], to learn against."""
    known = marked.vectors.any(axis=1) & (marked.values != 0)
    vectors, values = marked.vectors[known], marked.values[known]
    if not len(vectors) or (not relevance_model.focus.understood and not (values > 0).any()):
        return relevance_model
    likes, dislikes = float(values[values > 0].sum()), float(-values[values < 0].sum())
    direction = _direction(relevance_model, vectors, values)
    if background is not None and len(background) and likes:
        direction = _refined(direction, vectors, values, background)
    amount = likes + DISLIKE * dislikes
    weight = MOST * amount / (amount + EVEN) if relevance_model.focus.understood else 1.0
    liked = np.flatnonzero(values > 0)
    # The newest, which count the most.
    likes_apart = vectors[np.sort(liked[np.argsort(-values[liked], kind="stable")[:MAX_LIKES]])]
    share = NEAREST_LIKE if len(likes_apart) else 0.0
    learned = (1 - share) * _length(relevance_model.focus.reference @ direction, relevance_model) * direction
    if len(likes_apart):
        likes_apart = (
            share
            * _length((relevance_model.focus.reference @ likes_apart.T).max(axis=1), relevance_model)
            * likes_apart
        )
    return replace(
        relevance_model, learned=learned.astype(np.float32), likes=likes_apart.astype(np.float32), weight=weight
    )


def _direction(relevance_model: RelevanceModel, vectors: Floats, values: Floats) -> Floats:
    """The mean of what was liked, away from the mean of what was not [dimensions]."""
    liked, disliked = values > 0, values < 0
    toward = _mean(vectors[liked], values[liked]) if liked.any() else relevance_model.centre
    if not disliked.any():
        return toward
    return unit(toward - DISLIKE * _mean(vectors[disliked], -values[disliked]))


def _mean(vectors: Floats, values: Floats) -> Floats:
    return unit(values @ vectors)


def _refined(direction: Floats, vectors: Floats, values: Floats, background: Floats) -> Floats:
    """The direction that also tells the likes from the archive at large, by logistic regression around it.

    What stands unmarked is not disliked, so all of it together counts no more than the likes do.
    """
    rows = np.vstack([vectors, background])
    labels = np.concatenate([values > 0, np.zeros(len(background))]).astype(np.float32)
    share = _BACKGROUND * float(values[values > 0].sum()) / len(background)
    counts = np.concatenate([np.abs(values), np.full(len(background), share)]).astype(np.float32)
    found, _ = fit_logistic(rows, labels, strength=_STRENGTH, prior=_PRIOR_LENGTH * direction, counts=counts)
    return unit(found)


def _length(usual: Floats, relevance_model: RelevanceModel) -> float:
    """The factor at which cosines that spread as *usual* over the reference spread as the focus's, so that
    weights mean shares."""
    own, focus = float(usual.std()), float((relevance_model.focus.reference @ relevance_model.centre).std())
    return focus / own if own > 1e-3 and focus > 1e-3 else 1.0
