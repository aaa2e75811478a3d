"""Logistic regression with a prior."""

import numpy as np
import pytest

from digest.judge.logistic import fit_logistic, sigmoid


def separable(count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(1).normal(size=(count, 3)).astype(np.float32)
    return rows, (rows[:, 0] > 0.3).astype(np.float32)


def test_finds_what_separates() -> None:
    """The informative direction has the weight, and the bias is where the border is."""
    rows, labels = separable()
    weights, bias = fit_logistic(rows, labels, strength=0.01)
    assert weights[0] > 10 * np.abs(weights[1:]).max()
    assert -bias / weights[0] == pytest.approx(0.3, abs=0.1)


def test_is_at_the_optimum() -> None:
    """At the solution the slope of the penalized loss vanishes."""
    rows, labels = separable()
    weights, bias = fit_logistic(rows, labels, strength=1.0)
    slope = rows.T @ (sigmoid(rows @ weights + bias) - labels) + weights
    np.testing.assert_allclose(slope, 0, atol=1e-3)


def test_a_strong_prior_stays_where_it_is() -> None:
    """With nearly no say for the data the answer is the prior."""
    rows, labels = separable()
    prior = np.array([0, 2, 0], np.float32)
    weights, _ = fit_logistic(rows, labels, strength=1e7, prior=prior)
    np.testing.assert_allclose(weights, prior, atol=1e-3)


def test_counts_are_repetitions() -> None:
    """A row that counts twice is a row that is there twice."""
    rows, labels = separable(50)
    twice = fit_logistic(np.vstack([rows, rows]), np.tile(labels, 2), strength=1.0)
    counted = fit_logistic(rows, labels, strength=1.0, counts=np.full(50, 2, np.float32))
    np.testing.assert_allclose(twice[0], counted[0], atol=1e-4)


def test_perfect_separation_stays_finite() -> None:
    """One example a side is no reason to run off to infinity."""
    weights, bias = fit_logistic(np.eye(2, dtype=np.float32), np.array([1, 0], np.float32), strength=1e-3)
    assert np.isfinite([*weights, bias]).all()


def test_sigmoid_does_not_overflow() -> None:
    """Extreme logits are 0 and 1."""
    np.testing.assert_array_equal(sigmoid(np.array([-1e5, 0, 1e5])), [0, 0.5, 1])
