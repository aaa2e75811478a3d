"""The archive as it was when past periods ended: a copy that is taken back in time and then thrown away.

The learner's own archive is only read. On the copy the very same code ranks and builds.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.compose import periods
from digest.config import Config
from digest.config import Digest as DigestSettings
from digest.config import Store as StoreSettings
from digest.errors import DigestError
from digest.records import Issue
from digest.store import archive, snapshot, verdicts
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import building, ranking
from digest.workflows.ranking import Ranked

#: A stage's name, how far it is, and of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveAsOf:
    """A copy of the archive, and when its last periods ended."""

    folder: Path
    name: str
    #: the issues that were built, by their ends
    issues: Mapping[datetime, Issue]
    #: newest first, for what is removed for one end is removed for all before it
    ends: Sequence[datetime]
    progress: Progress

    @property
    def archive(self) -> Path:
        return self.folder / self.name

    def rebuilt(self, config: Config, end: datetime) -> tuple[Ranked, Issue]:
        """Rank and build on the copy as if it were that moment; nothing is delivered, and no ticks are read."""
        there = self._under(config)
        with archive.open_archive(self.archive) as db:
            snapshot.take_back_to(db, end)
        ranked = ranking.rank(there, end, progress=lambda done, total: self.progress("embedding", done, total))
        return ranked, building.build(there, ranked, end, wait=0)

    def joined(self, issue: Issue) -> Issue:
        """An issue with its picks' works as they are on the copy: some proved to be one only after it was built."""
        with archive.open_archive(self.archive) as db:
            works = work_rows.of_items(db, [pick.item_id for pick in issue.picks])
        picks = (replace(pick, work_id=works.get(pick.item_id, pick.work_id)) for pick in issue.picks)
        return replace(issue, picks=tuple(picks))

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
def archive_as_of(
    config: Config, *, weeks: int, now: datetime, wait: float, progress: Progress
) -> Iterator[ArchiveAsOf]:
    """Copy the archive while nobody writes to it, and find the periods that ended in the last *weeks*.

    Where no issue was built yet they are those that the schedule would have had.
    """
    with tempfile.TemporaryDirectory(prefix="digest-past-") as folder:
        snapshot.copy(config.archive, Path(folder), wait=wait)
        with archive.open_archive(Path(folder) / config.archive.name) as db:
            built = _issues(db)
            began = verdicts.began_at(db) or now
        since = now - timedelta(weeks=weeks)
        ends = [end for end in built if since < end <= now]
        if not built:
            ends = list(_scheduled(config, max(since, began), now))
        if not ends:
            newest = max(built.values(), key=lambda issue: issue.ends_at, default=None)
            known = f"the newest, {newest.period}, ended on {newest.ends_at:%Y-%m-%d}" if newest else "none was due"
            raise DigestError(f"no issue ended in the last {weeks} weeks before {now:%Y-%m-%d}; {known}")
        yield ArchiveAsOf(
            folder=Path(folder),
            name=config.archive.name,
            issues=built,
            ends=sorted(ends, reverse=True),
            progress=progress,
        )


def _issues(db: Connection) -> dict[datetime, Issue]:
    """The issues by their ends; of several that end together the first, which had the period's works."""
    found: dict[datetime, Issue] = {}
    for name, end in verdicts.periods(db):
        if end not in found and (issue := verdicts.issue(db, name)):
            found[end] = issue
    return found


def _scheduled(config: Config, since: datetime, now: datetime) -> Iterator[datetime]:
    moment = periods.next_due(since, config.digest, config.zone)
    while moment <= now:
        yield moment
        moment = periods.next_due(moment, config.digest, config.zone)
