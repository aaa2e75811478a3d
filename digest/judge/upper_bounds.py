"""The most that an item can score, as the greatest of a few products. Pure.

Relevance is a sum of two maxima, over phrases and over likes, less what avoided phrases cost. The focus as a whole,
one phrase and what marks taught fold into one direction each. What does not fold is bounded: a like by its length,
an avoided phrase by zero. So an item whose products are all below a threshold need not be scored.
"""

from dataclasses import dataclass

import numpy as np

from digest.arrays import Floats
from digest.judge.relevance import RelevanceReader
from digest.judge.scoring import freshness

#: Columns beside an item's vector: whether it has one, and its freshness.
BESIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An item scores at most its greatest product with *directions* [directions, dimensions + BESIDE], and *rest*."""

    directions: Floats
    rest: float = 0.0
    #: single likes, whose greatest product is at most *rest* [likes, dimensions + BESIDE]
    likes: Floats | None = None

    def of(self, items: Floats) -> Floats:
        """The bound on each item [items]: tighter, for it compares the item with every like."""
        most: Floats = (items @ self.directions.T).max(axis=1)
        return most if self.likes is None else most + (items @ self.likes.T).max(axis=1)


def bound(reader: RelevanceReader) -> Bound:
    """The bound on relevance and freshness."""
    model, weight, share = reader.model, reader.model.weight, reader.share
    if not model.focus.understood:
        return Bound(directions=np.eye(1, len(model.query) + BESIDE, len(model.query) + 1, np.float32))
    # Phrases that do not count are one with the focus as a whole.
    clear = reader.clear[reader.clear > 0]
    phrases, usual = model.phrase_vectors[reader.clear > 0], reader.usual_phrases()[reader.clear > 0]
    if len(clear) < len(reader.clear) or not len(clear):
        clear, phrases, usual = np.append(clear, 0), np.vstack([phrases, model.query]), np.append(usual, 0)
    rows = len(clear)
    matched = (1 - share) * model.query.astype(np.float64) + share * clear[:, None] * phrases
    learned = model.learned.astype(np.float64)
    single = len(model.likes) == 1
    if single:
        learned = learned + model.likes[0]
    directions = np.empty((rows, matched.shape[1] + BESIDE))
    directions[:, :-BESIDE] = ((1 - weight) * matched + weight * learned) / reader.unit
    directions[:, -BESIDE] = (-(1 - weight) * share * clear * usual - float(reader.zeros.sum())) / reader.unit
    directions[:, -1] = 1
    if single or not len(model.likes):
        return Bound(directions=directions.astype(np.float32))
    likes = np.zeros((len(model.likes), directions.shape[1]), np.float32)
    likes[:, :-BESIDE] = weight * model.likes / reader.unit
    rest = float(np.linalg.norm(likes, axis=1).max())
    return Bound(directions=directions.astype(np.float32), rest=rest, likes=likes)


def beside(vectors: Floats, ages: Floats) -> Floats:
    """Items [items, dimensions + BESIDE] as the directions take them."""
    return np.column_stack([vectors, vectors.any(axis=1), freshness(ages)]).astype(np.float32, copy=False)
