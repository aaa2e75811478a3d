"""Time ranking many learners together: against one at a time, and against plain matrix products of the same size.

All in processor seconds of one core, the same vectors and learners in one run. Items are made up from phrases, learners
have a focus, some of them avoided phrases, deep mode, preferences and marks. `bench_cluster` uses its functions.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from made_up_archive import FIELDS, SUBJECTS, TAILS, VERBS

from digest.arrays import normalised
from digest.config import Focus
from digest.judge.best_works import BestWorks, Ranker
from digest.judge.embedding import Embedder, load_model
from digest.judge.focus import FocusModel, read_focus
from digest.judge.item_columns import ItemColumns
from digest.judge.mark_weights import MarkedItems, learn
from digest.judge.nearest_works import Near, NearestWorks, nearest_in
from digest.judge.pseudo_relevance_feedback import expanded_by
from digest.judge.relevance import RelevanceReader, declared_only

#: Items read at once, as from a row group.
CHUNK = 25_000
#: Learners ranked at once, as in a bucket.
BUCKET = 500
SOURCES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpLearner:
    focus: FocusModel
    marked: MarkedItems
    wanted: frozenset[str]
    priors: dict[str, float]


def measured(learners: int, items: int, *, marked: float, alone: int) -> dict[str, float]:
    """Processor seconds of each way for so many made-up learners, of whom a share *marked* something."""
    model = load_model("bundled", folder=Path())
    made = make_items(model, items)
    return measure(make_learners(model, made, learners, marked=marked), made, alone=alone)


def measure(learners: list[MadeUpLearner], items: ItemColumns, *, alone: int) -> dict[str, float]:
    """Processor seconds of each way, for all learners; those of one at a time are projected from *alone* of them."""
    found = {"nearest works": 0.0, "what they and marks teach": 0.0, "best items": 0.0}
    directions = 0
    for start in range(0, len(learners), BUCKET):
        seconds, count = rank_together(learners[start : start + BUCKET], items)
        directions += count
        found = {name: found[name] + more for name, more in zip(found, seconds, strict=True)}
    found["together"] = sum(found.values())
    found["plain products"] = plain(items, directions)
    sampled = learners[:: max(1, len(learners) // alone)][:alone]
    found["one at a time"] = one_by_one(sampled, items) * len(learners)
    return found


def rank_together(learners: list[MadeUpLearner], items: ItemColumns) -> tuple[list[float], int]:
    """Processor seconds of the three steps for one bucket of learners, and with how many directions items were multiplied."""

    times = [time.process_time()]
    disliked = [one.marked.vectors[one.marked.values < 0] for one in learners]
    nearest = NearestWorks([one.focus for one in learners], disliked)
    for part in chunks(items):
        nearest.add(part.vectors, part.item_ids)
    times.append(time.process_time())
    best = BestWorks([ranker(one, nearest.of(number), len(items), items) for number, one in enumerate(learners)])
    times.append(time.process_time())
    for part in chunks(items):
        best.add(part)
    times.append(time.process_time())
    return [after - before for before, after in pairwise(times)], len(nearest.queries) + len(best.directions)


def spent(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def chunks(items: ItemColumns) -> Iterator[ItemColumns]:
    return (items.part(slice(start, start + CHUNK)) for start in range(0, len(items), CHUNK))


def plain(items: ItemColumns, directions: int) -> float:
    """Plain products of so many directions with every item, in the blocks that suit the library best."""

    rows = items.vectors[np.arange(BUCKET) % len(items.vectors)]

    def multiply() -> None:
        for start in range(0, len(items.vectors), 5_000):
            rows @ items.vectors[start : start + 5_000].T

    return min(spent(multiply), spent(multiply), spent(multiply)) * directions / BUCKET


def ranker(learner: MadeUpLearner, nearest: Sequence[Near], count: int, items: ItemColumns) -> Ranker:
    """What a learner's focus, the nearest works and marks mean."""

    model = expanded_by(declared_only(learner.focus), nearest, size=count)
    if len(learner.marked.values):
        model = learn(model, learner.marked, background=items.vectors[:2_000])
    return Ranker(reader=RelevanceReader(model), priors=learner.priors, wanted=learner.wanted)


def one_by_one(learners: list[MadeUpLearner], items: ItemColumns) -> float:
    """Processor seconds a learner where every item is scored for each."""

    started = time.process_time()
    for one in learners:
        disliked = one.marked.vectors[one.marked.values < 0]
        near = nearest_in((part.vectors for part in chunks(items)), one.focus, disliked)
        own = ranker(one, near.of(0), len(items), items)
        for part in chunks(items):
            own.score(part)
    return (time.process_time() - started) / len(learners)


def make_items(model: Embedder, count: int) -> ItemColumns:
    """Items in themes, each between two subjects, with sources, ages and what they come with."""

    chance = np.random.default_rng(5)
    texts = [
        f"{verb} {subject} for {field} {tail}"
        for subject in SUBJECTS
        for field in FIELDS
        for verb, tail in zip(VERBS, TAILS, strict=False)
    ]
    seeds = model.encode(texts)
    pairs = chance.integers(0, len(seeds), (2, count))
    vectors = np.empty((count, model.dimensions), np.float32)
    for start in range(0, count, CHUNK):
        rows = slice(start, start + CHUNK)
        first, second = seeds[pairs[0, rows]], seeds[pairs[1, rows]]
        noise = chance.standard_normal(first.shape).astype(np.float32) / np.float32(model.dimensions**0.5)
        vectors[rows] = normalised(first + 0.6 * second + 0.8 * noise)
    held = chance.integers(0, 12, count)
    kinds = ("code", "data")
    return ItemColumns(
        item_ids=np.array([f"m{number:09}" for number in chance.permutation(count)]),
        vectors=vectors,
        leans=chance.random(count, np.float32),
        ages=chance.uniform(0, 900, count).astype(np.float32),
        sources=chance.integers(0, SOURCES, count),
        source_names=tuple(f"source {number}" for number in range(SOURCES)),
        extras=held[:, None] == np.arange(len(kinds)),
        kinds=kinds,
    )


def make_learners(model: Embedder, items: ItemColumns, count: int, *, marked: float = 0.5) -> list[MadeUpLearner]:
    """Learners with foci of their own: a third avoid something, a quarter go deep, a share have marked 4 to 40 items."""

    chance = random.Random(7)
    made = []
    for number in range(count):
        about, fields = chance.sample(SUBJECTS, 4), chance.sample(FIELDS, 2)
        focus = read_focus(
            Focus(
                statement=f"I work on {about[0]} for {fields[0]} and want to understand {about[1]}.",
                topics=(f"{about[2]} for {fields[0]}", f"{about[1]} with few labels"),
                avoid=(f"{about[3]} for {fields[1]}",) if number % 3 == 0 else (),
                mode="deep" if number % 4 == 0 else "wide",
            ),
            model,
        )
        near = np.argsort(-(items.vectors[:2_000] @ focus.query))[: chance.choice((4, 12, 40))]
        rows = near if chance.random() < marked else near[:0]
        values = np.array([-1 if place % 5 == 4 else 1 for place in range(len(rows))], np.float32)
        made.append(
            MadeUpLearner(
                focus=focus,
                marked=MarkedItems(vectors=items.vectors[rows], values=values),
                wanted=frozenset({"code"} if number % 5 == 0 else ()),
                priors={items.source_names[items.sources[row]]: 0.6 for row in rows[:3]},
            )
        )
    return made
