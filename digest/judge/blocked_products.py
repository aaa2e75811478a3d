"""The products of many directions and many items, in blocks that stay in the processor's cache. Pure.

Of all products only those above a threshold of their direction are taken up. The threshold rises with what was found,
so that after the first blocks nearly all that is left is the matrix product itself (as in Buckley and Lewit 1985,
"Optimization of inverted vector searches", with products in the place of postings).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Flags, Floats

Rows = NDArray[np.intp]

#: Directions and items of a block; their products are 4 MB.
_DIRECTIONS = 1024
_PRODUCTS = 1 << 19
#: A block of which more than this share is above its thresholds sets them first by itself.
_MANY = 0.02


def above(directions: Floats, vectors: Floats, least: Floats) -> Iterator[tuple[Rows, Rows]]:
    """Directions and items whose products are at least *least* [directions], block by block."""
    for block, start, products in _blocks(directions, vectors):
        found, items = _places(products >= least[block, None])
        yield found + block.start, items + start


def greatest(directions: Floats, vectors: Floats, least: Floats, keep: int, slack: float) -> tuple[Rows, Rows]:
    """The pairs whose products are among each direction's *keep* greatest and at least *least* [directions].

    Both minus *slack*, which covers what float32 rounds away: a few pairs more than wanted, none fewer.
    """
    pairs: list[tuple[Rows, Rows, Floats]] = []
    rising, best = least.copy(), np.full((len(directions), keep), -np.inf, np.float32)
    for block, start, products in _blocks(directions, vectors):
        flags = products >= rising[block, None]
        if np.count_nonzero(flags) > _MANY * products.size and products.shape[1] > keep:
            own = np.partition(products, products.shape[1] - keep, axis=1)[:, -keep]
            flags = products >= np.maximum(rising[block], own - slack)[:, None]
        found, items = _places(flags)
        if len(found):
            values = products[found, items]
            _raise(best[block], found, values)
            np.maximum(rising[block], best[block, 0] - slack, out=rising[block])
            pairs.append((found + block.start, items + start, values))
    if not pairs:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    found, items, values = (np.concatenate(column) for column in zip(*pairs, strict=True))
    kept = values >= rising[found]
    return found[kept], items[kept]


def _blocks(directions: Floats, vectors: Floats) -> Iterator[tuple[slice, int, Floats]]:
    """Directions, the first item, and their products [directions, items], which the next block overwrites."""
    held = np.empty(max(_PRODUCTS, min(len(directions), _DIRECTIONS)), np.float32)
    for first in range(0, len(directions), _DIRECTIONS):
        block = slice(first, min(first + _DIRECTIONS, len(directions)))
        own = directions[block]
        width = _PRODUCTS // len(own)
        for start in range(0, len(vectors), width):
            some = vectors[start : start + width]
            products = held[: len(own) * len(some)].reshape(len(own), len(some))
            np.matmul(own, some.T, out=products)
            yield block, start, products


def _places(flags: Flags) -> tuple[Rows, Rows]:
    """The rows and columns of the set ones, in order."""
    rows, columns = np.divmod(np.flatnonzero(flags.ravel()), flags.shape[1])
    return rows, columns


def _raise(best: Floats, rows: Rows, values: Floats) -> None:
    """Put new values into each row's greatest [rows, keep], of which the first is the least; *rows* ascend."""
    hit, starts, counts = np.unique(rows, return_index=True, return_counts=True)
    width, keep = int(counts.max()), best.shape[1]
    both = np.full((len(hit), keep + width), -np.inf, np.float32)
    both[:, :keep] = best[hit]
    place = np.arange(len(rows)) - np.repeat(starts, counts)
    both[np.repeat(np.arange(len(hit)), counts), keep + place] = values
    best[hit] = np.partition(both, width, axis=1)[:, width:]
