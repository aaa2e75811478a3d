"""Polls on their way to another shard's owner."""

from pathlib import Path

import pytest

from digest.cluster import handoffs
from digest.cluster.dataset import Dataset, DatasetError
from digest.fetch.request_steps import Poll
from digest.records import Source, SourceState
from tests.cluster.sites import NOW


def poll(name: str) -> Poll:
    return Poll(source=Source(name=name, url="https://a.example/"), state=SourceState(source=name), requests=())


def test_they_are_found_by_receiver_and_by_sender(tmp_path: Path) -> None:
    """Handed over twice is once; another pass and another round have their own."""
    dataset = Dataset(str(tmp_path))
    for name, sender, receiver in [("a", 3, 7), ("a", 3, 7), ("b", 3, 0), ("c/..", 4, 7)]:
        handoffs.write(dataset, poll(name), moment=NOW, number=1, sender=sender, receiver=receiver)

    found = handoffs.by_receiver(dataset, moment=NOW, number=1)

    assert {shard: {one.source.name for one in handoffs.read(dataset, names)} for shard, names in found.items()} == {
        0: {"b"},
        7: {"a", "c/.."},
    }
    assert len(handoffs.written(dataset, moment=NOW, number=1, sender=3)) == 2
    assert handoffs.by_receiver(dataset, moment=NOW, number=2) == {}


def test_a_damaged_one_is_named(tmp_path: Path) -> None:
    """One line with its file."""
    dataset = Dataset(str(tmp_path))
    handoffs.write(dataset, poll("a"), moment=NOW, number=1, sender=3, receiver=7)
    [names] = handoffs.by_receiver(dataset, moment=NOW, number=1).values()
    (tmp_path / names[0]).write_bytes(b"{")

    with pytest.raises(DatasetError, match=r"to=007-.*is damaged"):
        handoffs.read(dataset, names)
