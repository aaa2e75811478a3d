"""Cosines that mean the same under any model."""

import numpy as np
import pytest

from digest.compose.similarity import SimilaritySpace, centred, near_pairs


def unit(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


class TestCentred:
    def test_a_narrow_cone_is_opened(self) -> None:
        """What all texts have in common is taken out: unlike things come to lie at right angles or beyond."""
        rows = np.stack([unit(10, 1, 0), unit(10, 0, 1)])

        assert float(rows[0] @ rows[1]) > 0.98
        assert float(np.prod(centred(rows, rows.mean(axis=0)) @ unit(0, 1, -1))) == pytest.approx(-1.0, abs=1e-3)

    def test_rows_have_length_one_and_nothing_stays_nothing(self) -> None:
        """A text without words has no direction, whatever is taken out."""
        rows = centred(np.stack([unit(1, 2, 3), np.zeros(3, np.float32)]), np.array([0.5, 0, 0], dtype=np.float32))

        assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1.0, 0.0])

    def test_what_says_only_the_usual_has_no_direction(self) -> None:
        """Rounding errors are not blown up to a meaning."""
        usual = unit(3, 2, 1)

        assert not centred(np.stack([usual, -usual]), usual).any()


class TestSpace:
    space = SimilaritySpace(vectors={"a": unit(1, 0), "b": unit(1, 1)}, lately=np.stack([unit(0, 1), unit(-1, 0)]))

    def test_similarity(self) -> None:
        """The cosine of two items, 0 where one is unknown."""
        assert self.space.similarity("a", "b") == pytest.approx(0.5**0.5)
        assert self.space.similarity("a", "?") == 0.0

    def test_shown_lately(self) -> None:
        """The nearest of what was shown counts; nothing shown is nothing near."""
        assert self.space.shown_lately("b") == pytest.approx(0.5**0.5)
        assert self.space.shown_lately("?") == 0.0
        assert SimilaritySpace(vectors=self.space.vectors, lately=np.empty((0, 2), np.float32)).shown_lately("a") == 0.0

    def test_company(self) -> None:
        """One of a crowd has company, an oddity has none; itself does not count, nor does a period of a few works."""
        crowd = {f"crowd {n}": unit(1, 0.01 * n) for n in range(12)}
        space = SimilaritySpace(vectors=crowd | {"odd": unit(-1, 0.3)}, lately=self.space.lately)

        assert space.local_density("crowd 3") > 0.99
        assert space.local_density("odd") < -0.9
        assert space.local_density("?") == self.space.local_density("a") == 0.0

    def test_rows_stand_in_the_order_asked_for(self) -> None:
        """An unknown item is a zero row."""
        assert self.space.rows(["b", "?", "a"])[1:].tolist() == [[0, 0], [1, 0]]
        assert self.space.rows([]).shape == (0, 2)


def test_near_pairs_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pair is found once, however the rows fall into blocks, nearest first."""
    rows = np.random.default_rng(7).normal(size=(23, 5)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows.T
    expected = {(i, j) for i in range(23) for j in range(i + 1, 23) if cosines[i, j] >= 0.3}
    monkeypatch.setattr("digest.compose.similarity._BLOCK", 4)

    found = near_pairs(rows, 0.3)

    assert {pair[:2] for pair in found} == expected
    assert [pair[2] for pair in found] == sorted((pair[2] for pair in found), reverse=True)
