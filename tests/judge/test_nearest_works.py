"""The works nearest to many learners' phrases: the same whatever the archive is cut into."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.arrays import normalised
from digest.judge.embedding import Embedder
from digest.judge.item_columns import ItemColumns
from digest.judge.nearest_works import NEAREST, SPARE, Near, NearestWorks, nearest_in
from tests.judge import crowd

COUNT = 12


@pytest.fixture(name="pool", scope="module")
def _pool(bundled: Embedder) -> ItemColumns:
    return crowd.items(bundled, 2_000)


def found(bundled: Embedder, pool: ItemColumns, cuts: Sequence[Sequence[int]]) -> NearestWorks:
    nearest = NearestWorks(crowd.focuses(bundled, COUNT), crowd.disliked(pool, COUNT))
    for rows in cuts:
        nearest.add(pool.vectors[list(rows)], pool.item_ids[list(rows)])
    return nearest


def same(one: Sequence[Near], other: Sequence[Near]) -> None:
    for mine, theirs in zip(one, other, strict=True):
        assert mine.names.tolist() == theirs.names.tolist()
        np.testing.assert_array_equal(mine.cosines, theirs.cosines)
        np.testing.assert_array_equal(mine.vectors, theirs.vectors)


def test_they_are_the_nearest(bundled: Embedder, pool: ItemColumns) -> None:
    """Each phrase's, by cosine and then id, without what the learner disliked."""
    nearest = found(bundled, pool, [range(len(pool))])
    disliked = crowd.disliked(pool, COUNT)

    for number, focus in enumerate(crowd.focuses(bundled, COUNT)):
        usable = ~np.asarray((pool.vectors @ disliked[number].T > 0.9995).any(axis=1))
        for phrase, near in zip([focus.query, *focus.vectors], nearest.of(number), strict=True):
            cosines = (pool.vectors.astype(np.float64) @ phrase.astype(np.float64)).round(9)
            order = [row for row in np.lexsort((pool.item_ids, -cosines)).tolist() if usable[row]][:NEAREST]
            assert near.names.tolist() == (pool.item_ids[order].tolist() if phrase.any() else [])
            np.testing.assert_allclose(near.cosines, cosines[order] if phrase.any() else [], atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 2_000), max_size=6))
def test_chunks_and_their_order_do_not_matter(bundled: Embedder, seed: int, bounds: list[int]) -> None:
    """To the last bit, duplicates included: ties go by id."""
    pool = crowd.items(bundled, 2_000)
    order = np.random.default_rng(seed).permutation(len(pool)).tolist()
    ends = [0, *sorted(bounds), len(pool)]
    cut = [order[start:end] for start, end in pairwise(ends)]

    whole, pieces = found(bundled, pool, [range(len(pool))]), found(bundled, pool, cut)

    assert pieces.count == whole.count
    for number in range(COUNT):
        same(pieces.of(number), whole.of(number))


def test_merged_parts_are_the_whole(bundled: Embedder, pool: ItemColumns) -> None:
    """Workers see a part of the archive each, in any order."""
    whole = found(bundled, pool, [range(len(pool))])
    parts = [found(bundled, pool, [range(start, min(start + 700, len(pool)))]) for start in range(0, len(pool), 700)]
    merged = found(bundled, pool, [])

    for part in reversed(parts):
        merged.merge(part.count, part.pairs)

    assert merged.count == len(pool)
    for number in range(COUNT):
        same(merged.of(number), whole.of(number))


def test_a_learner_alone_finds_the_same(bundled: Embedder, pool: ItemColumns) -> None:
    """There is one mechanism, for one learner and for thousands."""
    together = found(bundled, pool, [range(len(pool))])
    disliked = crowd.disliked(pool, COUNT)

    for number, focus in enumerate(crowd.focuses(bundled, COUNT)):
        alone = nearest_in([pool.vectors[:900], pool.vectors[900:]], focus, disliked[number]).of(0)
        for mine, theirs in zip(alone, together.of(number), strict=True):
            np.testing.assert_array_equal(mine.cosines, theirs.cosines)


def test_many_copies_of_what_was_disliked_leave_the_rest(bundled: Embedder) -> None:
    """However often a text came in, thirty others are found."""
    focus = crowd.focuses(bundled, 1)[0]
    noise = np.random.default_rng(1).standard_normal((3 * NEAREST, bundled.dimensions)).astype(np.float32)
    others = normalised(focus.query + np.float32(0.02) * noise)
    copies = np.repeat(focus.query[None], 5 * (NEAREST + SPARE), axis=0)

    near = nearest_in([np.vstack([copies, others])], focus, focus.query[None]).of(0)[0]
    expected = nearest_in([others], focus, focus.query[None]).of(0)[0]

    assert len(near.cosines) == NEAREST
    np.testing.assert_array_equal(near.cosines, expected.cosines)


def test_a_nearly_empty_archive_has_few(bundled: Embedder, pool: ItemColumns) -> None:
    """None and three are as good as thousands."""
    assert all(not len(near.names) for near in found(bundled, pool, []).of(0))
    assert len(found(bundled, pool, [[1, 2, 3], []]).of(0)[0].names) == 3
