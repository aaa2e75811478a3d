"""One owner a shard, and who is not sends nothing."""

from pathlib import Path

import pytest

from digest.cluster.dataset import Dataset
from digest.cluster.leases import STALE, Lease, Superseded


def test_a_new_owner_supersedes_the_one_before(tmp_path: Path) -> None:
    """At the earlier one's next look, however long it was away; another shard's owner is not concerned."""
    dataset = Dataset(str(tmp_path))
    first, second, other = Lease(dataset, 7), Lease(dataset, 7), Lease(dataset, 8)
    for lease in (first, other):
        lease.take()
        lease.confirm()

    second.take()

    second.confirm()
    other.confirm()
    assert (first.generation, second.generation) == (1, 2)
    with pytest.raises(Superseded, match="shard 007 has another owner now"):
        first.confirm()


def test_of_two_that_take_it_at_the_same_time_one_is_left(tmp_path: Path) -> None:
    """Both read the same generation; the last to write holds the shard."""
    dataset = Dataset(str(tmp_path))
    first, second = Lease(dataset, 7), Lease(dataset, 7)
    first.take()
    (tmp_path / "leases" / "shard=007").unlink()
    second.take()

    assert first.generation == second.generation
    second.confirm()
    with pytest.raises(Superseded):
        first.confirm()


@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_a_lease_that_cannot_be_read_is_lost(tmp_path: Path, content: bytes | None) -> None:
    """Who cannot know sends nothing; the next owner takes it all the same."""
    lease = Lease(Dataset(str(tmp_path)), 7)
    lease.take()
    if content is None:
        (tmp_path / "leases" / "shard=007").unlink()
    else:
        (tmp_path / "leases" / "shard=007").write_bytes(content)

    with pytest.raises(Superseded):
        lease.confirm()
    lease.take()
    lease.confirm()


def test_in_a_store_elsewhere_a_look_counts_for_a_while() -> None:
    """So long the next owner waits before it asks."""
    moment = 100.0
    dataset = Dataset("memory://leases")
    first, second = Lease(dataset, 7, clock=lambda: moment), Lease(dataset, 7)
    first.take()
    first.confirm()
    second.take()

    moment += STALE / 2
    first.confirm()
    moment += STALE
    with pytest.raises(Superseded):
        first.confirm()
    assert second.stale_after == STALE
