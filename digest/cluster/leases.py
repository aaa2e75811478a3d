"""Who asks a shard's hosts now: a file that each new owner writes over, and that an owner reads before each request.

An engine tries a task again when it believes the worker dead, and a worker that was only cut off goes on for seconds,
or wakes up minutes later. So being believed dead ends nothing; the lease does. The owner reads it as each request is
about to leave, and sends nothing once it names somebody else. The next owner writes it first and then rests, so that
the last request that can have left before is one pause old when its own first one leaves.

What remains possible: an owner that is stopped between that reading and the system call that sends (microseconds, in a
folder that all share; up to `STALE` seconds where each look costs a request to a store, which the next owner waits
too) sends that one request when it is resumed, and an answer that takes longer than a pause may still be under way.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from digest.cluster.dataset import Dataset, DatasetError
from digest.errors import DigestError

#: seconds that a look at a lease counts for where it is no file of this machine or of a shared folder
STALE = 1.0


class Superseded(DigestError):
    """The shard has another owner now."""


@dataclass(slots=True)
class Lease:
    """One owner's hold on a shard; `confirm` may be called in any thread."""

    dataset: Dataset
    shard: int
    clock: Callable[[], float] = time.monotonic
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    #: counts the owners that the shard has had
    generation: int = 0
    _looked_at: float = field(default=float("-inf"), init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def name(self) -> str:
        return f"leases/shard={self.shard:03}"

    @property
    def stale_after(self) -> float:
        """Seconds that a look at the lease counts for."""
        return STALE if self.dataset.folder is None else 0.0

    def take(self) -> None:
        """Become the owner: from now on every earlier one is superseded."""
        self.generation = self._last_generation() + 1
        self.dataset.publish_bytes(self.name, self._content())

    def confirm(self) -> None:
        """Raise Superseded unless this owner still holds the shard."""
        with self._lock:
            if self.clock() - self._looked_at < self.stale_after:
                return
            looked_at = self.clock()  # before the look, which may take long
            if self._read() != self._content():
                raise Superseded(f"shard {self.shard:03} has another owner now")
            self._looked_at = looked_at

    def _last_generation(self) -> int:
        words = self._read().split()
        return int(words[0]) if words and words[0].isdigit() else 0

    def _read(self) -> bytes:
        """What the lease says now; nothing where there is none. DatasetError where it cannot be read twice in turn."""
        try:
            return self._look()
        except DatasetError:  # a network file system hiccups; nobody has taken the shard for that
            return self._look()

    def _look(self) -> bytes:
        return self.dataset.read(self.name) if self.dataset.exists(self.name) else b""

    def _content(self) -> bytes:
        return f"{self.generation} {self.owner}\n".encode()
