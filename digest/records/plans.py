"""What was read of an item, and what a plan proposes to read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRead:
    """One reading of an item: a pass over a paper, or a post read."""

    item_id: str
    #: 1, 2 or 3
    number: int
    minutes: int
    read_at: datetime
    origin: str = "command"


class Why(StrEnum):
    """Why a plan proposes something."""

    PICK = "pick"
    #: from outside the focus, or older than the news
    NEW = "new"
    #: saved, and proposed for the first time
    SAVE = "save"
    #: saved and proposed before
    RETURN = "return"
    SECOND = "second"
    THIRD = "third"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """One thing to read."""

    item_id: str
    work_id: str
    #: 1, 2 or 3; 1 for anything but a paper
    number: int
    minutes: int
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReading:
    """One thing to read, as it is shown."""

    entry: PlanEntry
    title: str
    url: str
    paper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPlan:
    """What to read in a week, in order, within the minutes there are."""

    starts_at: datetime
    #: the time there is
    minutes: int
    entries: tuple[PlannedReading, ...] = ()
