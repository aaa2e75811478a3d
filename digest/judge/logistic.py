"""Logistic regression with a Gaussian prior: the MAP estimate by Newton's method (IRLS). Small, exact, deterministic.

As in Bishop, "Pattern Recognition and Machine Learning" (2006), section 4.3.3. Pure.
"""

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats

#: Newton's method doubles its correct digits each step; well-posed problems take about 8.
_STEPS = 30


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    """1 / (1 + exp(-x)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))


def fit_logistic(
    vectors: Floats,
    labels: Floats,
    *,
    strength: float,
    prior: Floats | None = None,
    counts: Floats | None = None,
) -> tuple[Floats, float]:
    """Weights [dimensions] and bias that best tell rows with label 1 from rows with label 0.

    *vectors* is [rows, dimensions], *labels* [rows]. *strength* is the precision of the Gaussian prior around
    *prior* [dimensions] (default: zero); the bias is free. *counts* [rows] weights the rows.
    """
    single = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)]).astype(np.float32, copy=False)
    rows = single.astype(np.float64)
    centre = np.append(np.zeros(vectors.shape[1]) if prior is None else prior, 0.0).astype(np.float64)
    precision = np.append(np.full(vectors.shape[1], strength), 1e-6)
    weight = np.ones(len(rows)) if counts is None else counts.astype(np.float64)
    found = centre.copy()
    for _ in range(_STEPS):
        probability = sigmoid(rows @ found)
        gradient = rows.T @ (weight * (probability - labels)) + precision * (found - centre)
        # The gradient says where the maximum is, the Hessian only how fast one comes there: float32 is enough for it.
        curved = single * np.sqrt(weight * probability * (1 - probability) + 1e-9).astype(np.float32)[:, None]
        step = np.linalg.solve((curved.T @ curved).astype(np.float64) + np.diag(precision), gradient)
        found -= step * min(1.0, 10 / max(float(np.linalg.norm(step)), 1e-12))
        if float(np.abs(step).max()) < 1e-7:
            break
    return found[:-1].astype(np.float32), float(found[-1])
