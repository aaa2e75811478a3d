"""The spools of shards, in a folder and in a store elsewhere."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from digest.cluster import spools
from digest.cluster.dataset import Dataset, DatasetError
from digest.store import spool
from tests import make
from tests.cluster.sites import NOW


@pytest.fixture(params=["folder", "elsewhere"])
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> Dataset:
    return Dataset(str(tmp_path) if request.param == "folder" else f"memory://{tmp_path.name}")


def put(dataset: Dataset, shard: int, names: Sequence[str], *, hours: int = 0, writer: str = "0-000001-aa") -> None:
    moment = NOW + timedelta(hours=hours)
    with spools.begin(dataset, shard, moment, writer=writer) as current:
        for name in names:
            state = make.state(source=name)
            current.put(make.fetched(source=make.source(name=name)), before=state, after=state)


def test_visits_of_all_owners_of_a_round_count(dataset: Dataset) -> None:
    """Not those of another round or another shard."""
    put(dataset, 7, ["a", "b"])
    put(dataset, 7, ["c"], writer="1-000002-bb")
    put(dataset, 7, ["d"], hours=1)
    put(dataset, 8, ["e"])

    assert set(spools.visited(dataset, 7, NOW)) == {"a", "b", "c"}


def test_rounds_come_oldest_first(dataset: Dataset) -> None:
    """Whatever their shards."""
    put(dataset, 8, ["a"])
    put(dataset, 7, ["b"], hours=1)
    put(dataset, 7, ["c"], hours=-1)

    names = spools.rounds(dataset)
    with spools.on_this_machine(dataset, names) as paths:
        found = [visit.fetched.source.name for path in paths for visit in spool.visits(path)]

    assert found == ["c", "a", "b"]


def test_a_round_without_visits_leaves_nothing(dataset: Dataset) -> None:
    """As on one machine."""
    put(dataset, 7, [])

    assert spools.rounds(dataset) == []


def test_what_is_stored_is_cleared_away(dataset: Dataset) -> None:
    """With the word that its shard was done."""
    put(dataset, 7, ["a"])
    spools.write_done(dataset, spools.done_name(7, NOW, 0), spools.Done(asked=1, worker="here:1"))
    assert spools.read_done(dataset, spools.done_name(7, NOW, 0)).asked == 1

    spools.clear(dataset, spools.sizes(dataset))

    assert dataset.files("spool") == []


def test_a_damaged_word_is_named(dataset: Dataset) -> None:
    """One line with its file."""
    dataset.publish_bytes(spools.done_name(7, NOW, 0), b"[]")

    with pytest.raises(DatasetError, match=r"\.done is damaged"):
        spools.read_done(dataset, spools.done_name(7, NOW, 0))


def test_an_owner_that_fails_publishes_no_round_elsewhere(tmp_path: Path) -> None:
    """Its visits are asked again; in a folder they are there already."""
    elsewhere, folder = Dataset(f"memory://failed-{tmp_path.name}"), Dataset(str(tmp_path))
    for dataset in (elsewhere, folder):
        state = make.state(source="a")
        with suppress(ZeroDivisionError), spools.begin(dataset, 7, NOW, writer="x") as current:
            current.put(make.fetched(source=make.source(name="a")), before=state, after=state)
            _ = 1 / 0

    assert spools.rounds(elsewhere) == []
    assert len(spools.rounds(folder)) == 1
