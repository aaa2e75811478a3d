"""Arrays of numbers: their types, and vectors of length 1. Pure.

Docstrings give shapes in brackets: [items, dimensions].
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
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


#: Decimals to which what the judge says of an item is rounded.
DECIMALS = 6
#: Rows turned to float64 at once: 2 MB at 256 dimensions, which stay in the processor's cache.
_ROWS = 1024


def in_doubles(vectors: Floats) -> Iterator[tuple[slice, Doubles]]:
    """Blocks of rows in float64, each with its place.

    What is computed of them and then rounded does not depend on how many rows there are beside one: in float32
    a product's last digits do.
    """
    for start in range(0, len(vectors), _ROWS):
        place = slice(start, start + _ROWS)
        yield place, vectors[place].astype(np.float64)
