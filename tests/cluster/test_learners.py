"""Learners as a dataset carries them, a bucket at a time."""

from pathlib import Path

import pytest

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.export import export_dataset
from digest.cluster.learners import buckets, learner_ids, read_learners
from tests import make
from tests.cluster.archives import filled


def test_buckets_are_cut_evenly() -> None:
    """By id, whatever the order they come in; none has more than it may, and none is nearly empty."""
    made = buckets([f"p{number:04}" for number in reversed(range(1001))], at_most=500)

    assert [len(one) for one in made] == [333, 334, 334]
    assert [one for bucket in made for one in bucket] == [f"p{number:04}" for number in range(1001)]
    assert buckets([]) == []
    assert buckets(["a"], at_most=1) == [("a",)]


def test_a_learner_comes_back_as_declared(tmp_path: Path) -> None:
    """Their view of sources.toml by itself, the marks that hold, their last issues."""
    config = filled(tmp_path / "home")
    dataset = Dataset(str(tmp_path / "set"))
    export_dataset(config, dataset)

    ada, bob = read_learners(dataset, learner_ids(dataset), sources=config.sources, folder=config.folder)

    assert [ada.learner, bob.learner] == ["ada-lovelace", "bob"]
    assert (ada.config, bob.config) == tuple(view.alone for view in config.learners)
    assert {mark.mark for mark in ada.marks} == {"like", "save"}
    assert [(mark.item_id, mark.mark) for mark in bob.marks] == [(make.item(6, source="Blog").item_id, "dislike")]
    assert [period.period for period in ada.periods] == ["2026-W11"]
    assert ada.periods[0].ends_at == make.NOW
    assert bob.periods == ()


def test_a_worker_reads_its_own(tmp_path: Path) -> None:
    """And is told of one who is not there."""
    dataset = Dataset(str(tmp_path / "set"))
    export_dataset(filled(tmp_path / "home"), dataset)

    assert [one.name for one in read_learners(dataset, ["bob"])] == ["Bob"]
    with pytest.raises(DatasetError, match=r"learners\.parquet has no learner 'eve'"):
        read_learners(dataset, ["bob", "eve"])

    dataset.publish_bytes("learners.parquet", b"PAR1")
    with pytest.raises(DatasetError, match=r"learners\.parquet is damaged"):
        learner_ids(dataset)
