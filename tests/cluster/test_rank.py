"""Ranking a dataset: every learner's best are those of the single machine, whatever is cut where."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from digest.cluster import embed, rank, rank_plan
from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.export import export_dataset
from digest.cluster.learners import buckets
from digest.cluster.nearest import read_rankers
from digest.cluster.ranks import read_ranks
from digest.config import Config, Embedding, Focus
from digest.judge.best_works import BEST, COLUMNS, table_of
from digest.judge.embedding import Embedder
from digest.judge.focus import read_focus
from digest.store import query
from digest.store.archive import open_archive
from digest.workflows import embedding, feedback, ranking
from digest.workflows.opening import opened
from tests.cluster.serial_engine import SerialEngine
from tests.homes import NOW

SUBJECTS = (
    "dense retrievers", "feature stores", "streaming pipelines", "diffusion models", "graph networks", "quantization",
    "speech recognition", "model monitoring", "reinforcement learning", "vector search", "medieval music",
)  # fmt: skip
AFTER = NOW + timedelta(days=3)


def focus(number: int) -> Focus:
    """The focus of one of many learners: some avoid, go deep, prefer."""
    chance = random.Random(number)
    about = chance.sample(SUBJECTS, 4)
    return Focus(
        statement=f"I work on {about[0]} and want to understand {about[1]}. I live in Porto.",
        topics=(f"{about[2]} at work",) if number % 2 else (),
        avoid=(about[3], "tutorials") if number % 3 == 0 else (),
        mode="deep" if number % 4 == 0 else "wide",
        prefer=("code",) if number % 5 == 0 else (),
    )


def declared(fetched: Config, count: int) -> tuple[Config, ...]:
    """So many learners of the demo's archive; half of them marked something, years ago or today."""
    views = tuple(
        fetched.model_copy(
            update={"learner_id": f"l{number:02}", "focus": focus(number), "embedding": Embedding(reranker="none")}
        )
        for number in range(count)
    )
    together = views[0]._beside(views).learners
    with open_archive(fetched.archive) as db:  # as if they had come in over some weeks
        db.execute("update core.items set first_seen_at = first_seen_at - to_days((7 * (hash(item_id) % 4))::int)")
    items = [str(row[0]) for row in query.ask(fetched.archive, "select item_id from items order by 1", wait=1).rows]
    for number, one in enumerate(together):
        for place in range(number % 6):
            mark = ("like", "dislike", "save", "read")[(place + number) % 4]
            at = NOW - timedelta(days=300 * (place % 3))
            feedback.mark(one, [items[(17 * number + 29 * place) % len(items)]], [mark], at, wait=1)
    return together


def dataset_of(learners: Sequence[Config], folder: Path, bundled: Embedder) -> Dataset:
    embedding.embed(learners[0], bundled, NOW)
    dataset = Dataset(str(folder / "dataset"))
    export_dataset(learners[0], dataset)
    embed.embed_dataset(dataset, SerialEngine(), folder=folder)
    return dataset


def plan_of(dataset: Dataset, folder: Path, *, at_most: int = 500, group: int = 200_000) -> rank_plan.RankPlan:
    return rank_plan.plan_ranking(dataset, AFTER, period="2026-W47", folder=folder, at_most=at_most, group=group)


def test_the_best_are_those_of_one_machine(fetched: Config, tmp_path: Path, bundled: Embedder) -> None:
    """Ids, order and every part of every score, of each of twelve learners; and the model of each learner."""
    learners = declared(fetched, 12)
    dataset = dataset_of(learners, tmp_path, bundled)

    plan = plan_of(dataset, tmp_path, at_most=5, group=60)
    done = rank.run_plan(plan, SerialEngine())

    assert len(plan.buckets) == 3
    assert len({task.group for task in plan.rank}) > 1
    assert not any(step.failures for step in done)
    for one in learners:
        with opened(one) as db:
            alone = ranking.score(db, one, read_focus(one.focus, bundled), bundled, AFTER)
        expected = table_of(np.array(alone.item_ids), alone.scores).best(BEST)
        files = plan.of(one.learner_id)
        ((_, found),) = read_ranks(dataset, files.ranks, [one.learner_id])
        assert found.item_ids.tolist() == expected.item_ids.tolist()
        np.testing.assert_array_equal(found.values, expected.values)
        (ranker,) = read_rankers(dataset, files.focuses, files.models, [one.learner_id])
        assert ranker.focus.phrases == read_focus(one.focus, bundled).phrases
        assert len(ranker.nearest) == 30


def test_any_order_of_tasks_leaves_the_same_bytes(fetched: Config, tmp_path: Path, bundled: Embedder) -> None:
    """A file's content depends on what its name says, and on nothing else; a second run has nothing to do."""
    learners = declared(fetched, 7)
    dataset = dataset_of(learners, tmp_path, bundled)
    plan = plan_of(dataset, tmp_path, at_most=3, group=60)

    def outputs() -> dict[str, bytes]:
        steps = (plan.focus, plan.marked, plan.nearest, plan.learn, plan.rank, plan.merge)
        return {task.output: dataset.read(task.output) for step in steps for task in step}

    rank.run_plan(plan, SerialEngine())
    first = outputs()
    again = rank.run_plan(plan, SerialEngine())
    dataset.remove(first)
    rank.run_plan(plan, SerialEngine(backwards=True))

    assert sum(step.done for step in again) == 0
    assert outputs() == first


def test_only_what_changed_is_made_again(fetched: Config, tmp_path: Path, bundled: Embedder) -> None:
    """A mark of one learner leaves the other buckets' nearest works and all foci as they are."""
    learners = declared(fetched, 6)
    dataset = dataset_of(learners, tmp_path, bundled)
    before = plan_of(dataset, tmp_path, at_most=3)
    ((item,),) = query.ask(fetched.archive, "select max(item_id) from items", wait=1).rows
    feedback.mark(learners[0], [str(item)], ["dislike"], NOW, wait=1)
    export_dataset(learners[0], dataset)

    after = plan_of(dataset, tmp_path, at_most=3)

    assert [one.output for one in after.focus] == [one.output for one in before.focus]
    same = {one.output for one in after.nearest} & {one.output for one in before.nearest}
    assert same == {one.output for one in before.nearest if learners[0].learner_id not in one.learners}


def test_missing_vectors_are_said(fetched: Config, tmp_path: Path, bundled: Embedder) -> None:
    """Nothing is ranked on half of the items without a word."""
    learners = declared(fetched, 2)
    dataset = dataset_of(learners, tmp_path, bundled)
    dataset.remove(dataset.files("vectors")[:1])

    with pytest.raises(DatasetError, match=r"no vectors by bundled-\S+ of 1 file, .*digest cluster embed"):
        plan_of(dataset, tmp_path)


def test_foreign_vectors_are_named(fetched: Config, tmp_path: Path, bundled: Embedder) -> None:
    """A file of vectors of other items fails its tasks, with both names."""
    learners = declared(fetched, 2)
    dataset = dataset_of(learners, tmp_path, bundled)
    first, second = dataset.files("vectors")[:2]
    dataset.publish_bytes(first, dataset.read(second))

    with pytest.raises(DatasetError, match="has other items than items/"):
        rank.run_plan(plan_of(dataset, tmp_path), SerialEngine())


def test_buckets_are_what_the_plan_has(fetched: Config, tmp_path: Path, bundled: Embedder) -> None:
    """Learners in the order of their ids, cut evenly, as every other step cuts them."""
    learners = declared(fetched, 7)
    dataset = dataset_of(learners, tmp_path, bundled)

    plan = plan_of(dataset, tmp_path, at_most=3)

    assert [one.learners for one in plan.buckets] == buckets([one.learner_id for one in learners], 3)
    assert set(COLUMNS) >= {"relevance", "lean", "score"}
