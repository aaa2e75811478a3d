"""Many learners' best items: exactly those that scoring every item for each of them finds."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.judge.best_works import BEST, COLUMNS, BestWorks, Ranker, Table, table_of
from digest.judge.embedding import Embedder
from digest.judge.item_columns import ItemColumns
from digest.judge.nearest_works import NearestWorks
from digest.judge.upper_bounds import beside, bound
from tests.judge import crowd

COUNT = 40
SCORE = COLUMNS.index("score")


@pytest.fixture(name="pool", scope="module")
def _pool(bundled: Embedder) -> ItemColumns:
    return crowd.items(bundled, 3_000)


@pytest.fixture(name="rankers", scope="module")
def _rankers(bundled: Embedder, pool: ItemColumns) -> list[Ranker]:
    foci = crowd.focuses(bundled, COUNT)
    nearest = NearestWorks(foci, crowd.disliked(pool, COUNT))
    nearest.add(pool.vectors, pool.item_ids)
    return crowd.rankers(foci, nearest, pool)


def alone(ranker: Ranker, pool: ItemColumns, keep: int = BEST) -> Table:
    return table_of(pool.item_ids, ranker.score(pool)).best(keep)


def same(one: Table, other: Table) -> None:
    assert one.item_ids.tolist() == other.item_ids.tolist()
    np.testing.assert_array_equal(one.values, other.values)


def test_forty_learners_get_what_each_gets_alone(rankers: list[Ranker], pool: ItemColumns) -> None:
    """Ids, order, scores and every part, with marks, avoided phrases, deep mode and preferences."""
    best = BestWorks(rankers)
    best.add(pool)

    for ranker, table in zip(rankers, best.tables, strict=True):
        same(table, alone(ranker, pool))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 3_000), max_size=5), st.sampled_from([1, 7, 200]))
def test_chunks_and_their_order_do_not_matter(
    rankers: list[Ranker], pool: ItemColumns, seed: int, bounds: list[int], keep: int
) -> None:
    """To the last bit, duplicates and items without a vector included."""
    some = rankers[::4]
    order = np.random.default_rng(seed).permutation(len(pool)).tolist()
    shuffled = taken(pool, order)
    best = BestWorks(some, keep=keep)
    ends = [0, *sorted(bounds), len(pool)]
    for start, end in pairwise(ends):
        best.add(shuffled.part(slice(start, end)))

    for ranker, table in zip(some, best.tables, strict=True):
        same(table, alone(ranker, pool, keep))


def taken(pool: ItemColumns, order: list[int]) -> ItemColumns:
    return ItemColumns(
        item_ids=pool.item_ids[order],
        vectors=pool.vectors[order],
        leans=pool.leans[order],
        ages=pool.ages[order],
        sources=pool.sources[order],
        source_names=pool.source_names,
        extras=pool.extras[order],
        kinds=pool.kinds,
    )


def test_merged_parts_are_the_whole(rankers: list[Ranker], pool: ItemColumns) -> None:
    """The best of each part's best are the best of all."""
    parts = []
    for start in range(0, len(pool), 800):
        best = BestWorks(rankers[:8])
        best.add(pool.part(slice(start, start + 800)))
        parts.append(best.tables)

    for number, ranker in enumerate(rankers[:8]):
        merged = parts[-1][number]
        for tables in parts[:-1]:
            merged = merged.and_also(tables[number])
        same(merged, alone(ranker, pool))


def test_no_item_scores_more_than_its_bound(rankers: list[Ranker], pool: ItemColumns) -> None:
    """By the directions alone, and by the tighter bound that looks at every like."""
    items = beside(pool.vectors, pool.ages)
    for ranker in rankers:
        own = bound(ranker.reader)
        score = ranker.score(pool).score
        assert (score <= (items @ own.directions.T).max(axis=1) + own.rest + ranker.bonus + 1e-3).all()
        assert (score <= own.of(items) + ranker.bonus + 1e-3).all()


def test_without_marks_and_avoided_phrases_the_bound_is_the_score(rankers: list[Ranker], pool: ItemColumns) -> None:
    """So that hardly more is scored than is kept."""
    exact = 0
    for ranker in rankers:
        if ranker.priors or ranker.wanted or len(ranker.reader.model.likes) or ranker.reader.model.focus.avoid:
            continue
        items = beside(pool.vectors, pool.ages)
        np.testing.assert_allclose(bound(ranker.reader).of(items), ranker.score(pool).score, atol=1e-3)
        exact += 1
    assert exact > 1


def test_fewer_items_than_are_kept(rankers: list[Ranker], pool: ItemColumns) -> None:
    """All of them are kept, in order; and of none, none."""
    best = BestWorks(rankers)
    best.add(pool.part(slice(0, 0)))
    assert all(not len(table.item_ids) for table in best.tables)
    best.add(pool.part(slice(0, 50)))
    for ranker, table in zip(rankers, best.tables, strict=True):
        same(table, alone(ranker, pool.part(slice(0, 50))))


def test_the_scores_are_those_of_this_revision(rankers: list[Ranker], pool: ItemColumns) -> None:
    """Files of a cluster are named by `ranks.REVISION` and `nearest.REVISION`: where this fails, raise them."""
    told = []
    for ranker in rankers[:6]:
        table = alone(ranker, pool, 5)
        told += [f"{name} {score:.2f}" for name, score in zip(table.item_ids, table.values[:, SCORE], strict=True)]

    assert hashlib.blake2b(" ".join(told).encode(), digest_size=8).hexdigest() == "02f9661d1ba7b0e0"
