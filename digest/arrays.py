"""Arrays of numbers: their types, and vectors of length 1. Pure.

Docstrings give shapes in brackets: [items, dimensions].
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def normalised(vectors: Floats) -> Floats:
    """Rows at length 1 [n, dimensions]; rows that are zero or not finite become zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    good = np.isfinite(lengths) & (lengths > 1e-12)
    return np.where(good, vectors / np.where(good, lengths, 1), 0).astype(np.float32, copy=False)


def unit(vector: Floats) -> Floats:
    """One vector at length 1 [dimensions]; zero stays zero."""
    row: Floats = normalised(vector[None].astype(np.float32))[0]
    return row
