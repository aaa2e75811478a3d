"""The gate before an archive: how the threads of one process share it.

Between processes DuckDB's file lock decides. Within one process all connections to a file share one
database instance, with one configuration: a read-only opening beside one that writes fails at once, and
a sandbox that locks the configuration locks it for everybody. So threads queue here: any number read
together, and one that writes, or reads in a sandbox, has the archive alone.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.errors import ArchiveBusy


class Gate:
    """A lock for many readers or one thread alone. Those who want it alone go first, so that readers cannot starve them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        #: threads inside, each with how many times it has entered
        self._inside: Counter[int] = Counter()
        self._alone: int | None = None
        self._waiting_alone = 0

    @contextmanager
    def passed(self, path: Path, *, alone: bool, until: float) -> Iterator[None]:
        """Be inside, by *until* on the monotonic clock; else ArchiveBusy. A thread that is inside enters again freely."""
        me = threading.get_ident()
        with self._changed:
            self._waiting_alone += alone
            try:
                while not self._free_for(me, alone=alone):
                    # Without any patience there is still one look.
                    if not self._changed.wait(max(0.0, until - time.monotonic())) and time.monotonic() >= until:
                        raise ArchiveBusy(f"{path}: is held by another task of this process")
            finally:
                self._waiting_alone -= alone
                self._changed.notify_all()
            before = self._alone
            self._inside[me] += 1
            if alone:
                self._alone = me
        try:
            yield
        finally:
            with self._changed:
                self._inside[me] -= 1
                self._inside += Counter()  # drops the threads that left
                self._alone = before if self._inside[me] else None
                self._changed.notify_all()

    def _free_for(self, me: int, *, alone: bool) -> bool:
        others = [thread for thread in self._inside if thread != me]
        if alone:
            return not others
        return self._alone in (None, me) and (self._inside[me] > 0 or not self._waiting_alone)


_gates: defaultdict[Path, Gate] = defaultdict(Gate)
_making = threading.Lock()


def gate(path: Path) -> Gate:
    """The one gate of an archive, whatever links lead to it."""
    with _making:
        return _gates[path.resolve()]
