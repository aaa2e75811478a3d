"""Letter or envelope, as a probability."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from digest.arrays import Floats
from digest.errors import ModelError
from digest.judge.embedding import Embedder
from digest.judge.lean import ENVELOPE_TEXTS, LETTER_TEXTS, fit_prototypes, load_lean, side

ENVELOPE = (
    "A scheduler for GPU clusters that packs training jobs",
    "Monitoring drift of models in production with alerts",
    "How we serve recommendations to millions of users with a feature store",
)
LETTER = (
    "Generalization bounds for deep networks",
    "A new loss for contrastive learning of image representations",
    "An explanation of backpropagation through time",
)


class AnotherModel:
    """A model for which nobody trained a classifier: the bundled one, turned in space."""

    name = "another-model"

    def __init__(self, bundled: Embedder) -> None:
        self._bundled = bundled
        self.dimensions = bundled.dimensions
        self._turn = np.linalg.qr(np.random.default_rng(0).normal(size=(self.dimensions,) * 2))[0].astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Floats:
        turned: Floats = self._bundled.encode(texts) @ self._turn
        return turned


class TestProbability:
    @pytest.mark.parametrize("another", [False, True])
    def test_tells_the_sides_apart(self, bundled: Embedder, another: bool) -> None:
        """With the shipped numbers, and from prototypes for any other model."""
        model: Embedder = AnotherModel(bundled) if another else bundled
        lean = load_lean(model)
        assert lean.model == model.name
        assert lean.probability(model.encode(list(ENVELOPE))).min() > 0.5
        assert lean.probability(model.encode(list(LETTER))).max() < 0.5

    def test_nothing_is_known_of_an_empty_item(self, bundled: Embedder) -> None:
        """An item without words may be either."""
        assert load_lean(bundled).probability(bundled.encode([""]))[0] == 0.5

    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    def test_an_item_leans_alike_whatever_stands_beside_it(self, bundled: Embedder, size: int) -> None:
        """To the last bit: machines that share an archive cut it at other rows."""
        lean = load_lean(bundled)
        vectors = np.random.default_rng(1).standard_normal((500, bundled.dimensions)).astype(np.float32)

        in_parts = [lean.probability(vectors[start : start + size]) for start in range(0, 500, size)]

        assert np.array_equal(np.concatenate(in_parts), lean.probability(vectors))
        assert np.array_equal(lean.probability(np.asfortranarray(vectors)), lean.probability(vectors))

    def test_other_weights_do_not_use_the_shipped_numbers(self, bundled: Embedder) -> None:
        """Numbers trained on one space mean nothing in another."""
        other = AnotherModel(bundled)
        assert not np.allclose(load_lean(other).weights, load_lean(bundled).weights)

    def test_prototypes_keep_their_own_sides(self, bundled: Embedder) -> None:
        """What defines a side lies on it."""
        lean = fit_prototypes(bundled)
        assert np.mean(lean.probability(bundled.encode(ENVELOPE_TEXTS)) > 0.5) > 0.95
        assert np.mean(lean.probability(bundled.encode(LETTER_TEXTS)) < 0.5) > 0.95


class TestNumbers:
    @pytest.mark.parametrize("content", ["{", "[]", json.dumps({"model": "x", "weights": "no", "bias": 1})])
    def test_damaged_numbers_are_named(self, bundled: Embedder, tmp_path: Path, content: str) -> None:
        """The file is in the message, and how to get it back."""
        (tmp_path / "lean.json").write_text(content)
        with pytest.raises(ModelError, match=r"lean\.json is damaged"):
            load_lean(bundled, path=tmp_path / "lean.json")

    def test_without_numbers_prototypes_do(self, bundled: Embedder, tmp_path: Path) -> None:
        """A missing file is not the end."""
        assert load_lean(bundled, path=tmp_path / "lean.json").model == bundled.name


def test_undecided_items_belong_to_both_sides() -> None:
    """Between 0.4 and 0.6, bounds included, the classifier does not choose."""
    assert [side(lean) for lean in (0.0, 0.39, 0.4, 0.6, 0.61, 1.0)] == [
        "letter",
        "letter",
        "both",
        "both",
        "envelope",
        "envelope",
    ]
