"""Fetching by shards under trouble, as `bench_cluster` measures it: many sources on small hosts of this machine.

A tenth of the sources redirects to another shard's host. Before the round begins, a machine that was cut off holds
some of the shards: it is suspended, thought dead, and resumed while the next owners ask. In the middle a worker is
killed. The server's own log then says whether every source was asked, and no host sooner than its pause.
"""

import multiprocessing
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import loopback_hosts
from loopback_hosts import Asked, Hosts

from digest.cluster.dataset import Dataset
from digest.cluster.engine import Engine
from digest.cluster.fetch import FetchTask
from digest.cluster.fetching import ABREAST, fetch_all_shards, store_spools
from digest.cluster.source_files import read_index, write_sources
from digest.config import Config, load_config
from digest.fetch.limits import FetchLimits, shared
from digest.records import Source
from digest.store import archive

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
#: Shards that the machine holds which is cut off.
HELD = 12
_OWN = """
import pickle, sys
from concurrent.futures import ThreadPoolExecutor
from digest.cluster.fetch import fetch_shard
from digest.cluster.leases import Superseded
def own(task):
    try:
        fetch_shard(task)
        return 0
    except Superseded:
        return 1
with ThreadPoolExecutor(32) as pool:
    print(sum(pool.map(own, pickle.load(sys.stdin.buffer))))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a round under trouble came to."""

    sources: int
    hosts: int
    seconds: float
    #: of the workers, a visit
    processor_ms: float
    requests: int
    #: requests for an address that had been asked before
    repeated: int
    #: sources without a visit in the archive, and entries that are missing
    lost: int
    #: visits or entries that are in the archive twice
    doubled: int
    #: seconds from a request to the next one of the same host, at the least, by the server's log
    shortest_pause: float
    pause: float
    handed_over: int
    #: shards of the machine that was cut off and that found themselves superseded when it was resumed
    superseded: int
    problems: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing was lost or stored twice, and no host asked too soon."""
        return not (self.lost or self.doubled or self.problems) and self.shortest_pause >= self.pause


def measure(
    folder: Path,
    engine: Engine,
    *,
    sources: int = 10_000,
    hosts: int = 500,
    pause: float = 0.2,
    latency: float = 0.02,
    trouble: Callable[[], None] = lambda: None,
) -> Figures:
    """One round with a machine that is cut off; *trouble* is made once a third of the sources has been asked."""
    with loopback_hosts.serving(hosts, latency) as served:
        declared = list(_sources(served, sources))
        config = _config(folder, declared, pause)
        dataset = Dataset(str(folder / "dataset"))
        write_sources(dataset, declared, {})
        with _cut_off(served, _some_tasks(dataset, config)) as resume:
            threads = [
                threading.Thread(target=_once, args=(served, sources // 3, trouble), daemon=True),
                threading.Thread(target=_once, args=(served, sources // 2, resume), daemon=True),
            ]
            for thread in threads:
                thread.start()
            began = time.perf_counter()
            report = fetch_all_shards(dataset, engine, config, NOW, period_start=NOW - timedelta(days=7))
            seconds = time.perf_counter() - began
            superseded = resume()
        log = served.log()
    store_spools(dataset, config)
    return Figures(
        sources=sources,
        hosts=hosts,
        seconds=seconds,
        processor_ms=report.processor_seconds / sources * 1000,
        requests=len(log),
        repeated=sum(count - 1 for count in Counter(one["path"] for one in log).values()),
        lost=_lost(config, sources),
        doubled=_doubled(config),
        shortest_pause=_shortest_pause(log),
        pause=pause,
        handed_over=report.handed_over,
        superseded=superseded,
        problems=report.problems,
    )


def kill_a_worker() -> None:
    """Kill a worker of this process's LocalEngine."""
    workers = multiprocessing.active_children()
    if workers:
        workers[0].kill()


def _sources(served: Hosts, count: int) -> Iterator[Source]:
    for number in range(count):
        host, name = number % served.count, f"s{number}"
        if number % 10:
            yield Source(name=name, url=served.url(host, f"/feed/{name}"), kind="feed")
            continue
        target = (host * 7 + 3) % served.count
        # It declares its target too: neither host is a public one.
        url = served.url(host, f"/to/{target}/{name}")
        yield Source(name=name, url=url, kind="feed", base_url=served.url(target, "/"))


def _config(folder: Path, sources: Sequence[Source], pause: float) -> Config:
    path = folder / "sources.toml"
    path.write_text('[focus]\nstatement = "x"\n[[sources]]\nname = "x"\nurl = "http://127.1.0.1/"\n', encoding="utf-8")
    config = load_config(path)
    fetch = config.fetch.model_copy(update={"pause": timedelta(seconds=pause)})
    return config.model_copy(update={"sources": tuple(sources), "fetch": fetch})


def _some_tasks(dataset: Dataset, config: Config) -> list[FetchTask]:
    index = read_index(dataset)
    task = FetchTask(
        dataset=dataset, shard=0, shards=index.shards, now=NOW, period_start=NOW - timedelta(days=7),
        settings=config.fetch, limits=shared(FetchLimits(), ABREAST),
    )  # fmt: skip
    return [replace(task, shard=shard, sources=name) for shard, name in list(index.files.items())[:HELD]]


@contextmanager
def _cut_off(served: Hosts, tasks: Sequence[FetchTask]) -> Iterator[Callable[[], int]]:
    """A process that holds some shards and is suspended; what resumes it says how many shards it had lost."""
    with subprocess.Popen([sys.executable, "-c", _OWN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(pickle.dumps(list(tasks)))
        process.stdin.close()
        _wait(served, 3 * len(tasks))
        process.send_signal(signal.SIGSTOP)
        ended = threading.Lock()
        lost: list[int] = []

        def resume() -> int:
            with ended:
                if not lost:
                    process.send_signal(signal.SIGCONT)
                    assert process.stdout is not None
                    lost.append(int(process.stdout.read()))
            return lost[0]

        try:
            yield resume
        finally:
            process.kill()


def _once(served: Hosts, requests: int, act: Callable[[], object]) -> None:
    _wait(served, requests)
    act()


def _wait(served: Hosts, requests: int) -> None:
    while served.count_asked() < requests:
        time.sleep(0.05)


def _shortest_pause(log: Iterable[Asked]) -> float:
    starts: dict[str, list[float]] = defaultdict(list)
    for asked in log:
        starts[asked["host"]].append(asked["started"])
    return min(later - earlier for one in starts.values() for earlier, later in pairwise(sorted(one)))


def _lost(config: Config, sources: int) -> int:
    with archive.open_archive(config.archive, read_only=True) as db:
        [(visited, entries)] = db.execute(
            "select (select count(distinct source) from fetches where outcome = 'new'), "
            "(select count(distinct (source, entry_id)) from core.items)"
        ).fetchall()
    return (sources - int(visited)) + (3 * sources - int(entries))


def _doubled(config: Config) -> int:
    with archive.open_archive(config.archive, read_only=True) as db:
        [(visits, entries)] = db.execute(
            "select (select count(*) - count(distinct source) from fetches), "
            "(select count(*) - count(distinct (source, entry_id)) from core.items)"
        ).fetchall()
    return int(visits) + int(entries)
