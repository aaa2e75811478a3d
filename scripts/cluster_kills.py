"""Embedding a dataset while workers, nodes and the driver are killed at random, as `bench_cluster` does it.

A driver that was killed is started again. Once all files are there they are compared with those of a run that nothing
happened to, a further run has to find nothing to do, and they are removed for the next pass, until enough was killed.
"""

import hashlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from loopback_cluster import LoopbackCluster, Node, wait_until

from digest.cluster import embed
from digest.cluster.dataset import Dataset
from digest.cluster.local_engine import LocalEngine
from digest.judge.embedding import BUNDLED

ROOT = Path(__file__).resolve().parent.parent
#: Seconds until a suspended node is taken for dead, and a little more.
_SUSPENDED = 6.0


@dataclass(slots=True, kw_only=True)
class Figures:
    """What happened, and what was wrong afterwards."""

    killed: Counter[str] = field(default_factory=Counter)
    passes: int = 0
    drivers: int = 0
    #: files that were absent or had other bytes at the end of a pass
    wrong: int = 0
    #: files that a run wrote when all were there
    again: int = 0

    @property
    def well(self) -> bool:
        return self.passes > 0 and not self.wrong and not self.again


def measure(dataset: Dataset, cluster: LoopbackCluster, *, kills: int, seed: int = 16) -> Figures:
    """Kill so many times, of each kind at least once, and finish the pass."""
    chance, figures = random.Random(seed), Figures()
    with closing(LocalEngine(2)) as engine:
        embed.embed_dataset(dataset, engine, model=BUNDLED, folder=Path())
    wanted = _hashes(dataset)
    kinds = ["worker", "node", "driver", "suspension"]
    plan = kinds + chance.choices(kinds, (6, 3, 4, 1), k=max(kills - len(kinds), 0))
    chance.shuffle(plan)
    while plan:
        dataset.remove(dataset.files("vectors"))
        _one_pass(dataset, cluster, plan, chance, figures)
        found = _hashes(dataset)
        figures.passes += 1
        figures.wrong += sum(found.get(name) != wanted.get(name) for name in found.keys() | wanted.keys())
        output = subprocess.run(_command(dataset, cluster), capture_output=True, text=True, check=True).stdout
        figures.again += not output.startswith("embed: 0 files")
    return figures


def _one_pass(
    dataset: Dataset, cluster: LoopbackCluster, plan: list[str], chance: random.Random, figures: Figures
) -> None:
    """Embed everything, and meanwhile do what *plan* has next."""
    acts: dict[str, Callable[[subprocess.Popen[bytes]], bool]] = {
        "worker": lambda _: cluster.kill_worker(chance),
        "node": lambda _: _replace_node(cluster, chance),
        "driver": _kill,
        "suspension": lambda _: _suspend_node(cluster),
    }
    while True:
        figures.drivers += 1
        driver = subprocess.Popen(_command(dataset, cluster), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while driver.poll() is None:
            if plan and any(node.busy() for node in cluster.nodes):
                time.sleep(chance.uniform(0.0, 1.0))
                if driver.poll() is None and acts[plan[-1]](driver):
                    figures.killed[plan.pop()] += 1
            time.sleep(0.1)
        if driver.wait() == 0:
            return


def _kill(driver: "subprocess.Popen[bytes]") -> bool:
    driver.kill()
    return True


def _replace_node(cluster: LoopbackCluster, chance: random.Random) -> bool:
    killed = cluster.kill_node(chance)
    if killed is not None:
        cluster.add_node()
    return killed is not None


def _suspend_node(cluster: LoopbackCluster) -> bool:
    """Suspend a node that is at work until it is declared dead, and let it go on: it ends by itself then."""
    at_work: Node | None = next((node for node in cluster.nodes[1:] if node.busy()), None)
    if at_work is None:
        return False
    at_work.suspend()
    time.sleep(_SUSPENDED)
    at_work.resume()
    wait_until(lambda: not at_work.processes(), seconds=60)
    cluster.add_node()
    return True


def _command(dataset: Dataset, cluster: LoopbackCluster) -> list[str]:
    os.environ["PYTHONPATH"] = str(ROOT)
    return [
        *(sys.executable, "-m", "digest", "cluster", "embed", dataset.address),
        *("--engine", "ray", "--address", cluster.address),
    ]


def _hashes(dataset: Dataset) -> dict[str, str]:
    return {name: hashlib.sha256(dataset.read(name)).hexdigest() for name in dataset.files("vectors")}
