"""When an issue is due, which period it covers, and its name. Pure.

Schedules follow the learner's wall clock. A change to or from summer time neither skips nor doubles an issue,
because what is due depends on the time since the last one.
"""

import datetime as dt
from collections.abc import Collection

from digest.config import DAYS, Digest
from digest.records import EVENT_KINDS, Item


def length(settings: Digest) -> dt.timedelta:
    return dt.timedelta(days=1 if settings.every == "day" else 7)


def start(last_end: dt.datetime | None, now: dt.datetime, settings: Digest) -> dt.datetime:
    """The start of the present period: the end of the last issue, or for the first issue one `every` ago."""
    return last_end if last_end is not None else now - length(settings)


def next_due(after: dt.datetime, settings: Digest, zone: dt.tzinfo) -> dt.datetime:
    """The first scheduled moment later than *after*, in UTC."""
    day = after.astimezone(zone).date()
    for offset in range(9):  # a week, and a day on each side for a moment that the clock change moves
        candidate = day + dt.timedelta(days=offset)
        if settings.every == "day" or candidate.weekday() == DAYS.index(settings.on):
            moment = dt.datetime.combine(candidate, settings.at, tzinfo=zone).astimezone(dt.UTC)
            if moment > after:
                return moment
    raise AssertionError("a schedule has a moment in every nine days")


def name(ends_at: dt.datetime, settings: Digest, zone: dt.tzinfo, taken: Collection[str] = ()) -> str:
    """The ISO week, or for daily issues the date, of the day before *ends_at*; a second one gets -2."""
    day = ends_at.astimezone(zone).date() - dt.timedelta(days=1)
    year, week, _ = day.isocalendar()
    plain = day.isoformat() if settings.every == "day" else f"{year}-W{week:02}"
    number = 2
    chosen = plain
    while chosen in taken:
        chosen = f"{plain}-{number}"
        number += 1
    return chosen


def is_backfill(item: Item, *, first_visit: bool, starts_at: dt.datetime) -> bool:
    """Whether an entry is history: on a source's first successful poll, all but what is dated in the period.

    Events are no news at any time: they are shown by their own dates.
    """
    if item.kind in EVENT_KINDS:
        return True
    return first_visit and (item.published_at is None or item.published_at < starts_at)
