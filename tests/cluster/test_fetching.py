"""A round over all shards, and its way into the archive."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.cluster import fetching as rounds
from digest.cluster import spools
from digest.cluster.dataset import Dataset
from digest.cluster.fetching import HANDOVERS, FetchReport, fetch_all_shards, store_spools
from digest.cluster.local_engine import LocalEngine
from digest.cluster.sharding import shard_of
from digest.cluster.source_files import read_index
from digest.config import Config
from digest.records import Fetched, Source
from digest.store import archive
from digest.store import sources as source_rows
from digest.workflows import fetching, ingesting
from tests.cluster.sites import (
    NOW,
    Asked,
    Hosts,
    InlineEngine,
    address,
    config_of,
    dataset_of,
    feed,
    redirected,
    serving,
    shortest_pause,
    stored,
)

ITEMS = "select item_id, source, entry_id, title, url, backfill from core.items order by 1"
SINCE = NOW - timedelta(days=7)
Log = Callable[[], list[Asked]]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def server() -> Iterator[Hosts]:
    with serving(12) as hosts:
        yield hosts


@pytest.fixture
def hosts(server: Hosts) -> Log:
    """What the server is asked from now on."""
    before = len(server.log())
    return lambda: server.log()[before:]


def fetch(dataset: Dataset, config: Config) -> FetchReport:
    return fetch_all_shards(dataset, InlineEngine(), config, NOW, period_start=SINCE)


def test_a_cluster_stores_what_one_machine_stores(server: Hosts, hosts: Log, tmp_path: Path) -> None:
    """The same items, visits and states, redirects across shards included, and each address is asked once."""
    sources = [feed(server, n % 12, f"f{n}") for n in range(30)]
    sources += [redirected(server, n, (n + 5) % 12, f"r{n}") for n in range(12)]
    together, alone = (config_of(tmp_path / name, sources) for name in ("together", "alone"))
    for config in (together, alone):
        config.folder.mkdir()
    dataset = dataset_of(tmp_path, sources)

    report = fetch(dataset, together)
    log = hosts()
    brought = store_spools(dataset, together)
    ingesting.ingest_fetched(alone, fetching.fetch(alone, NOW), wait=1)

    assert (report.asked, report.failed, report.problems) == (42, 0, ())
    assert report.handed_over == 12
    assert set(Counter(one["path"] for one in log).values()) == {1}
    assert brought.asked == 42
    assert stored(together, ITEMS) == stored(alone, ITEMS)
    with archive.open_archive(together.archive) as one, archive.open_archive(alone.archive) as two:
        assert source_rows.states(one) == source_rows.states(two)
    assert dataset.files("spool") == dataset.files("handoffs") == []


def test_a_redirect_is_asked_by_the_owner_of_its_host(server: Hosts, hosts: Log, tmp_path: Path) -> None:
    """Its visit lies in that shard's spool, and the pause between two requests holds across passes and owners."""
    pause = 0.1
    sources = [
        redirected(server, 1, 2, "moved"),
        *(feed(server, host, f"{host}-{n}") for host in (1, 2) for n in (0, 1)),
    ]
    config, dataset = config_of(tmp_path, sources, pause=pause), dataset_of(tmp_path, sources)

    fetch(dataset, config)

    owner = shard_of(Source(name="x", url=server.url(2, "/")))
    assert "moved" in spools.visited(dataset, owner, NOW)
    assert shortest_pause(hosts()) >= pause


def test_workers_share_the_shards(server: Hosts, hosts: Log, tmp_path: Path) -> None:
    """Two processes, many shards abreast in each: every source once."""
    sources = [feed(server, n % 12, f"f{n}") for n in range(24)]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    engine = LocalEngine(2)
    try:
        report = fetch_all_shards(dataset, engine, config, NOW, period_start=SINCE)
    finally:
        engine.close()

    assert (report.asked, report.problems) == (24, ())
    assert sorted(one["path"] for one in hosts()) == sorted(f"/feed/f{n}" for n in range(24))


def test_a_round_called_again_asks_what_is_left(server: Hosts, hosts: Log, tmp_path: Path) -> None:
    """One shard failed; the others are not asked again."""
    sources = [feed(server, n, f"f{n}") for n in range(4)]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    shard, name = next(iter(read_index(dataset).files.items()))
    whole = (tmp_path / "dataset" / name).read_bytes()
    (tmp_path / "dataset" / name).write_bytes(b"none")
    first = fetch(dataset, config)
    (tmp_path / "dataset" / name).write_bytes(whole)

    second = fetch(dataset, config)

    assert [line.partition(":")[0] for line in first.problems] == [f"shard {shard:03}"]
    assert (second.asked, second.problems) == (4, ())
    assert len(hosts()) == 4


def test_stored_twice_changes_nothing(server: Hosts, tmp_path: Path) -> None:
    """A kill between storing and clearing away leaves the rounds to the next run."""
    sources = [feed(server, n, f"f{n}") for n in range(4)]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)
    fetch(dataset, config)
    shutil.copytree(tmp_path / "dataset", tmp_path / "copy")
    first = store_spools(dataset, config)
    before = stored(config, ITEMS)

    second = store_spools(Dataset(str(tmp_path / "copy")), config)

    assert (first.asked, second.asked, second.new_items) == (4, 0, 0)
    assert stored(config, ITEMS) == before
    assert stored(config, "select count(*) from fetches") == [(4,)]


def test_of_two_visits_at_one_moment_one_is_stored(tmp_path: Path) -> None:
    """An owner that was thought dead had made it too; which of them is stored makes no difference."""
    source = feed(Hosts(9, 1), 0, "a")
    config, dataset = config_of(tmp_path, [source]), dataset_of(tmp_path, [source])
    before = fetching.state_of(source, {})
    for number, writer in enumerate(("0-000001-aa", "0-000002-bb")):
        fetched = Fetched(source=source, started_at=NOW + timedelta(seconds=number), error="answered 500")
        with spools.begin(dataset, shard_of(source), NOW, writer=writer) as current:
            fetching.keep_visit(current, fetched, before, NOW, config.fetch)

    store_spools(dataset, config)

    assert stored(config, "select failures from sources") == [(1,)]
    assert stored(config, "select count(*) from fetches") == [(1,)]


def test_a_visit_later_than_what_is_known_is_stored(tmp_path: Path) -> None:
    """Each round's own, in the order of the rounds; one that comes after a later one is passed over."""
    source = feed(Hosts(9, 1), 0, "a")
    config, dataset = config_of(tmp_path, [source]), dataset_of(tmp_path, [source])
    state = fetching.state_of(source, {})
    for hours in (1, 0, 2):
        moment = NOW + timedelta(hours=hours)
        fetched = Fetched(source=source, started_at=moment, error="answered 500")
        with spools.begin(dataset, shard_of(source), moment, writer=str(hours)) as current:
            fetching.keep_visit(current, fetched, state, moment, config.fetch)
        if hours != 1:
            store_spools(dataset, config)

    assert stored(config, "select failures from sources") == [(3,)]
    late = Fetched(source=source, started_at=NOW, error="answered 500")
    with spools.begin(dataset, shard_of(source), NOW, writer="late") as current:
        fetching.keep_visit(current, late, state, NOW, config.fetch)
    assert store_spools(dataset, config).asked == 0
    assert stored(config, "select failures from sources") == [(3,)]


def test_a_round_that_an_owner_still_has_open_stays(tmp_path: Path) -> None:
    """A suspended one may yet write to it; what is stored of it already is passed over when it is met again."""
    source = feed(Hosts(9, 1), 0, "a")
    config, dataset = config_of(tmp_path, [source]), dataset_of(tmp_path, [source])
    fetched = Fetched(source=source, started_at=NOW, error="answered 500")
    with spools.begin(dataset, shard_of(source), NOW, writer="x") as current:
        fetching.keep_visit(current, fetched, fetching.state_of(source, {}), NOW, config.fetch)
        first = store_spools(dataset, config)
        left = spools.rounds(dataset)

    assert (first.asked, len(left)) == (1, 1)
    assert store_spools(dataset, config).asked == 0
    assert spools.rounds(dataset) == []


def test_polls_go_from_owner_to_owner_so_often_and_no_more(
    server: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last pass what would have to be handed over again fails, in words."""
    monkeypatch.setattr(rounds, "HANDOVERS", 1)
    source = redirected(server, 1, 2, "m")
    chain = replace(source, name="chain", url=server.url(1, "/chain/2,1/m"))
    config, dataset = config_of(tmp_path, [source, chain]), dataset_of(tmp_path, [source, chain])

    report = fetch(dataset, config)
    brought = store_spools(dataset, config)

    assert HANDOVERS == 5
    assert (report.asked, report.failed) == (2, 1)
    refused = f"redirected to {server.url(1, '/feed/m')}: not asked: {address(1)} is one hand-over too far"
    assert brought.problems == (f"chain: {refused}",)


def test_a_machine_without_a_network_fails_no_source(tmp_path: Path) -> None:
    """Nothing is remembered of its visits, and one line says why."""
    sources = [Source(name=f"S{n}", url=f"https://host-{n}.invalid/feed", kind="feed") for n in range(3)]
    config, dataset = config_of(tmp_path, sources), dataset_of(tmp_path, sources)

    report = fetch(dataset, config)
    brought = store_spools(dataset, config)

    assert (report.asked, brought.asked) == (0, 0)
    assert len(report.problems) == 1
    assert report.problems[0].endswith("the network seems to be down: none of 3 sources could be reached")


def test_mailboxes_are_read_where_the_archive_is(tmp_path: Path) -> None:
    """By no worker, which has neither the folder nor the password."""
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
    letter = b"From: a@example.org\nSubject: News\nMessage-ID: <1@example.org>\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n\nHello, this is the news.\n"
    (tmp_path / "mail" / "new" / "1").write_bytes(letter)
    source = Source(name="letters", kind="newsletter", url="maildir:mail", maildir="mail")
    config, dataset = config_of(tmp_path, [source]), dataset_of(tmp_path, [source])

    report = fetch(dataset, config)
    store_spools(dataset, config)

    assert report.asked == 1
    assert stored(config, "select title from items") == [("News",)]


def test_without_sources_nothing_happens(tmp_path: Path) -> None:
    """Nothing to ask, nothing to store, no archive opened."""
    config, dataset = config_of(tmp_path, []), Dataset(str(tmp_path / "dataset"))

    assert fetch(dataset, config) == FetchReport()
    assert store_spools(dataset, config).asked == 0
    assert not config.archive.exists()
