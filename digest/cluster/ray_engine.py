"""A Ray cluster: one that runs already, or one of this machine that is started for the command.

Only actors of Ray's core, whose results are a few numbers each; what counts is in files. Each worker is an actor that
takes one task after the other and keeps what it loaded. Plain Ray tasks would be less to write, but one on a machine
that froze is not given back when the machine is declared dead (seen with Ray 2.60), while an actor's death reaches its
driver at once. A machine that was declared dead and goes on writes the same bytes under the same name.
"""

import logging
import os
import secrets
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, TypeVar

from digest import __version__
from digest.cluster.attempt import ENVIRONMENT, TRIES, WORKER_DIED, Answer, attempt
from digest.cluster.engine import Outcome
from digest.cluster.tasks import Result, Task
from digest.errors import DigestError
from digest.printable import one_line

T = TypeVar("T", bound=Task)

_log = logging.getLogger(__name__)

#: What Ray reads as it is imported: a cluster that answers only those who hold its token, and reports to nobody.
_SETTINGS = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # of its own messages, which it prints among ours
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_WANTS_TOKEN = (
    "does not let us in; its token has to be in RAY_AUTH_TOKEN, in the file that RAY_AUTH_TOKEN_PATH names, or in "
    "~/.ray/auth_token"
)
#: Workers that are asked for beyond the processors there are: a cluster that grows by demand sees some.
_SPARE = 2
#: Workers that fail to start, one after the other, before the step is given up.
_FALSE_STARTS = 4
#: Seconds without any news after which the log says so.
_SILENCE = 60.0
#: Seconds for a cluster to answer at its address.
_PATIENCE = 5.0
#: Bytes for Ray's store of objects, into which nothing of ours goes; the least it takes.
_STORE = 80_000_000


class ClusterError(DigestError):
    """A cluster that does not answer, or Ray itself is missing."""


class RayEngine:
    """Workers of one processor each; close it to let go of the cluster.

    *address* names a cluster ("host:6379", or "auto" on one of its nodes); without one, a cluster of this machine
    with so many *workers* is started. By default all processors are used, those that join later as well. A resident worker takes *gpus* of a GPU, a fraction or several, where the cluster has any.
    """

    def __init__(self, address: str = "", workers: int | None = None, gpus: float = 1.0) -> None:
        self._ray = _imported()
        self._most = workers
        self._gpus = gpus
        _connect(self._ray, address, workers)

    @property
    def workers(self) -> int:
        """How many tasks run at the same time; a cluster that grows by demand may have none yet."""
        processors = int(self._ray.cluster_resources().get("CPU", 0))
        return max(1, min(self._most or processors, processors))

    def map(
        self, function: Callable[[T], Result], tasks: Iterable[T], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[T]]:
        """Outcomes as they come, one a task; see `Engine`. Raises ClusterError where no worker can start."""
        share = self._gpus if resident and self._ray.cluster_resources().get("GPU", 0) else 0
        remaining = iter(tasks)
        with closing(_Crew(self._ray, abreast, share)) as crew:
            following = next(remaining, None)
            self._hire(crew, self._places(share))
            while following is not None or crew.again or crew.working:
                while crew.idle and (crew.again or following is not None):
                    if crew.again:
                        crew.give(function, *crew.again.popleft())
                    elif following is not None:
                        crew.give(function, following, 1)
                        following = next(remaining, None)
                yield from crew.news()
                if following is not None or crew.again:
                    self._hire(crew, crew.starting_or_up + max(0, _SPARE - crew.starting))

    def _places(self, share: float) -> int:
        """Workers that there is a place for, and some more."""
        there = self._ray.cluster_resources()
        return _SPARE + int(min(there.get("CPU", 0), there["GPU"] / share) if share else there.get("CPU", 0))

    def _hire(self, crew: "_Crew", wanted: int) -> None:
        for _ in range(min(wanted, self._most or wanted) - crew.starting_or_up):
            crew.hire()

    def close(self) -> None:
        """Leave the cluster, or end the one that was started."""
        self._ray.shutdown()


class _Crew:
    """The workers of one step, and what each is at."""

    def __init__(self, ray: Any, abreast: int, share: float) -> None:  # noqa: ANN401 - see `_imported`
        self._ray = ray
        self._abreast = abreast
        self._kind = ray.remote(num_cpus=1, num_gpus=share, max_concurrency=abreast)(_Worker)
        self._actors: list[Any] = []
        #: a worker for each task that it could take
        self.idle: list[Any] = []
        #: tasks whose worker died, with the number of the next try
        self.again: deque[tuple[Any, int]] = deque()
        #: what is waited for: a worker's start, or its task
        self._flying: dict[Any, tuple[Any, Any, int]] = {}
        self.working = self.starting = self._false_starts = 0

    @property
    def starting_or_up(self) -> int:
        return len(self._actors)

    def hire(self) -> None:
        """Ask for another worker; it is idle once the cluster has a place for it."""
        actor = self._kind.remote()
        self._actors.append(actor)
        self._flying[actor.up.remote()] = actor, None, 0
        self.starting += 1

    def give(self, function: Callable[[Any], Result], task: Task, tries: int) -> None:
        """Give an idle worker a task."""
        actor = self.idle.pop()
        self._flying[actor.attempt.remote(function, task, __version__)] = actor, task, tries
        self.working += 1

    def news(self) -> Iterator[Outcome[Any]]:
        """Wait until something happens; yields what became of tasks."""
        ready, _ = self._ray.wait(list(self._flying), num_returns=1, timeout=_SILENCE, fetch_local=False)
        if not ready:
            _log.info("nothing happened for %.0f s; %d workers wait for a place", _SILENCE, self.starting)
        for reference in ready:
            actor, task, tries = self._flying.pop(reference)
            if task is None:
                self._started(actor, reference)
            else:
                self.working -= 1
                yield from self._done(actor, task, tries, reference)

    def _started(self, actor: Any, reference: Any) -> None:  # noqa: ANN401 - Ray makes these classes as it runs
        self.starting -= 1
        try:
            self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            self._dismiss(actor)
            self._false_starts += 1
            if self._false_starts >= _FALSE_STARTS:
                raise ClusterError(f"its workers cannot start: {one_line(_last_line(error))}") from error
        else:
            self._false_starts = 0
            self.idle += [actor] * self._abreast

    def _done(self, actor: Any, task: Task, tries: int, reference: Any) -> Iterator[Outcome[Any]]:  # noqa: ANN401
        try:
            answer: Answer = self._ray.get(reference)
        except self._ray.exceptions.RayActorError:  # its process, or its machine
            self._dismiss(actor)
            if tries < TRIES:
                self.again.append((task, tries + 1))
            else:
                yield Outcome(task=task, error=WORKER_DIED)
        except self._ray.exceptions.RayError as error:
            self.idle.append(actor)
            yield Outcome(task=task, error=one_line(_last_line(error)))
        else:
            self.idle.append(actor)
            yield Outcome(task=task, result=answer.result, error=answer.error, trace=answer.trace)

    def _dismiss(self, actor: Any) -> None:  # noqa: ANN401
        self.idle = [one for one in self.idle if one is not actor]
        if actor in self._actors:
            self._actors.remove(actor)
            self._ray.kill(actor)

    def close(self) -> None:
        """Let the workers go, whatever they are at."""
        for actor in self._actors:
            self._ray.kill(actor)


class _Worker:
    """An actor: a process that stays from task to task."""

    def up(self) -> None: ...

    def attempt(self, function: Callable[[T], Result], task: T, version: str) -> Answer:
        return attempt(function, task, version)


def _last_line(error: Exception) -> str:
    """What is behind an error of Ray's: its text ends with the exception that was raised."""
    return str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__


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
    knocked = _knock(address)
    options: dict[str, Any] = {"address": address} if address else _own_cluster(workers)
    try:
        ray.init(
            **options,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": ENVIRONMENT},
        )
    except (ConnectionError, ray.exceptions.AuthenticationError) as error:
        told = _WANTS_TOKEN if knocked else one_line(str(error))
        raise ClusterError(f"{address}: {told}") from error
    except (ValueError, RuntimeError, OSError, ray.exceptions.RayError) as error:
        raise ClusterError(f"{address or 'a cluster of this machine'}: {one_line(str(error))}") from error


def _knock(address: str) -> bool:
    """Whether somebody listens at "host:port"; ClusterError where nobody does: Ray would go on trying for minutes."""
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal() and "/" not in host):
        return False  # "auto", or an address of another kind, which Ray judges
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"no Ray cluster answers at {address}: {error}") from error
    return True


def _own_cluster(workers: int | None) -> dict[str, Any]:
    """What starts a cluster of this machine, for this command alone: a token of its own keeps others out."""
    if not os.environ.get("RAY_AUTH_TOKEN_PATH"):
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    options: dict[str, Any] = {"address": "local", "num_cpus": workers, "include_dashboard": False}
    if sys.platform == "linux":  # elsewhere there is one loopback address, which Ray replaces by the host's
        options["_node_ip_address"] = "127.0.0.2"
    return options | {"object_store_memory": _STORE}
