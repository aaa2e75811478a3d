"""Rebuild past issues under another focus, model or lean.

It happens in a temporary copy of the archive, from which everything later than the issue is removed,
with the code that ranks and builds any issue. The learner's own archive is only read.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.compose import periods
from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import load_model
from digest.records import Issue, Pick
from digest.store import snapshot, verdicts
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import building, embedding, ranking
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked

#: The name of a step, how far it is, and of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One work that an issue kept, would have kept, or both."""

    period: str
    #: "added", "dropped" or "same"
    change: str
    #: from the rebuilt issue, or from the stored one if it was dropped
    pick: Pick


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedIssue:
    """An issue as it was, and as it would have been."""

    was: Issue
    would_be: Issue

    @property
    def changes(self) -> list[Change]:
        """What was added or stayed, in reading order, then what was dropped."""
        old = {pick.work_id: pick for pick in self.was.picks}
        new = {pick.work_id: pick for pick in self.would_be.picks}
        kept = [(("same" if work in old else "added"), pick) for work, pick in new.items()]
        dropped = [("dropped", pick) for work, pick in old.items() if work not in new]
        return [Change(period=self.was.period, change=change, pick=pick) for change, pick in kept + dropped]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastArchive:
    """A temporary copy of the archive that goes back to the ends of past periods."""

    #: the settings, with the copy in place of the archive
    config: Config
    #: the stored issues by their ends
    issues: Mapping[datetime, Issue]
    #: newest first: what is removed for one end stays removed for the earlier ones
    ends: Sequence[datetime]
    progress: Progress

    def rebuild(self, config: Config, end: datetime) -> tuple[Ranked, Issue]:
        """Rank and build in the copy as of *end*; nothing is delivered, and no feedback is collected."""
        scratch = config.scratch_copy(self.config.archive.parent)
        with opened(self.config) as db:
            snapshot.take_back_to(db, end)
        model = load_model(config.embedding.model, folder=config.folder)
        embedding.embed(scratch, model, end, progress=self._progress)
        ranked = ranking.rank(scratch, model, end, progress=self._progress)
        return ranked, building.build(scratch, ranked, end, wait=0)

    def with_current_works(self, issue: Issue) -> Issue:
        """The issue with the work ids that its picks have in the copy, where works were merged later."""
        with opened(self.config) as db:
            works = work_rows.of_items(db, [pick.item_id for pick in issue.picks])
        picks = (replace(pick, work_id=works.get(pick.item_id, pick.work_id)) for pick in issue.picks)
        return replace(issue, picks=tuple(picks))

    def _progress(self, done: int, total: int) -> None:
        self.progress("embedding", done, total)


def replay(
    current: Config,
    other: Config,
    *,
    weeks: int,
    now: datetime,
    wait: float,
    progress: Progress = lambda stage, done, total: None,
) -> list[ReplayedIssue]:
    """Rebuild the issues of the last *weeks* under *other*, and return them oldest first.

    They are compared with the stored issues; if there are none, with what *current* builds at the
    scheduled moments.
    """
    with past_archive(current, weeks=weeks, now=now, wait=wait, progress=progress) as past:
        replayed = []
        for number, end in enumerate(past.ends, start=1):
            was = past.issues.get(end) or past.rebuild(current, end)[1]
            would_be = past.rebuild(other, end)[1]
            replayed.append(ReplayedIssue(was=past.with_current_works(was), would_be=would_be))
            progress("replaying", number, len(past.ends))
    return replayed[::-1]


@contextmanager
def past_archive(
    config: Config, *, weeks: int, now: datetime, wait: float, progress: Progress
) -> Iterator[PastArchive]:
    """Copy the archive, and find the periods that ended in the last *weeks*.

    Without any issue they are the scheduled periods. DigestError if no period ended then.
    """
    with tempfile.TemporaryDirectory(prefix="digest-past-") as folder:
        snapshot.copy(config.archive, Path(folder), wait=wait)
        copied = config.scratch_copy(Path(folder))
        with opened(copied) as db:
            stored = _issues_by_end(db)
            began = verdicts.began_at(db) or now
        since = now - timedelta(weeks=weeks)
        ends = [end for end in stored if since < end <= now]
        if not stored:
            ends = list(_scheduled(config, max(since, began), now))
        if not ends:
            newest = max(stored.values(), key=lambda issue: issue.ends_at, default=None)
            known = f"the newest, {newest.period}, ended on {newest.ends_at:%Y-%m-%d}" if newest else "none was due"
            raise DigestError(f"no issue ended in the last {weeks} weeks before {now:%Y-%m-%d}; {known}")
        yield PastArchive(config=copied, issues=stored, ends=sorted(ends, reverse=True), progress=progress)


def _issues_by_end(db: Connection) -> dict[datetime, Issue]:
    """The stored issues by their ends; the first of several with one end, which had the period's works."""
    found: dict[datetime, Issue] = {}
    for name, end in verdicts.periods(db):
        if end not in found and (issue := verdicts.issue(db, name)):
            found[end] = issue
    return found


def _scheduled(config: Config, since: datetime, now: datetime) -> Iterator[datetime]:
    """Every scheduled moment in a span."""
    moment = periods.next_due(since, config.digest, config.zone)
    while moment <= now:
        yield moment
        moment = periods.next_due(moment, config.digest, config.zone)
