"""What past issues would have looked like under another focus, model or lean.

Time runs backwards on a copy of the archive that is thrown away: everything that came after an
issue's end is removed from it, then the very same code ranks and builds that issue again. The
archive itself is only read.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.compose import periods
from digest.config import Config
from digest.config import Digest as DigestSettings
from digest.config import Store as StoreSettings
from digest.errors import DigestError
from digest.records import Issue, Pick
from digest.stages import publishing, ranking
from digest.store import archive, care, rewind, verdicts

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One work that an issue kept, would have kept, or both."""

    period: str
    #: "added", "dropped" or "same"
    change: str
    #: as it would have been, or where it was dropped as it was
    pick: Pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One issue as it was and as it would have been."""

    was: Issue
    would_be: Issue

    @property
    def changes(self) -> list[Change]:
        """What was added, what stayed and what was dropped, in reading order."""
        old = {pick.work_id: pick for pick in self.was.picks}
        new = {pick.work_id: pick for pick in self.would_be.picks}
        kept = [(("same" if work in old else "added"), pick) for work, pick in new.items()]
        dropped = [("dropped", pick) for work, pick in old.items() if work not in new]
        return [Change(period=self.was.period, change=change, pick=pick) for change, pick in kept + dropped]


def replay(
    current: Config,
    other: Config,
    *,
    weeks: int,
    now: datetime,
    wait: float,
    progress: Progress = lambda done, total: None,
) -> list[Replayed]:
    """The issues of the last *weeks* under *other*, oldest first.

    They are compared with the issues as they were stored; where none was built yet, with what
    *current* would have made of the scheduled periods.
    """
    with _copied(current, wait=wait) as copy:
        path = copy / current.archive.name
        with archive.open_archive(path) as db:
            stored = {ends_at: verdicts.issue(db, name) for name, ends_at in verdicts.periods(db)}
            began = verdicts.began_at(db) or now
        since = now - timedelta(weeks=weeks)
        ends = [end for end in stored if since < end <= now] or list(_scheduled(current, max(since, began), now))
        if not ends:
            raise DigestError(f"no issue ended in the last {weeks} weeks, and none was due")
        replayed = []
        for number, end in enumerate(
            sorted(ends, reverse=True)
        ):  # what is removed for one is removed for all before it
            was = stored.get(end) or _rebuilt(current, copy, end)
            replayed.append(Replayed(was=was, would_be=_rebuilt(other, copy, end)))
            progress(number + 1, len(ends))
    return replayed[::-1]


def _rebuilt(config: Config, copy: Path, end: datetime) -> Issue:
    """The issue that ends at *end*, built on the copy as if it were that moment."""
    there = _elsewhere(config, copy)
    with archive.open_archive(there.archive) as db:
        rewind.rewind(db, end)
    return publishing.build(there, ranking.rank(there, end), end, wait=0)


def _scheduled(config: Config, since: datetime, now: datetime) -> Iterator[datetime]:
    moment = periods.next_due(since, config.digest, config.zone)
    while moment <= now:
        yield moment
        moment = periods.next_due(moment, config.digest, config.zone)


def _elsewhere(config: Config, copy: Path) -> Config:
    """The same settings over the copy; nothing is delivered, and no ticks are read."""
    settings = config.digest.model_dump() | {"directory": str(copy / "digests")}
    return config.model_copy(
        update={
            "email": None,
            "store": StoreSettings(path=str(copy / config.archive.name)),
            "digest": DigestSettings(**settings),
        }
    )


@contextmanager
def _copied(config: Config, *, wait: float) -> Iterator[Path]:
    """A folder with a copy of the archive, taken while nobody writes to it."""
    with tempfile.TemporaryDirectory(prefix="digest-replay-") as folder:
        care.copy(config.archive, Path(folder), wait=wait)
        yield Path(folder)
