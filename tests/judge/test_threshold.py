"""What is good enough to be kept."""

import numpy as np

from digest.judge.threshold import FLOOR, cutoff


def test_a_good_week_is_cut_by_its_quantile() -> None:
    """When everything matches, the best share is kept."""
    relevance = np.linspace(FLOOR + 1, FLOOR + 5, 1000, dtype=np.float32)
    assert np.mean(relevance >= cutoff(relevance, keep=0.03)) == 0.03


def test_a_poor_week_is_cut_by_the_floor() -> None:
    """When nothing matches, nothing is kept: a short digest, never padding."""
    relevance = np.linspace(-2, FLOOR - 0.1, 1000, dtype=np.float32)
    assert not np.any(relevance >= cutoff(relevance, keep=0.03))


def test_an_empty_week_has_the_floor() -> None:
    """Without items there is no quantile."""
    assert cutoff(np.zeros(0, np.float32), keep=0.03) == FLOOR
