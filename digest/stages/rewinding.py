"""The archive as it was when past periods ended: a copy that is taken back in time and then thrown away.

The learner's own archive is only read. On the copy the very same code ranks and builds.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.compose import periods
from digest.config import Config
from digest.config import Digest as DigestSettings
from digest.config import Store as StoreSettings
from digest.errors import DigestError
from digest.records import Issue
from digest.stages import publishing, ranking
from digest.stages.ranking import Ranked
from digest.store import archive, care, rewind, verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A copy of the archive, and when its last periods ended."""

    folder: Path
    name: str
    #: the issues that were built, by their ends
    issues: Mapping[datetime, Issue]
    #: newest first, for what is removed for one end is removed for all before it
    ends: Sequence[datetime]

    @property
    def archive(self) -> Path:
        return self.folder / self.name

    def rebuilt(self, config: Config, end: datetime) -> tuple[Ranked, Issue]:
        """Rank and build on the copy as if it were that moment; nothing is delivered, and no ticks are read."""
        there = self._under(config)
        with archive.open_archive(self.archive) as db:
            rewind.rewind(db, end)
        ranked = ranking.rank(there, end)
        return ranked, publishing.build(there, ranked, end, wait=0)

    def _under(self, config: Config) -> Config:
        settings = config.digest.model_dump() | {"directory": str(self.folder / "digests")}
        return config.model_copy(
            update={
                "email": None,
                "store": StoreSettings(path=str(self.archive)),
                "digest": DigestSettings(**settings),
            }
        )


@contextmanager
def past(config: Config, *, weeks: int, now: datetime, wait: float) -> Iterator[Past]:
    """Copy the archive while nobody writes to it, and find the periods that ended in the last *weeks*.

    Where no issue was built yet they are those that the schedule would have had.
    """
    with tempfile.TemporaryDirectory(prefix="digest-past-") as folder:
        care.copy(config.archive, Path(folder), wait=wait)
        with archive.open_archive(Path(folder) / config.archive.name) as db:
            built = {end: issue for name, end in verdicts.periods(db) if (issue := verdicts.issue(db, name))}
            began = verdicts.began_at(db) or now
        since = now - timedelta(weeks=weeks)
        ends = [end for end in built if since < end <= now] or list(_scheduled(config, max(since, began), now))
        if not ends:
            raise DigestError(f"no issue ended in the last {weeks} weeks, and none was due")
        yield Past(folder=Path(folder), name=config.archive.name, issues=built, ends=sorted(ends, reverse=True))


def _scheduled(config: Config, since: datetime, now: datetime) -> Iterator[datetime]:
    moment = periods.next_due(since, config.digest, config.zone)
    while moment <= now:
        yield moment
        moment = periods.next_due(moment, config.digest, config.zone)
