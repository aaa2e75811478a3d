"""What is asked about covers what may be wanted, and is the same whenever the same is asked."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.arrays import Floats, normalised
from digest.judge.active_learning import most_informative, newcomers


def groups(*sizes: int) -> Floats:
    """Works in groups, each group around an axis of its own."""
    rng = np.random.default_rng(0)
    rows = [np.eye(16)[axis] + rng.normal(0, 0.02, 16) for axis, size in enumerate(sizes) for _ in range(size)]
    return normalised(np.array(rows, dtype=np.float32))


def level(count: int) -> Floats:
    return np.full(count, 3.0, dtype=np.float32)


def test_every_group_is_asked_about_before_any_is_asked_twice() -> None:
    """The largest first: its answer tells the most."""
    chosen = most_informative(groups(20, 5, 10), level(35), count=3)

    assert [row < 20 for row in chosen] == [True, False, False]
    assert {min(2, (row >= 20) + (row >= 25)) for row in chosen} == {0, 1, 2}
    assert chosen[1] >= 25


def test_a_group_that_is_hardly_wanted_comes_last() -> None:
    """However large it is: its weight falls with its relevance."""
    relevance = np.concatenate([level(20) - 12, level(5)])

    assert most_informative(groups(20, 5), relevance, count=1)[0] >= 20


def test_what_was_answered_is_not_asked_about_again() -> None:
    """A work beside a marked one tells nothing new."""
    works = groups(20, 5)

    assert most_informative(works, level(25), count=1, known=works[:1])[0] >= 20


def test_what_all_have_in_common_does_not_count() -> None:
    """Without it every work of an archive lies near every other."""
    common = np.zeros(16, np.float32)
    common[15] = 30
    shifted = (groups(20, 5, 10) + common).astype(np.float32)

    chosen = most_informative(shifted, level(35), count=3, centre=common)

    assert {(row >= 20) + (row >= 25) for row in chosen} == {0, 1, 2}


def test_few_works_are_all_asked_about_and_none_of_none() -> None:
    """Each once."""
    assert sorted(most_informative(groups(2, 1), level(3))) == [0, 1, 2]
    assert most_informative(np.zeros((0, 16), np.float32), level(0)) == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_the_same_for_the_same(seed: int, count: int) -> None:
    """No row twice, and no chance in it."""
    rng = np.random.default_rng(seed)
    works = normalised(rng.normal(size=(count, 8)).astype(np.float32))
    relevance = rng.normal(size=count).astype(np.float32)

    chosen = most_informative(works, relevance)

    assert chosen == most_informative(works, relevance)
    assert len(set(chosen)) == len(chosen) == min(10, count)


def test_how_many_of_the_best_are_others_now() -> None:
    """Their order among themselves does not matter."""
    before = np.array([5, 4, 3, 2, 1], np.float32)
    after = np.array([4, 5, 1, 3, 2], np.float32)

    assert [newcomers(before, after, count) for count in (1, 2, 3, 5)] == [1, 0, 1, 0]
