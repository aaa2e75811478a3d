"""Events: when something takes place or is due, as stored and as an issue shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Kinds of sources whose items are events; they are ranked and found like works, but are never news.
EVENT_KINDS = frozenset({"ical", "competition"})
#: How far ahead of a visit events are stored.
HORIZON = timedelta(days=180)


class EventKind(StrEnum):
    EVENT = "event"
    DEADLINE = "deadline"
    COMPETITION = "competition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One date of an item; a series has several.

    A day, and a time that its source gives without a zone, are those of the reader's own zone: the clock's
    reading is held as if it were UTC.
    """

    item_id: str
    kind: EventKind
    title: str
    starts_at: datetime
    #: the moment after the last one; as `starts_at` for deadlines
    ends_at: datetime
    #: whole days, the last one exclusive
    all_day: bool = False
    #: a time on the reader's clock
    floating: bool = False
    place: str = ""
    url: str = ""
    #: which date of its series, as "20261124T170000Z"; "" for what happens once
    recurrence: str = ""
    #: this date of the series was moved
    moved: bool = False

    @property
    def due(self) -> bool:
        """Whether it is the end of something rather than something to be at."""
        return self.kind != EventKind.EVENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The dates that one document holds."""

    events: tuple[Event, ...]
    #: nothing that ended before is told
    since: datetime
    #: events that it no longer names are off; a feed only names the last ones
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingEvent:
    """An event with its source and what the ranking says of it; issues hold them. Texts are untrusted."""

    item_id: str
    kind: EventKind
    title: str
    source: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    floating: bool = False
    place: str = ""
    url: str = ""
    recurrence: str = ""
    moved: bool = False
    relevance: float = 0.0
    #: why it is worth a look, or ""
    reason: str = ""
    #: the date an earlier issue gave, where that changed
    was_at: datetime | None = None

    @property
    def due(self) -> bool:
        return self.kind != EventKind.EVENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingBlock:
    """A time set aside for reading, for a calendar."""

    #: stays the same however often the plan is made
    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    url: str = ""
    text: str = ""
