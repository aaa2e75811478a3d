"""Many learners and many items, made up from a seed: vectors in themes, foci of all kinds."""

import random

import numpy as np

from digest.arrays import Floats, normalised
from digest.config import Focus
from digest.judge.best_works import Ranker
from digest.judge.embedding import Embedder
from digest.judge.focus import FocusModel, read_focus
from digest.judge.item_columns import ItemColumns
from digest.judge.mark_weights import MarkedItems, learn
from digest.judge.nearest_works import NearestWorks
from digest.judge.pseudo_relevance_feedback import expanded_by
from digest.judge.relevance import RelevanceReader, declared_only

SUBJECTS = (
    "dense retrievers", "feature stores", "streaming pipelines", "diffusion models", "graph networks", "quantization",
    "speech recognition", "model monitoring", "reinforcement learning", "vector search", "medieval music", "chess",
)  # fmt: skip


def items(bundled: Embedder, count: int, seed: int = 0) -> ItemColumns:
    """Items between two subjects; some are without a vector, some are the same text twice."""
    chance = np.random.default_rng(seed)
    seeds = bundled.encode([f"A study of {one} for {other}" for one in SUBJECTS for other in SUBJECTS])
    first, second = seeds[chance.integers(0, len(seeds), (2, count))]
    noise = chance.standard_normal(first.shape).astype(np.float32) / 16
    vectors = normalised(first + np.float32(0.5) * second + noise)
    vectors[::97] = 0
    vectors[1::50] = vectors[2::50][: len(vectors[1::50])]
    return ItemColumns(
        item_ids=np.array([f"i{number:06}" for number in chance.permutation(count)]),
        vectors=vectors,
        leans=chance.random(count, np.float32),
        ages=np.where(chance.random(count) < 0.1, np.nan, chance.uniform(0, 60, count)).astype(np.float32),
        sources=chance.integers(0, 5, count),
        source_names=("a", "b", "c", "d", "e"),
        extras=chance.random((count, 2)) < 0.2,
        kinds=("code", "data"),
    )


def focuses(bundled: Embedder, count: int) -> list[FocusModel]:
    """Learners who avoid, go deep, set phrases aside, or are not understood."""
    found = []
    for number in range(count):
        chance = random.Random(number)
        about = chance.sample(SUBJECTS, 4)
        focus = Focus(
            statement="🦄"
            if number == 3
            else f"I work on {about[0]} and want to understand {about[1]}. I live in Porto.",
            topics=(f"{about[2]} with few labels",) if number % 2 and number != 3 else (),
            avoid=(about[number % 4], "chess") if number % 3 == 0 else (),
            mode="deep" if number % 4 == 0 else "wide",
        )
        found.append(read_focus(focus, bundled))
    return found


def marked(pool: ItemColumns, number: int) -> MarkedItems:
    """What one learner marked: nothing, one like, or many of all kinds."""
    count = (0, 1, 5, 30)[number % 4]
    rows = np.random.default_rng(number).permutation(len(pool))[:count]
    values = np.array([(1, -1, 0.5, 0.8)[place % 4] for place in range(count)], np.float32)
    return MarkedItems(vectors=pool.vectors[rows], values=values)


def disliked(pool: ItemColumns, count: int) -> list[Floats]:
    own = [marked(pool, number) for number in range(count)]
    return [one.vectors[one.values < 0] for one in own]


def rankers(foci: list[FocusModel], nearest: NearestWorks, pool: ItemColumns) -> list[Ranker]:
    found = []
    for number, focus in enumerate(foci):
        model = expanded_by(declared_only(focus), nearest.of(number), size=nearest.count)
        model = learn(model, marked(pool, number))
        priors = {"a": 0.8, "d": 0.3} if number % 3 == 1 else {}
        wanted = frozenset({"code"} if number % 5 == 0 else ())
        found.append(Ranker(reader=RelevanceReader(model), priors=priors, wanted=wanted))
    return found
