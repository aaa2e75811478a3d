#!/usr/bin/env python3
"""Time ranking many learners together: against one at a time, and against plain matrix products of the same size.

All in processor seconds of one core, the same vectors and learners in one run. Items are made up from phrases, learners
have a focus, some of them avoided phrases, deep mode, preferences and marks. `bench_cluster` uses its functions.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from own_environment import enter

if TYPE_CHECKING:
    from digest.judge.best_works import Ranker
    from digest.judge.embedding import Embedder
    from digest.judge.focus import FocusModel
    from digest.judge.item_columns import ItemColumns
    from digest.judge.mark_weights import MarkedItems

#: Items read at once, as from a row group.
CHUNK = 25_000
#: Learners ranked at once, as in a bucket.
BUCKET = 500
SOURCES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpLearner:
    focus: "FocusModel"
    marked: "MarkedItems"
    wanted: frozenset[str]
    priors: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--learners", type=int, default=1_000)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--alone", type=int, default=10, help="how many learners to rank one at a time")
    parser.add_argument("--marked", type=float, default=0.5, help="the share of learners who have marked something")
    parser.add_argument("--small", action="store_true", help="100 learners and 20,000 items")
    arguments = parser.parse_args()
    enter()
    from machine import machine

    from digest.judge.embedding import load_model

    if arguments.small:
        arguments.learners, arguments.items = 100, 20_000
    print(machine())
    model = load_model("bundled", folder=Path())
    items = make_items(model, arguments.items)
    learners = make_learners(model, items, arguments.learners, marked=arguments.marked)
    found = measure(learners, items, alone=arguments.alone)
    print("| | processor seconds |")
    print("|---|---:|")
    for name, seconds in found.items():
        print(f"| {name} | {seconds:.2f} |")


def measure(learners: list[MadeUpLearner], items: "ItemColumns", *, alone: int) -> dict[str, float]:
    """Processor seconds of each way, for all learners; those of one at a time are projected from *alone* of them."""
    found = {"nearest works": 0.0, "what they and marks teach": 0.0, "best items": 0.0}
    directions = 0
    for start in range(0, len(learners), BUCKET):
        seconds, count = rank_together(learners[start : start + BUCKET], items)
        directions += count
        found = {name: found[name] + more for name, more in zip(found, seconds, strict=True)}
    found["together"] = sum(found.values())
    found["of that, products and decisions"] = found["nearest works"] + found["best items"]
    found["the same number of plain products"] = plain(items, directions)
    sampled = learners[:: max(1, len(learners) // alone)][:alone]
    found["one at a time (projected)"] = one_by_one(sampled, items) * len(learners)
    return found


def rank_together(learners: list[MadeUpLearner], items: "ItemColumns") -> tuple[list[float], int]:
    """Processor seconds of the three steps for one bucket of learners, and with how many directions items were multiplied."""
    from digest.judge.best_works import BestWorks
    from digest.judge.nearest_works import NearestWorks

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


def chunks(items: "ItemColumns") -> "Iterator[ItemColumns]":
    return (items.part(slice(start, start + CHUNK)) for start in range(0, len(items), CHUNK))


def plain(items: "ItemColumns", directions: int) -> float:
    """Plain products of so many directions with every item, in the blocks that suit the library best."""
    import numpy as np

    rows = items.vectors[np.arange(BUCKET) % len(items.vectors)]

    def multiply() -> None:
        for start in range(0, len(items.vectors), 5_000):
            rows @ items.vectors[start : start + 5_000].T

    return min(spent(multiply), spent(multiply), spent(multiply)) * directions / BUCKET


def ranker(learner: MadeUpLearner, nearest: list, count: int, items: "ItemColumns") -> "Ranker":  # type: ignore[type-arg]
    """What a learner's focus, the nearest works and marks mean."""
    from digest.judge.best_works import Ranker
    from digest.judge.mark_weights import learn
    from digest.judge.pseudo_relevance_feedback import expanded_by
    from digest.judge.relevance import RelevanceReader, declared_only

    model = expanded_by(declared_only(learner.focus), nearest, size=count)
    if len(learner.marked.values):
        model = learn(model, learner.marked, background=items.vectors[:2_000])
    return Ranker(reader=RelevanceReader(model), priors=learner.priors, wanted=learner.wanted)


def one_by_one(learners: list[MadeUpLearner], items: "ItemColumns") -> float:
    """Processor seconds a learner where every item is scored for each."""

    from digest.judge.nearest_works import nearest_in

    started = time.process_time()
    for one in learners:
        disliked = one.marked.vectors[one.marked.values < 0]
        near = nearest_in((part.vectors for part in chunks(items)), one.focus, disliked)
        own = ranker(one, near.of(0), len(items), items)
        for part in chunks(items):
            own.score(part)
    return (time.process_time() - started) / len(learners)


def make_items(model: "Embedder", count: int) -> "ItemColumns":
    """Items in themes, each between two subjects, with sources, ages and what they come with."""
    import numpy as np
    from made_up_archive import FIELDS, SUBJECTS, TAILS, VERBS

    from digest.arrays import normalised
    from digest.judge.item_columns import ItemColumns

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


def make_learners(model: "Embedder", items: "ItemColumns", count: int, *, marked: float = 0.5) -> list[MadeUpLearner]:
    """Learners with foci of their own: a third avoid something, a quarter go deep, a share have marked 4 to 40 items."""
    import numpy as np
    from made_up_archive import FIELDS, SUBJECTS

    from digest.config import Focus
    from digest.judge.focus import read_focus
    from digest.judge.mark_weights import MarkedItems

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


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main()
