"""Events and reading blocks as iCalendar, for calendars to subscribe to (RFC 5545, RFC 7986).

Moments are in UTC and days are days, so that no zone has to be defined. There are no alarms.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from digest.records import ComingEvent, ReadingBlock
from digest.render.dates import days_of
from digest.render.untrusted import shown, web_address

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//mldigest//digest//EN"
#: Names after the @ tell programs apart, and need not be a host.
_DOMAIN = "mldigest"
_REFRESH = dt.timedelta(hours=12)
_LINE = 300


def render_calendar(
    events: Sequence[ComingEvent], *, name: str, now: dt.datetime, reading: Sequence[ReadingBlock] = ()
) -> bytes:
    """The calendar as it is served; an event keeps its UID when its date changes."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", shown(name, 60))
    calendar.add("x-wr-calname", shown(name, 60))
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for event in events:
        calendar.add_component(_event(event, now))
    for block in reading:
        calendar.add_component(_block(block, now))
    return bytes(calendar.to_ical())


def uid_of(event: ComingEvent) -> str:
    """The name of a date by which calendars know it again."""
    parts = [event.item_id, *([event.recurrence] if event.recurrence else [])]
    return f"{'-'.join(parts)}@{_DOMAIN}"


def _event(event: ComingEvent, now: dt.datetime) -> "Event":
    from icalendar import Event

    made = Event()
    made.add("uid", uid_of(event))
    made.add("dtstamp", now)
    title = shown(event.title, _LINE) or "(untitled)"
    made.add("summary", f"Due: {title}" if event.due else title)
    if event.all_day:
        first, last = days_of(event, dt.UTC)
        made.add("dtstart", first)
        made.add("dtend", last + dt.timedelta(days=1))
    else:
        made.add("dtstart", event.starts_at.astimezone(dt.UTC))
        if event.ends_at > event.starts_at:
            made.add("dtend", event.ends_at.astimezone(dt.UTC))
    if place := shown(event.place, _LINE):
        made.add("location", place)
    if url := web_address(event.url):
        made.add("url", url)
    made.add("description", "\n".join(part for part in (f"From {shown(event.source, 80)}", url) if part))
    made.add("categories", [event.kind.value])
    if event.due or event.all_day:
        made.add("transp", "TRANSPARENT")
    return made


def _block(block: ReadingBlock, now: dt.datetime) -> "Event":
    from icalendar import Event

    made = Event()
    made.add("uid", f"{block.key}@{_DOMAIN}")
    made.add("dtstamp", now)
    made.add("summary", shown(block.title, _LINE))
    made.add("dtstart", block.starts_at.astimezone(dt.UTC))
    made.add("dtend", block.ends_at.astimezone(dt.UTC))
    if url := web_address(block.url):
        made.add("url", url)
    if text := "\n".join(shown(line, _LINE) for line in block.text.splitlines()[:50]):
        made.add("description", text)
    made.add("categories", ["reading"])
    return made
