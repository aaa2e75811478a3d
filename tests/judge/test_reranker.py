"""A second model reads the best again."""

import numpy as np
import pytest

from digest.judge.reranker import DEPTH, best_rows, rerank_adjustment


def test_agreement_changes_no_order() -> None:
    """Two models of one mind order as either does."""
    first = np.random.default_rng(0).normal(5, 2, 50).astype(np.float32)
    combined = first + rerank_adjustment(first, 10 * first + 3)
    np.testing.assert_array_equal(np.argsort(combined), np.argsort(first))


def test_an_item_both_find_good_beats_what_only_one_does() -> None:
    """The combined order is between the two."""
    first = np.array([3.0, 2.8, 1.0, 0.5, 0.0, -1.0], np.float32)
    second = np.array([-1.0, 3.0, 0.0, 0.5, 0.0, -1.0], np.float32)
    assert np.argmax(first + rerank_adjustment(first, second)) == 1


def test_the_scale_stays_the_first_models() -> None:
    """The floor is in the first model's units, so mean and spread are kept."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(4, 2, (2, 300)).astype(np.float32)
    combined = first + rerank_adjustment(first, 100 * second)
    assert combined.mean() == pytest.approx(first.mean(), abs=1e-3)
    assert combined.std() == pytest.approx(first.std(), abs=1e-3)


def test_as_many_pass_a_floor_as_before() -> None:
    """Two models that disagree do not empty a week: the best is as far above the floor as it was."""
    rng = np.random.default_rng(1)
    first = rng.standard_t(3, 400).astype(np.float32)
    combined = first + rerank_adjustment(first, rng.normal(size=400).astype(np.float32))
    for floor in (0.0, 2.0, 4.0):
        assert (combined >= floor - 1e-5).sum() == (first >= floor).sum()


def test_silence_changes_nothing() -> None:
    """A model that finds all alike, or too few items, changes no order."""
    first = np.arange(10, dtype=np.float32)
    assert not rerank_adjustment(first, np.ones(10, np.float32)).any()
    assert not rerank_adjustment(first[:2], first[:2][::-1]).any()


def test_only_the_best_are_asked_about() -> None:
    """A transformer is slow; the rest is not read."""
    relevance = np.random.default_rng(0).normal(size=5 * DEPTH).astype(np.float32)
    rows = best_rows(relevance)
    assert len(rows) == DEPTH
    assert relevance[rows].min() >= np.delete(relevance, rows).max()
