"""One shard's owner: it asks politely, loses nothing when it is killed, and stops when it is superseded."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pydantic import TypeAdapter

from digest.cluster import spools
from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.fetch import FetchTask, _owner, fetch_shard, visit_shard
from digest.cluster.fetching import store_spools
from digest.cluster.leases import Lease, Superseded
from digest.cluster.sharding import ARXIV, SHARDS, shard_of_host
from digest.cluster.source_files import read_index, write_sources
from digest.config import Config
from digest.fetch.request_steps import RequestStep
from digest.records import Source, SourceState
from tests.cluster.sites import (
    NOW,
    PAUSE,
    Hosts,
    config_of,
    dataset_of,
    feed,
    owner,
    serving,
    shortest_pause,
    stored,
    task_of,
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with serving(4) as hosts:
        yield hosts


def until(hosts: Hosts, count: int) -> None:
    """Wait until so many requests have been answered."""
    deadline = time.monotonic() + 20
    while len(hosts.log()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_due_is_asked_and_kept(hosts: Hosts, tmp_path: Path) -> None:
    """Each visit lies in the shard's spool, with a word that the shard is done; a second try asks nothing."""
    sources = [feed(hosts, 0, f"f{n}") for n in range(5)]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    task = task_of(dataset, config)

    first, second = fetch_shard(task), fetch_shard(task)

    assert (first.rows, second.rows) == (5, 5)
    assert len(hosts.log()) == 5
    assert set(spools.visited(dataset, task.shard, NOW)) == {f"f{n}" for n in range(5)}
    assert spools.read_done(dataset, task.output).asked == 5


def test_what_is_not_due_is_not_asked(hosts: Hosts, tmp_path: Path) -> None:
    """The states that an earlier round led to hold, politeness and validators included."""
    sources = [feed(hosts, 0, "a")]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    fetch_shard(task_of(dataset, config))
    store_spools(dataset, config)
    [(state,)] = stored(config, "select state from core.sources")

    write_sources(dataset, sources, {"a": TypeAdapter(SourceState).validate_json(str(state))})
    done = fetch_shard(task_of(dataset, config))

    assert done.rows == 0
    assert len(hosts.log()) == 1


def test_a_kill_costs_the_visit_that_it_interrupts(hosts: Hosts, tmp_path: Path) -> None:
    """The next owner asks the others, one pause after the last request of the one before."""
    sources = [feed(hosts, 0, f"f{n}") for n in range(8)]
    config, dataset = config_of(tmp_path, sources, pause=PAUSE), dataset_of(tmp_path, sources)
    task = task_of(dataset, config)

    with owner(task) as killed:
        until(hosts, 3)
        killed.kill()
    fetch_shard(task)
    log = hosts.log()
    brought = store_spools(dataset, config)

    asked = Counter(one["path"] for one in log)
    assert set(asked) == {f"/feed/f{n}" for n in range(8)}
    assert sum(asked.values()) <= 8 + 1
    assert shortest_pause(log) >= PAUSE
    assert (brought.asked, brought.problems) == (8, ())
    assert stored(config, "select count(*), count(distinct source) from fetches") == [(8, 8)]
    assert stored(config, "select count(*), count(distinct item_id) from items") == [(24, 24)]


def test_an_owner_that_wakes_up_superseded_asks_nothing(hosts: Hosts, tmp_path: Path) -> None:
    """Suspended, replaced and resumed: no pause is undercut, and nothing is stored twice."""
    sources = [feed(hosts, 0, f"f{n}") for n in range(8)]
    config, dataset = config_of(tmp_path, sources, pause=PAUSE), dataset_of(tmp_path, sources)
    task = task_of(dataset, config)

    with owner(task) as cut_off:
        until(hosts, 3)
        cut_off.send_signal(signal.SIGSTOP)
        fetch_shard(task)
        before = len(hosts.log())
        cut_off.send_signal(signal.SIGCONT)
        assert cut_off.wait(timeout=20) == 3
    log = hosts.log()
    brought = store_spools(dataset, config)

    assert len(log) == before
    assert shortest_pause(log) >= PAUSE
    assert brought.asked == 8
    assert stored(config, "select count(*), count(distinct source) from fetches") == [(8, 8)]


def test_an_owner_resumed_in_the_middle_of_the_next_ones_round_stays_out_of_its_way(
    hosts: Hosts, tmp_path: Path
) -> None:
    """While both run, the host sees one of them."""
    sources = [feed(hosts, 0, f"f{n}") for n in range(10)]
    config, dataset = config_of(tmp_path, sources, pause=PAUSE), dataset_of(tmp_path, sources)
    task = task_of(dataset, config)

    with owner(task) as cut_off:
        until(hosts, 3)
        cut_off.send_signal(signal.SIGSTOP)
        with owner(task) as following:
            until(hosts, 6)
            cut_off.send_signal(signal.SIGCONT)
            assert (cut_off.wait(timeout=20), following.wait(timeout=20)) == (3, 0)
    log = hosts.log()
    store_spools(dataset, config)

    assert shortest_pause(log) >= PAUSE
    assert stored(config, "select count(*), count(distinct source) from fetches") == [(10, 10)]


def test_a_superseded_owner_does_not_say_that_it_is_done(hosts: Hosts, tmp_path: Path) -> None:
    """Another owner took the shard while it rested."""
    sources = [feed(hosts, 0, "a")]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    task = task_of(dataset, config)

    with pytest.raises(Superseded):
        visit_shard(task, lambda polls, keep, ownership: None, sleep=lambda seconds: _take(dataset, task))

    assert not dataset.exists(task.output)
    assert hosts.log() == []


def test_a_store_elsewhere_gets_a_round_at_its_end(hosts: Hosts, tmp_path: Path) -> None:
    """Where files cannot grow; what comes of it is the same."""
    sources = [feed(hosts, 0, f"f{n}") for n in range(3)]
    config, dataset = config_of(tmp_path, sources), Dataset(f"memory://{tmp_path.name}")
    write_sources(dataset, sources, {})

    fetch_shard(task_of(dataset, config))
    again = fetch_shard(task_of(dataset, config))
    brought = store_spools(dataset, config)

    assert (again.rows, len(hosts.log()), brought.asked) == (3, 3, 3)
    assert dataset.files("spool") == []


def test_an_owner_rests_a_pause_first_and_arxivs_its_gap(tmp_path: Path) -> None:
    """Whoever asked before may have done so a moment ago; with nothing to ask there is nothing to wait for."""
    rests: list[float] = []
    config, dataset = config_of(tmp_path, [], pause=PAUSE), Dataset(str(tmp_path / "dataset"))
    sources = [Source(name="papers", kind="arxiv", categories=("cs.LG",)), Source(name="blog", url="http://127.1.0.1/")]
    files = write_sources(dataset, sources, {}).files
    for shard, name in files.items():
        task = _task(dataset, config, shard, name)
        visit_shard(task, lambda polls, keep, ownership: None, sleep=rests.append)
    write_sources(dataset, [], {})

    assert rests == [3.0, PAUSE]
    assert read_index(dataset).files == {}


@pytest.mark.parametrize("arxiv", [True, False])
def test_all_requests_to_arxiv_are_its_owners(arxiv: bool) -> None:
    """Its hosts from any source, and whatever its own sources ask for."""
    step = RequestStep(
        request=httpx2.Request("GET", "https://mirror.example.org/"),
        host=("mirror.example.org", 443),
        declared=True,
        arxiv=arxiv,
        seconds=1,
    )

    assert _owner(step, SHARDS) == (ARXIV if arxiv else shard_of_host("mirror.example.org"))


def test_damaged_sources_are_one_line(tmp_path: Path) -> None:
    """Which the driver shows beside the shards that went well."""
    sources = [loopback_source("a")]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    task = task_of(dataset, config)
    (tmp_path / "dataset" / task.sources).write_bytes(b"none")

    with pytest.raises(DatasetError, match="is damaged"):
        fetch_shard(task)


def loopback_source(name: str) -> Source:
    return Source(name=name, url="http://127.1.0.1:9/feed")


def _take(dataset: Dataset, task: FetchTask) -> None:
    Lease(dataset, task.shard).take()


def _task(dataset: Dataset, config: Config, shard: int, name: str) -> FetchTask:
    return FetchTask(
        dataset=dataset, shard=shard, shards=SHARDS, now=NOW, period_start=NOW, settings=config.fetch, sources=name
    )
