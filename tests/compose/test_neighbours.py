"""The picks that are nearest to one another."""

import numpy as np

from digest.arrays import Floats
from digest.compose.neighbours import neighbours


def at(*numbers: float) -> Floats:
    row = np.array([10.0, *numbers], dtype=np.float32)  # a narrow cone, as models make it
    return row / np.float32(np.linalg.norm(row))


USUAL = at(0, 0, 0)


def test_the_nearest_come_first_and_the_unrelated_never() -> None:
    """What all texts have in common brings nothing together."""
    found = neighbours({"a": at(1, 0, 0), "b": at(1, 0.9, 0), "c": at(1, 0.2, 0), "d": at(0, 0, 1)}, USUAL)

    assert found["a"] == ("c", "b")
    assert found["d"] == ()


def test_only_a_few() -> None:
    """Three, however many are related."""
    found = neighbours({f"n{number}": at(1, number / 100, 0) for number in range(9)}, USUAL)

    assert {len(near) for near in found.values()} == {3}
    assert all(one not in near for one, near in found.items())


def test_one_alone_has_none() -> None:
    """Nor has nothing at all."""
    assert neighbours({"a": at(1, 0, 0)}, USUAL) == {}
    assert neighbours({}, USUAL) == {}
