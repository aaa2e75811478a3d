"""A Ray cluster: one that runs already, or one of this machine that is started for the command.

Only core tasks and actors, whose results are a few numbers each; what counts is in files. Ray tries a task again
whose worker or node died. A node that was declared dead and goes on writes the same bytes under the same name.
"""

import logging
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from digest import __version__
from digest.cluster.attempt import ENVIRONMENT, Answer, attempt
from digest.cluster.engine import Outcome
from digest.cluster.tasks import Result, Task
from digest.errors import DigestError, first_line
from digest.printable import one_line

T = TypeVar("T", bound=Task)

#: How often Ray starts a task again whose worker or node died.
RETRIES = 3
#: What Ray reads as it is imported: a cluster that answers only those who hold its token, and reports to nobody.
#: A task that a node's memory is too small for is given up as well, where Ray by itself would try for ever.
_SETTINGS = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_task_oom_retries": str(RETRIES),
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # of its own messages, which it prints among ours
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
#: Tasks in flight for each processor: one runs, one is on its way.
_IN_FLIGHT = 2
#: At least so many in flight, so that a cluster that grows by demand sees some.
_LEAST_IN_FLIGHT = 8
#: Seconds for a cluster to answer at its address.
_PATIENCE = 5.0
#: Bytes for Ray's store of objects, into which nothing of ours goes; the least it takes.
_STORE = 80_000_000


class ClusterError(DigestError):
    """A cluster that does not answer, or Ray itself is missing."""


class RayEngine:
    """Tasks of one processor each; close it to let go of the cluster.

    *address* names a cluster ("host:6379", or "auto" on one of its nodes); without one, a cluster of this machine
    with so many *workers* is started. *workers* bounds the tasks in flight; by default all processors are used, those
    that join later as well. A resident worker takes *gpus* of a GPU, a fraction or several, where the cluster has any.
    """

    def __init__(self, address: str = "", workers: int | None = None, gpus: float = 1.0) -> None:
        self._ray = _imported()
        self._most = workers
        self._gpus = gpus
        _connect(self._ray, address, workers)
        self._attempt = self._ray.remote(num_cpus=1, max_retries=RETRIES)(attempt)

    @property
    def workers(self) -> int:
        """How many tasks run at the same time; a cluster that grows by demand may have none yet."""
        processors = int(self._ray.cluster_resources().get("CPU", 0))
        return max(1, min(self._most or processors, processors))

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        """Outcomes as they come, one a task; see `Engine`."""
        if resident or abreast > 1:
            return self._map_by_actors(function, tasks, self._share() if resident else 0, abreast)
        return self._map(function, tasks)

    def _map(self, function: Callable[[T], Result], tasks: Iterable[T]) -> Iterator[Outcome[T]]:
        remaining = iter(tasks)
        flying: dict[Any, T] = {}
        while True:
            for task in islice(remaining, max(0, self._places() - len(flying))):
                flying[self._attempt.remote(function, task, __version__)] = task
            if not flying:
                return
            for reference in self._ready(flying):
                yield self._outcome(flying.pop(reference), reference)

    def _map_by_actors(
        self, function: Callable[[T], Result], tasks: Iterable[T], share: float, abreast: int
    ) -> Iterator[Outcome[T]]:
        """As `_map`, by actors: each keeps what the function loaded, and Ray starts one again that died.

        An actor takes the next task as it comes free, its first when it is up; one that the cluster has no place for
        holds up nobody.
        """
        remaining = iter(tasks)
        actors = [self._actor(share, abreast) for _ in range(self._places_of_actors(share))]
        flying: dict[Any, tuple[T | None, Any]]
        flying = {actor.up.remote(): (None, actor) for actor in actors for _ in range(abreast)}
        following = next(remaining, None)
        try:
            while following is not None or any(task is not None for task, _ in flying.values()):
                for reference in self._ready(flying):
                    task, actor = flying.pop(reference)
                    if following is not None:
                        flying[actor.attempt.remote(function, following, __version__)] = following, actor
                        following = next(remaining, None)
                    if task is not None:
                        yield self._outcome(task, reference)
        finally:
            for actor in actors:
                self._ray.kill(actor)

    def _actor(self, share: float, abreast: int) -> Any:  # noqa: ANN401 - Ray makes these classes as it runs
        kind = self._ray.remote(
            num_cpus=1, num_gpus=share, max_concurrency=abreast, max_restarts=-1, max_task_retries=RETRIES
        )
        return kind(_Resident).remote()

    def _share(self) -> float:
        return self._gpus if self._ray.cluster_resources().get("GPU", 0) else 0

    def _places_of_actors(self, share: float) -> int:
        most = self.workers
        return max(1, min(most, int(self._ray.cluster_resources()["GPU"] / share))) if share else most

    def _places(self) -> int:
        """How many tasks may be in flight."""
        return self._most or max(_IN_FLIGHT * self.workers, _LEAST_IN_FLIGHT)

    def _ready(self, flying: Iterable[Any]) -> list[Any]:
        return self._ray.wait(list(flying), num_returns=1, fetch_local=False)[0]  # type: ignore[no-any-return]

    def _outcome(self, task: T, reference: Any) -> Outcome[T]:  # noqa: ANN401 - Ray's references are not typed here
        try:
            answer: Answer = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            return Outcome(
                task=task, error=one_line(f"its worker died {RETRIES + 1} times in turn: {first_line(error)}")
            )
        return Outcome(task=task, result=answer.result, error=answer.error, trace=answer.trace)

    def close(self) -> None:
        """Leave the cluster, or end the one that was started."""
        self._ray.shutdown()


class _Resident:
    """An actor: a process that stays."""

    def up(self) -> None: ...

    def attempt(self, function: Callable[[T], Result], task: T, version: str) -> Answer:
        return attempt(function, task, version)


def _imported() -> Any:  # noqa: ANN401 - typed as Any so that a check needs no Ray
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise ClusterError("the engine ray needs Ray: pip install 'mldigest[ray]'") from error
    return ray


def _connect(ray: Any, address: str, workers: int | None) -> None:  # noqa: ANN401 - see `_imported`
    """Join the cluster at *address*, or start one; raises ClusterError in one line."""
    _knock(address)
    options: dict[str, Any] = {"address": address} if address else _own_cluster(workers)
    try:
        ray.init(
            **options,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": ENVIRONMENT},
        )
    except ray.exceptions.AuthenticationError as error:
        raise ClusterError(
            f"{address}: the cluster asks for its token, in RAY_AUTH_TOKEN or in the file that RAY_AUTH_TOKEN_PATH names"
        ) from error
    except (ConnectionError, ValueError, RuntimeError, OSError, ray.exceptions.RayError) as error:
        raise ClusterError(f"{address or 'a cluster of this machine'}: {one_line(str(error))}") from error


def _knock(address: str) -> None:
    """Raise ClusterError where nobody listens at "host:port": Ray itself would go on trying for minutes."""
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal() and "/" not in host):
        return  # "auto", or an address of another kind, which Ray judges
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"no Ray cluster answers at {address}: {error}") from error


def _own_cluster(workers: int | None) -> dict[str, Any]:
    """What starts a cluster of this machine, for this command alone: a token of its own keeps others out."""
    if not os.environ.get("RAY_AUTH_TOKEN_PATH"):
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    options: dict[str, Any] = {"address": "local", "num_cpus": workers, "include_dashboard": False}
    if sys.platform == "linux":  # elsewhere there is one loopback address, which Ray replaces by the host's
        options["_node_ip_address"] = "127.0.0.2"
    return options | {"object_store_memory": _STORE}
