"""A Ray cluster on this machine's loopback addresses, whose nodes and workers can be killed and suspended.

Each node is `ray start --block` with a folder of its own; its processes are that command's descendants, known by
psutil. Nobody else's cluster is touched: `ray stop` is never called.
"""

import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

#: A node that does not answer is dead after about three seconds; Ray's own patience is half a minute.
_IMPATIENT = {
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}
_RAY = (sys.executable, "-c", "from ray.scripts.scripts import main; main()")
_PORTS_OF_ITS_OWN = (
    "--min-worker-port=0", "--max-worker-port=0", "--dashboard-agent-listen-port=0", "--object-store-memory=80000000",
)  # fmt: skip
_ADDRESS = re.compile(r"--address='([\d.]+:\d+)'")


@dataclass(frozen=True, slots=True)
class Node:
    """One node: the process that started it, and everything below that."""

    root: psutil.Popen
    #: all that were ever seen, as a killed parent leaves orphans
    known: dict[int, psutil.Process] = field(default_factory=dict)

    def processes(self) -> list[psutil.Process]:
        """What runs of it."""
        with suppress(psutil.NoSuchProcess):
            self.known.update({one.pid: one for one in [self.root, *self.root.children(recursive=True)]})
        for orphanage in list(self.known.values()):
            with suppress(psutil.NoSuchProcess):
                self.known.update({one.pid: one for one in orphanage.children(recursive=True)})
        return [one for one in self.known.values() if _runs(one)]

    def workers(self) -> list[psutil.Process]:
        """The processes that do tasks, or wait for some."""
        return [one for one in self.processes() if _title(one).startswith("ray::") and "Agent" not in _title(one)]

    def busy(self) -> list[psutil.Process]:
        return [one for one in self.workers() if not _title(one).startswith("ray::IDLE")]

    def kill(self) -> None:
        """As if its power were cut."""
        self._send(signal.SIGKILL)
        psutil.wait_procs([self.root, *self.known.values()], timeout=10)

    def suspend(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, sent: signal.Signals) -> None:
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                one.send_signal(sent)


@dataclass(slots=True)
class LoopbackCluster:
    """A head, and nodes of one processor each, the head's own among them."""

    folder: Path
    token: str
    address: str = ""
    nodes: list[Node] = field(default_factory=list)
    _heads: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """What a driver needs in its environment."""
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token, "RAY_USAGE_STATS_ENABLED": "0"}

    def add_node(self, processors: int = 1) -> Node:
        """Start a node and wait until it is up; the first is the head."""
        host = f"127.0.0.{2 + len(self.nodes)}"
        place = (
            (f"--address={self.address}",)
            if self.address
            else ("--head", "--port=0", "--include-dashboard=false", f"--temp-dir={self.folder / 'ray'}")
        )
        log = self.folder / f"node-{len(self.nodes)}.log"
        arguments = (*_RAY, "start", *place, f"--node-ip-address={host}", f"--num-cpus={processors}", "--block")
        with log.open("wb") as output:
            process = psutil.Popen(
                [*arguments, *_PORTS_OF_ITS_OWN],
                env=os.environ | _IMPATIENT | self.environment, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        node = Node(process)
        self.nodes.append(node)
        wait_until(lambda: "will now block" in _text_of(log, process), seconds=60)
        if not self.address:
            self.address = _ADDRESS.findall(log.read_text())[0]
        return node

    def kill_worker(self, chance: random.Random) -> bool:
        """Kill one process that does a task; False where none does."""
        busy = [one for node in self.nodes for one in node.busy()]
        if busy:
            with suppress(psutil.NoSuchProcess):
                chance.choice(busy).kill()
        return bool(busy)

    def kill_node(self, chance: random.Random) -> Node | None:
        """Kill a node other than the head, if there is one; `add_node` gives the cluster another."""
        alive = [node for node in self.nodes[1:] if node.processes()]
        if not alive:
            return None
        victim = chance.choice(alive)
        victim.kill()
        return victim

    def workers(self) -> list[psutil.Process]:
        return [one for node in self.nodes for one in node.workers()]

    def stop(self) -> None:
        for node in reversed(self.nodes):
            node.resume()
            node.kill()


@contextmanager
def loopback_cluster(nodes: int = 2, *, head_processors: int = 1) -> Iterator[LoopbackCluster]:
    """A cluster of so many nodes, the head among them, gone at the end with all it left in the temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="loop-"))  # short: Ray's sockets have a limit of 107 characters
    cluster = LoopbackCluster(folder, secrets.token_hex(32))
    try:
        for number in range(nodes):
            cluster.add_node(head_processors if number == 0 else 1)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(condition: Callable[[], object], *, seconds: float) -> None:
    """Return when *condition* holds; TimeoutError where it does not in so many seconds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("it did not come to that in time")
        time.sleep(0.05)


def processor_seconds(processes: Sequence[psutil.Process]) -> float:
    """User and system time of processes that still run."""
    spent = 0.0
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            spent += times.user + times.system
    return spent


def _text_of(log: Path, process: psutil.Popen) -> str:
    text = log.read_text()
    if process.poll() is not None:
        raise RuntimeError(f"a node did not start: {text[-2_000:]}")
    return text


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _title(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return " ".join(process.cmdline())
    return ""
