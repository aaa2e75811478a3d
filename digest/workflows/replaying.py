"""What past issues would have looked like under another focus, model or lean.

Each issue is ranked and built again as of its end, with nothing that came later (`stages.rewinding`).
"""

from dataclasses import dataclass
from datetime import datetime

from digest.config import Config
from digest.records import Issue, Pick
from digest.workflows.as_of import Progress, archive_as_of


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
    progress: Progress = lambda stage, done, total: None,
) -> list[Replayed]:
    """The issues of the last *weeks* under *other*, oldest first.

    They are compared with the issues as they were stored; where none was built yet, with what
    *current* would have made of the scheduled periods.
    """
    with archive_as_of(current, weeks=weeks, now=now, wait=wait, progress=progress) as then:
        replayed = []
        for number, end in enumerate(then.ends, start=1):
            was = then.issues.get(end) or then.rebuilt(current, end)[1]
            would_be = then.rebuilt(other, end)[1]
            replayed.append(Replayed(was=then.joined(was), would_be=would_be))
            progress("replaying", number, len(then.ends))
    return replayed[::-1]
