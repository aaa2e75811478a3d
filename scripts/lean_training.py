"""The lean classifier: a coordinate of its own in the embedding table, and a logistic regression on all of them."""

import json
from pathlib import Path

import numpy as np
import torch
from lean_items import Labelled, item_weights
from learners import held_out
from model_recipe import Bags, Recipe
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from digest.judge.logistic import fit_logistic, sigmoid
from digest.judge.static_embedder import read_static


def token_sides(bags: Bags, items: Labelled, tokens: int, recipe: Recipe) -> np.ndarray:
    """How far each token speaks for envelope [tokens]: a logistic regression on means of tokens.

    Which side an item is on is a matter of single words more than of subjects, so these weights become a
    coordinate of their own, which a linear classifier finds again in every vector.
    """
    lengths = np.maximum(np.diff(bags.starts), 1)
    rows = np.repeat(np.arange(len(lengths)), np.diff(bags.starts))
    counts = csr_array((np.ones(len(rows)), (rows.astype(np.int32), bags.ids)), shape=(len(lengths), tokens))
    rarity = np.log((1 + len(lengths)) / (1 + np.bincount(counts.indices, minlength=tokens))) + 1
    means = (counts.multiply(rarity).T * (10 / lengths)).T.tocsr()
    model = LogisticRegression(C=recipe.lean_looseness, max_iter=300)
    model.fit(means, items.sides, sample_weight=item_weights(items, np.arange(len(lengths))))
    found: np.ndarray = model.coef_[0] * rarity
    return found


def with_lean_coordinate(bag: np.ndarray, bags: Bags, sides: np.ndarray, recipe: Recipe) -> np.ndarray:
    """The table with one more coordinate, small enough to leave cosines as they are."""
    sample = np.arange(0, len(bags.starts) - 1, max(1, len(bags.starts) // 5_000))
    table = torch.nn.EmbeddingBag.from_pretrained(
        torch.from_numpy(np.column_stack([bag, sides]).astype(np.float32)), mode="mean"
    )
    means = table(*bags.take(sample)).numpy()
    scale = recipe.lean_spread / (means[:, -1] / np.linalg.norm(means[:, :-1], axis=1).clip(1e-6)).std()
    return np.column_stack([bag, scale * sides]).astype(np.float32)


def fit_lean(vectors: np.ndarray, items: Labelled, recipe: Recipe) -> tuple[np.ndarray, float]:
    """A classifier that may lean on the lean coordinate freely and on the others a little."""
    free = np.ones(vectors.shape[1], np.float32)
    free[-1] = 1 / recipe.lean_spread * 10
    weights, bias = fit_logistic(
        vectors * free, items.sides.astype(np.float32), strength=recipe.lean_strength,
        counts=item_weights(items, np.arange(len(items.texts))),
    )  # fmt: skip
    return recipe.lean_temper * weights * free, recipe.lean_temper * bias


def lean_figures(chance: np.ndarray, sides: np.ndarray) -> str:
    order = np.argsort(np.argsort(chance, kind="stable")) + 1
    count = int(sides.sum())
    if count in (0, len(sides)):
        return "one side only"
    auc = (order[sides].sum() - count * (count + 1) / 2) / (count * (len(sides) - count))
    balanced = (np.mean(chance[sides] > 0.5) + np.mean(chance[~sides] <= 0.5)) / 2
    return f"AUC {auc:.3f}, balanced accuracy {balanced:.3f} (n = {len(sides)}, envelope {sides.mean():.0%})"


def calibration(chance: np.ndarray, sides: np.ndarray) -> dict[str, str]:
    """What share is envelope of those said to be with some probability, were both sides equally frequent."""
    weight = np.where(sides, 0.5 / sides.mean(), 0.5 / (1 - sides.mean()))
    found = {}
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        some = (chance >= low) & (chance <= high)
        share = float(np.average(sides[some], weights=weight[some])) if some.any() else float("nan")
        found[f"said {low:.0%} to {high:.0%}"] = f"{share:.0%} are, were both sides equally frequent (n = {some.sum()})"
    return found


def write_lean(folder: Path, views: Labelled, items: Labelled, recipe: Recipe) -> dict[str, str]:
    """Fit the classifier, measure it on lists that are held out, and write its numbers."""
    embedder = read_static(folder, label="bundled")
    weights, bias = fit_lean(embedder.encode(views.texts), views, recipe)
    outside = np.array([held_out(name) for name in items.groups])
    chance = sigmoid(embedder.encode(items.texts) @ weights + bias)
    figures = {"all": lean_figures(chance[outside], items.sides[outside])}
    for kind in ("paper", "entry", "post"):
        some = outside & (items.kinds == kind)
        figures[f"{kind} alone"] = lean_figures(chance[some], items.sides[some])
    figures |= calibration(chance[outside], items.sides[outside])
    numbers = {"model": embedder.name, "bias": round(bias, 5), "weights": [round(float(w), 5) for w in weights]}
    (folder.parent / "lean.json").write_text(json.dumps(numbers) + "\n")
    return figures
