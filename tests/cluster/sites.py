"""Sources on many small hosts of this machine, and what a round of fetching needs."""

import pickle
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from digest.cluster.attempt import attempt
from digest.cluster.dataset import Dataset
from digest.cluster.engine import Outcome, T
from digest.cluster.fetch import FetchTask
from digest.cluster.source_files import read_index, write_sources
from digest.cluster.tasks import Result
from digest.config import Config, parse_config
from digest.fetch.limits import FetchLimits
from digest.records import Source
from digest.store import archive
from tests.make import FOCUS, SOURCE

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from loopback_hosts import Asked, Hosts, address, serving

__all__ = ["Asked", "Hosts", "address", "serving"]

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PAUSE = 0.2
_OWN = """
import pickle, sys
from digest.cluster.fetch import fetch_shard
from digest.cluster.leases import Superseded
try:
    fetch_shard(pickle.load(sys.stdin.buffer))
except Superseded:
    sys.exit(3)
"""


class InlineEngine:
    """Does one task after the other in the driver."""

    workers = 1

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        for task in tasks:
            answer = attempt(function, task)
            yield Outcome(task=task, result=answer.result, error=answer.error, trace=answer.trace)

    def close(self) -> None:
        """Nothing is open."""


def feed(hosts: Hosts, host: int, name: str) -> Source:
    return Source(name=name, url=hosts.url(host, f"/feed/{name}"), kind="feed")


def redirected(hosts: Hosts, host: int, target: int, name: str) -> Source:
    """A source that another host serves; it declares both, since neither is public."""
    url = hosts.url(host, f"/to/{target}/{name}")
    return Source(name=name, url=url, kind="feed", base_url=hosts.url(target, "/"))


def config_of(folder: Path, sources: Sequence[Source], *, pause: float = 0.0) -> Config:
    config = parse_config(tomllib.loads(FOCUS + SOURCE), folder=folder)
    fetch = config.fetch.model_copy(update={"pause": timedelta(seconds=pause)})
    return config.model_copy(update={"sources": tuple(sources), "fetch": fetch})


def dataset_of(folder: Path, sources: Sequence[Source]) -> Dataset:
    dataset = Dataset(str(folder / "dataset"))
    write_sources(dataset, sources, {})
    return dataset


def task_of(dataset: Dataset, config: Config, **changes: object) -> FetchTask:
    """The task of the dataset's only shard."""
    index = read_index(dataset)
    [(shard, name)] = index.files.items()
    task = FetchTask(
        dataset=dataset, shard=shard, shards=index.shards, now=NOW, period_start=NOW - timedelta(days=7),
        settings=config.fetch, limits=FetchLimits(), sources=name,
    )  # fmt: skip
    return replace(task, **changes)  # type: ignore[arg-type]


def owner(task: FetchTask) -> "subprocess.Popen[bytes]":
    """Another process that asks a shard; it ends with status 3 where it was superseded."""
    process = subprocess.Popen([sys.executable, "-c", _OWN], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(pickle.dumps(task))
    process.stdin.close()
    return process


def shortest_pause(log: Iterable[Asked]) -> float:
    """Seconds from the end of one request to the start of the next one of the same host, at the least."""
    by_host: dict[str, list[Asked]] = defaultdict(list)
    for asked in log:
        by_host[asked["host"]].append(asked)
    return min(
        later["started"] - earlier["ended"]
        for of_host in by_host.values()
        for earlier, later in pairwise(sorted(of_host, key=lambda asked: asked["started"]))
    )


def stored(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()
