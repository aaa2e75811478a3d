"""Letter or envelope: the probability that an item is about carrying models into the world.

A logistic regression over item vectors. For the bundled model its numbers are trained from
labelled lists by `scripts/train_model` and lie beside the weights; for any other model a small one
is fitted here from prototypes written for this program. Pure, save for reading those numbers.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digest.errors import ModelError
from digest.judge.embedding import BUNDLED_FOLDER, Embedder, Floats
from digest.judge.lean_prototypes import ENVELOPE_TEXTS, LETTER_TEXTS
from digest.judge.logistic import fit_logistic, sigmoid

#: Probabilities of envelope between which the classifier tosses a coin: the work is of both sides.
BOTH_SIDES = (0.4, 0.6)

LEAN_FILE = BUNDLED_FOLDER.parent / "lean.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanModel:
    """A calibrated linear classifier in one model's space."""

    model: str
    #: [dimensions]
    weights: Floats
    bias: float

    def probability(self, vectors: Floats) -> Floats:
        """Probability of envelope [items]; 0.5 for an item without a vector, of which nothing is known."""
        logits = vectors @ self.weights + np.float32(self.bias)
        return np.where(vectors.any(axis=1), sigmoid(logits), np.float32(0.5)).astype(np.float32)


def side(lean: float) -> str:
    """ "letter", "envelope" or, where it is a coin's toss, "both"."""
    low, high = BOTH_SIDES
    if low <= lean <= high:
        return "both"
    return "envelope" if lean > high else "letter"


def load_lean(embedder: Embedder, *, path: Path = LEAN_FILE) -> LeanModel:
    """The classifier for *embedder*: the shipped one where it was trained on these very weights."""
    shipped = _read(path)
    if shipped is not None and shipped.model == embedder.name:
        return shipped
    return fit_prototypes(embedder)


def fit_prototypes(embedder: Embedder) -> LeanModel:
    """Fit a classifier from the two sides' prototypes, for a model nobody trained one for."""
    vectors = embedder.encode([*ENVELOPE_TEXTS, *LETTER_TEXTS])
    sides = np.repeat(np.array([1.0, 0.0], np.float32), [len(ENVELOPE_TEXTS), len(LETTER_TEXTS)])
    weights, bias = fit_logistic(vectors, sides, strength=_PROTOTYPE_STRENGTH)
    return LeanModel(model=embedder.name, weights=weights, bias=bias)


#: Few texts, many dimensions: held close to zero, so that probabilities stay modest.
_PROTOTYPE_STRENGTH = 1.0


def _read(path: Path) -> LeanModel | None:
    if not path.exists():
        return None
    try:
        table = json.loads(path.read_bytes())
        return LeanModel(
            model=str(table["model"]),
            weights=np.asarray(table["weights"], np.float32),
            bias=float(table["bias"]),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ModelError(f"{path} is damaged; `scripts/train_model` writes it again") from error
