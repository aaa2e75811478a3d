"""Embedding a dataset by one plain process, by worker processes and by Ray, side by side, as `bench_cluster` measures it.

Processor seconds are those of whole worker processes, their start included; neither the driver nor Ray's own daemons
are counted, which the second figure says. A plain process runs the same function over the same files in a loop.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
from loopback_cluster import LoopbackCluster
from process_sampler import Sampled, sampling

from digest.cluster import embed
from digest.cluster.attempt import ENVIRONMENT
from digest.cluster.dataset import Dataset, key
from digest.cluster.engine import Engine
from digest.cluster.index import Index, publish_index
from digest.cluster.local_engine import LocalEngine
from digest.cluster.ray_engine import RayEngine
from digest.judge.embedding import BUNDLED, name_of_model

_PLAIN = """
import sys
from pathlib import Path
from digest.cluster import embed
from digest.cluster.dataset import Dataset
tasks = embed.embed_tasks(Dataset(sys.argv[1]), "bundled", folder=Path(), weights=sys.argv[2])
for task in tasks:
    embed.embed_file(task)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one way of embedding took."""

    way: str
    workers: Sampled
    #: everything beside the workers that this way needs: the driver, and Ray's daemons
    beside: float
    #: of all vectors
    hash: str


def make_dataset(folder: Path, items: int, rows: int) -> Dataset:
    """Made-up abstracts, so many a file."""
    import pyarrow as pa
    from made_up_archive import made_up
    from pyarrow import parquet

    dataset, index = Dataset(str(folder)), Index()
    dataset.begin()
    for start in range(0, items, rows):
        made = [made_up(number, short=False) for number in range(start, min(start + rows, items))]
        columns = {"item_id": [one.item_id for one in made], "title": [one.title for one in made]}
        table = pa.table(columns | {"body": [one.body for one in made]})
        name = f"items/week=2026-W{1 + start // rows % 52:02}/{key('texts', start, rows)}-{key('rows', start, rows)}.parquet"
        dataset.publish(name, partial(parquet.write_table, table, row_group_size=24_576))
        index.rows[name] = len(table)
    publish_index(dataset, index)
    return dataset


def measure(dataset: Dataset, clusters: dict[int, LoopbackCluster], rounds: int) -> Iterator[Figures]:
    """Every way in turn, *rounds* times; *clusters* by their number of workers."""
    ways: list[Callable[[], Figures]] = [lambda: _plain(dataset)]
    ways += [partial(_local, dataset, workers) for workers in clusters]
    ways += [partial(_ray, dataset, workers, cluster) for workers, cluster in clusters.items()]
    for _ in range(rounds):
        for way in ways:
            dataset.remove(dataset.files("vectors"))
            yield way()


def _plain(dataset: Dataset) -> Figures:
    weights = name_of_model(BUNDLED, folder=Path())[0]
    started: list[psutil.Process] = []
    with sampling(lambda: started) as sampled:
        process = psutil.Popen([sys.executable, "-c", _PLAIN, dataset.address, weights], env=os.environ | ENVIRONMENT)
        started.append(process)
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, "plain")
    return Figures(way="one plain process", workers=sampled, beside=0.0, hash=_hash(dataset))


def _local(dataset: Dataset, workers: int) -> Figures:
    with closing(LocalEngine(workers)) as engine, sampling(_own_workers) as sampled:
        beside = _embed(dataset, engine)
    return Figures(way=f"processes, {workers}", workers=sampled, beside=beside, hash=_hash(dataset))


def _ray(dataset: Dataset, workers: int, cluster: LoopbackCluster) -> Figures:
    with closing(RayEngine(cluster.address, workers)) as engine, sampling(cluster.workers) as sampled:
        daemons = _daemons(cluster)
        beside = _embed(dataset, engine)
        beside += _daemons(cluster) - daemons
    return Figures(way=f"Ray, {workers}", workers=sampled, beside=beside, hash=_hash(dataset))


def _embed(dataset: Dataset, engine: Engine) -> float:
    """Returns the driver's own processor seconds."""
    before = _spent(psutil.Process())
    done = embed.embed_dataset(dataset, engine, model=BUNDLED, folder=Path())
    if done.failures or done.skipped:
        raise RuntimeError(f"not embedded: {done}")
    return _spent(psutil.Process()) - before


def _daemons(cluster: LoopbackCluster) -> float:
    """Processor seconds so far of what is no worker."""
    workers = {one.pid for one in cluster.workers()}
    return sum(_spent(one) for node in cluster.nodes for one in node.processes() if one.pid not in workers)


def _own_workers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _hash(dataset: Dataset) -> str:
    """Of the bytes of all vectors."""
    found = hashlib.sha256()
    for name in dataset.files("vectors"):
        found.update(name.encode() + dataset.read(name))
    return found.hexdigest()
