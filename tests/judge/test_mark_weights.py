"""Marks fade with their age, and what two of them teach follows."""

from datetime import timedelta

import numpy as np
import pytest

from digest.arrays import normalised
from digest.judge.embedding import Embedder
from digest.judge.focus import read_focus
from digest.judge.mark_weights import (
    LEAST_OF_A_MARK,
    MARK_HALF_LIFE,
    MARK_VALUES,
    MAX_LIKES,
    MarkedItems,
    learn,
    liked_direction,
    mark_value,
)
from digest.judge.relevance import declared_only
from tests.make import DAY, NOW, focus


@pytest.mark.parametrize(("mark", "value"), MARK_VALUES.items())
def test_a_mark_of_today_says_all_it_can(mark: str, value: float) -> None:
    """As does one whose clock ran ahead."""
    assert mark_value(mark, NOW, NOW) == mark_value(mark, NOW + 40 * DAY, NOW) == value


@pytest.mark.parametrize("mark", MARK_VALUES)
def test_a_mark_says_half_after_its_half_life_and_never_less_than_the_least(mark: str) -> None:
    """A like of five years ago weighs less than one of last month, and still counts."""
    half, old, older = (mark_value(mark, NOW - times * MARK_HALF_LIFE, NOW) for times in (1, 3, 30))

    assert half == MARK_VALUES[mark] / 2
    assert old == older == MARK_VALUES[mark] * LEAST_OF_A_MARK
    month, years = (mark_value(mark, NOW - timedelta(days=days), NOW) for days in (30, 5 * 365))
    assert abs(month) > abs(years) > 0


def test_the_newer_like_leads(bundled: Embedder) -> None:
    """Of two likes that pull apart, the one that says more moves the taste further."""
    texts = ["Segmenting street scenes from camera images", "Predicting cryptocurrency prices with recurrent networks"]
    vectors = bundled.encode(texts)
    plain = declared_only(read_focus(focus(), bundled))

    relevance_model = learn(plain, MarkedItems(vectors=vectors, values=np.array([1.0, 0.25], np.float32)))
    gained = relevance_model.relevance(vectors) - plain.relevance(vectors)

    assert gained[0] > gained[1] + 1


def test_of_many_likes_the_newest_are_compared_with_one_by_one(bundled: Embedder) -> None:
    """An import of hundreds would push out what was liked last week, if their place in the archive decided."""
    rng = np.random.default_rng(0)
    vectors = normalised(rng.normal(size=(MAX_LIKES + 50, bundled.dimensions)).astype(np.float32))
    values = np.linspace(1, 0.25, len(vectors), dtype=np.float32)

    relevance_model = learn(declared_only(read_focus(focus(), bundled)), MarkedItems(vectors=vectors, values=values))
    nearest = (normalised(relevance_model.likes) @ vectors.T).max(axis=0)

    assert nearest[:MAX_LIKES].min() > 0.999
    assert nearest[MAX_LIKES:].max() < 0.999


def test_what_likes_teach_can_be_found_once_for_any_focus(bundled: Embedder) -> None:
    """The same model as when it is found each time; without a like there is nothing to find."""
    vectors = bundled.encode(["Segmenting street scenes from images", "Predicting prices", "Serving language models"])
    marked = MarkedItems(vectors=vectors[:2], values=np.array([1.0, -1.0], np.float32))
    plain = declared_only(read_focus(focus(), bundled))

    direction = liked_direction(marked, vectors[2:])
    known = learn(plain, marked, background=vectors[2:], direction=direction)

    assert known.learned == pytest.approx(learn(plain, marked, background=vectors[2:]).learned)
    assert liked_direction(MarkedItems(vectors=vectors[:1], values=-np.ones(1, np.float32)), vectors[2:]) is None
