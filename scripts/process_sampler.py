"""What processes took while something ran: looked at a few times a second, since those that end take their figures along."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

_EVERY = 0.2


@dataclass(slots=True)
class Sampled:
    """What was seen; complete once the sampling has ended."""

    #: processor seconds, those before the sampling began, and the most memory, by process
    _before: dict[tuple[int, float], float] = field(default_factory=dict)
    _spent: dict[tuple[int, float], float] = field(default_factory=dict)
    _most: dict[tuple[int, float], int] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return sum(spent - self._before.get(one, 0.0) for one, spent in self._spent.items())

    @property
    def megabytes(self) -> float:
        """Of the largest process."""
        return max(self._most.values(), default=0) / 1e6

    def begin(self, processes: Sequence[psutil.Process]) -> None:
        """What was spent already does not count."""
        self.look(processes)
        self._before = dict(self._spent)

    def look(self, processes: Sequence[psutil.Process]) -> None:
        for one in processes:
            with suppress(psutil.Error), one.oneshot():
                times, memory = one.cpu_times(), one.memory_info().rss
                known = one.pid, one.create_time()
                self._spent[known] = times.user + times.system
                self._most[known] = max(memory, self._most.get(known, 0))


@contextmanager
def sampling(processes: Callable[[], Sequence[psutil.Process]]) -> Iterator[Sampled]:
    """Sample *processes* until the end of the block."""
    sampled, ended = Sampled(), threading.Event()
    with suppress(psutil.Error):
        sampled.begin(processes())

    def go_on() -> None:
        while not ended.wait(_EVERY):
            with suppress(psutil.Error):
                sampled.look(processes())

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield sampled
    finally:
        with suppress(psutil.Error):
            sampled.look(processes())
        ended.set()
        thread.join()
