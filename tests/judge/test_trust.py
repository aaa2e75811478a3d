"""Sources earn trust slowly."""

import pytest

from digest.judge.trust import source_trust, weighted


def test_a_source_nobody_marked_is_neither_trusted_nor_distrusted() -> None:
    """Half is where everyone starts."""
    assert source_trust(0, 0) == 0.5


def test_one_mark_is_no_verdict() -> None:
    """The prior is firmer than a single mark."""
    assert 0.5 < source_trust(1, 0) < 0.65
    assert 0.35 < source_trust(0, 1) < 0.5


def test_many_marks_are() -> None:
    """In the end the share of likes counts."""
    assert source_trust(80, 20) == pytest.approx(0.8, abs=0.02)


def test_a_weight_multiplies_the_odds() -> None:
    """1 changes nothing, more raises, less lowers, and trust stays a share."""
    assert weighted(0.5, 1.0) == 0.5
    assert weighted(0.5, 3.0) == pytest.approx(0.75)
    assert weighted(0.5, 1 / 3) == pytest.approx(0.25)
    assert 0 < weighted(0.9, 10.0) < 1
