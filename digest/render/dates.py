"""When an event is, in words: "Tue 24 November, 18:00; in 3 days", in the reader's zone."""

import datetime as dt

from digest.records import ComingEvent
from digest.render.wording import MONTHS

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def when_words(event: ComingEvent, now: dt.datetime, zone: dt.tzinfo) -> str:
    """The date and how far off it is; a deadline says that it is one."""
    first, last = days_of(event, zone)
    today = now.astimezone(zone).date()
    clock = "" if event.all_day else f", {event.starts_at.astimezone(zone):%H:%M}"
    words = f"{_day(first, today)}{clock}" + (f" to {_day(last, first)}" if last > first else "")
    head = "Due " if event.due else ""
    was = f" (was {_moment(event, event.was_at, zone, today)})" if event.was_at else ""
    return f"{head}{words}{was}; {_distance(first, today)}"


def days_of(event: ComingEvent, zone: dt.tzinfo) -> tuple[dt.date, dt.date]:
    """The first and the last day in the reader's zone; days are the same in every zone."""
    if event.all_day:
        first = event.starts_at.date()
        return first, max(first, first if event.due else (event.ends_at - dt.timedelta(days=1)).date())
    first = event.starts_at.astimezone(zone).date()
    ends = max(event.starts_at, event.ends_at - dt.timedelta(microseconds=1)).astimezone(zone)
    # A party that ends at two is no event of two days.
    overnight = ends - event.starts_at < dt.timedelta(hours=18)
    return first, first if overnight else ends.date()


def _day(day: dt.date, near: dt.date) -> str:
    """A day; its year only where that is another one."""
    year = "" if day.year == near.year else f" {day.year}"
    return f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def _moment(event: ComingEvent, moment: dt.datetime, zone: dt.tzinfo, today: dt.date) -> str:
    if event.all_day:
        return _day(moment.date(), today)
    local = moment.astimezone(zone)
    return f"{_day(local.date(), today)}, {local:%H:%M}"


def _distance(day: dt.date, today: dt.date) -> str:
    days = (day - today).days
    if days <= 0:
        return "today" if days == 0 else "under way"
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if days < 15 else f"in {round(days / 7)} weeks"
