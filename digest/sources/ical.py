"""The kind "ical": calendars of meetups, conferences, reading groups and deadlines (RFC 5545).

An item is an event or a series with a date that is still to come; its dates within `HORIZON` come with it.
They are computed here, when the document is read, so that any client of the archive can ask for them.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from digest.errors import ParseError
from digest.records import HORIZON, Calendar, Event, EventKind, Item, Parsed, Request, Response, Source, SourceState
from digest.sources import calendar_text, event_times
from digest.sources.addresses import web_address
from digest.sources.calendar_text import CalendarText, is_calendar
from digest.sources.calendar_zones import with_own_zones
from digest.sources.document import FeedText
from digest.sources.items import clean_id, content_hash
from digest.sources.requests import address_of, answered, request_for, settled_url
from digest.sources.sniffing import utf8
from digest.sources.text import one_line, paragraphs, summary_and_text

if TYPE_CHECKING:
    from icalendar import Component

#: What ended a day ago is still told: clocks and zones differ.
_SINCE = dt.timedelta(days=1)
_ITEMS_AT_MOST = 5_000
_ALL_DATES_AT_MOST = 20_000  # of one document
_DATES_AT_MOST = 200  # of one series: a daily one within the horizon
_PLACE_AT_MOST = 200
_LINK = re.compile(r"https?://[^\s<>\"']+")
_CANCELLED = re.compile(r"^\W*cancell?ed\b", re.IGNORECASE)
_REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What all events of a document share."""

    source: str
    base: str
    #: that of the items, and "competition" for those of a list of competitions
    kind: str
    since: dt.datetime
    until: dt.datetime
    #: of times without one
    zone: dt.tzinfo | None


def first_requests(
    source: Source, state: SourceState, period_start: dt.datetime, now: dt.datetime
) -> tuple[Request, ...]:
    return (request_for(address_of(source, state), state),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: dt.datetime
) -> tuple[Request, ...]:
    """Nothing: a calendar is one document."""
    return ()


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: dt.datetime) -> Parsed:
    """Read a calendar; ParseError, which names the source, where the answer is none."""
    documents = answered(responses)
    if not documents:
        return Parsed()
    return read(source, state, documents[0], now, kind="ical")


def read(source: Source, state: SourceState, response: Response, now: dt.datetime, *, kind: str) -> Parsed:
    """The events of one answer as items of *kind*."""
    try:
        data = utf8(response.body, response.headers)
    except ParseError as error:
        raise ParseError(f"{source.name}: {response.url} {error}") from error
    if not is_calendar(data):
        raise ParseError(f"{source.name}: {response.url} is no calendar (iCalendar)")
    until = now + HORIZON
    cleaned = with_own_zones(calendar_text.clean(data.decode("utf-8", "replace"), year=until.year))
    head = _head(cleaned)
    reading = _Reading(
        source=source.name,
        base=response.url,
        kind=kind,
        since=now - _SINCE,
        until=until,
        zone=event_times.zone_of(head.get("X-WR-TIMEZONE", "")),
    )
    found: dict[str, tuple[Item, list[Event]]] = {}
    unreadable = 0
    if head.get("METHOD", "").upper() != "CANCEL":
        series, unreadable = _series(cleaned)
        for uid, components in series.items():
            try:
                made = _item_of(uid, components, reading)
            except Exception:  # what strangers write makes the libraries raise nearly anything
                unreadable += 1
                continue
            if made:
                found[made[0].item_id] = made
    chosen = sorted(found.values(), key=lambda made: made[1][0].starts_at)[:_ITEMS_AT_MOST]
    dates = sorted((date for _, events in chosen for date in events), key=lambda date: date.starts_at)
    return Parsed(
        items=tuple(item for item, _ in chosen),
        title=one_line(FeedText(head.get("X-WR-CALNAME", "") or head.get("NAME", ""), "text")),
        kind="" if source.kind == kind else kind,
        url=settled_url(response) if response.request.url != address_of(source, state) else "",
        remarks=tuple(_remarks(cleaned, unreadable, len(found) - len(chosen))),
        calendar=Calendar(events=tuple(dates[:_ALL_DATES_AT_MOST]), since=reading.since, whole=True),
    )


def _remarks(cleaned: CalendarText, unreadable: int, left_out: int) -> Iterator[str]:
    if broken := cleaned.broken + unreadable:
        yield f"{broken} events are broken"
    if cleaned.rules:
        yield f"{cleaned.rules} series repeat in a way that is not followed"
    if beyond := cleaned.beyond + left_out:
        yield f"{beyond} events beyond the first were not read"


def _head(cleaned: CalendarText) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in cleaned.head)
    return {
        name.split(";")[0].upper(): value.replace("\\,", ",").replace("\\;", ";").strip() for name, _, value in pairs
    }


def _series(cleaned: CalendarText) -> tuple[Mapping[str, list["Component"]], int]:
    """The events and to-dos by UID, and how many cannot be read."""
    components, unreadable = _components(cleaned)
    series: dict[str, list[Component]] = defaultdict(list)
    for component in components:
        uid = clean_id(str(component.get("UID", "")))
        series[uid or content_hash(str(component.get("SUMMARY", "")), str(component.get("DTSTART", "")))].append(
            component
        )
    return series, unreadable


def _components(cleaned: CalendarText) -> tuple[list["Component"], int]:
    """All at once where that goes, else one by one, so that one broken event costs no other."""
    try:
        return _parsed(cleaned, cleaned.blocks), 0
    except Exception:  # a zone or an event that the library refuses
        components, unreadable = list["Component"](), 0
    for block in cleaned.blocks:
        for zones in (cleaned.zones[:50], []):
            try:
                components += _parsed(replace(cleaned, zones=zones), [block])
                break
            except Exception:
                continue
        else:
            unreadable += 1
    return components, unreadable


def _parsed(cleaned: CalendarText, blocks: Sequence[Sequence[str]]) -> list["Component"]:
    from icalendar import Calendar as Document

    lines = (line for block in (*cleaned.zones, *blocks) for line in block)
    text = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-", *lines, "END:VCALENDAR", ""))
    return [one for one in Document.from_ical(text).subcomponents if one.name in ("VEVENT", "VTODO")]


def _item_of(uid: str, components: Sequence["Component"], reading: _Reading) -> tuple[Item, list[Event]] | None:
    """An event or series with its coming dates; None where it has none."""
    master = next((one for one in components if "RECURRENCE-ID" not in one), components[0])
    title = one_line(FeedText(_text(master, "SUMMARY"), "text"))
    body = paragraphs(FeedText(_text(master, "DESCRIPTION")))
    summary, text = summary_and_text(body, "")
    item = Item(
        source=reading.source,
        kind=reading.kind,
        entry_id=uid,
        url=_url(master, body, reading.base),
        title=title,
        summary=summary,
        text=text,
        authors=(),
        tags=tuple(_tags(master)),
    )
    events = [event for one in _occurrences(components, reading) if (event := _event(one, item, reading))]
    unique = {(event.recurrence, event.starts_at): event for event in events}
    ordered = sorted(unique.values(), key=lambda event: event.starts_at)[:_DATES_AT_MOST]
    return (item, ordered) if ordered and title else None


def _occurrences(components: Sequence["Component"], reading: _Reading) -> Iterable["Component"]:
    """The dates of a series that can lie within the horizon; changed and cancelled ones have taken their places."""
    if not any(name in one for one in components for name in _REPEATS):
        return components[-1:]  # a UID said twice is a later version
    import recurring_ical_events
    from icalendar import Calendar as Document

    document = Document()
    for one in components:
        document.add_component(one)
    day = dt.timedelta(days=1)
    query = recurring_ical_events.of(document, components=("VEVENT", "VTODO"))
    return islice(query.between(reading.since - day, reading.until + day), 3 * _DATES_AT_MOST)


def _event(one: "Component", item: Item, reading: _Reading) -> Event | None:
    """One date; None where it is cancelled, cannot be true or lies outside the horizon."""
    title = one_line(FeedText(_text(one, "SUMMARY"), "text")) or item.title
    if _text(one, "STATUS").upper() == "CANCELLED" or _CANCELLED.search(title):
        return None
    start = one.get("DTSTART") or one.get("DUE")
    if start is None:
        return None
    zone = event_times.zone_of(str(start.params.get("TZID", ""))) or reading.zone
    when = event_times.span(start.dt, _end(one, start.dt), zone)
    if when is None:
        return None
    kind = _kind(one, title, reading)
    if kind != EventKind.EVENT:
        when = event_times.as_deadline(when, f"{title}\n{_text(one, 'DESCRIPTION')}")
    if when.ends_at < reading.since or when.starts_at > reading.until:
        return None
    recurrence = one.get("RECURRENCE-ID")
    place, url = _place(one), _url(one, "", reading.base)
    return Event(
        item_id=item.item_id,
        kind=kind,
        title=title,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        all_day=when.all_day,
        floating=when.floating,
        place=place,
        url=url or item.url,
        recurrence=_stamp(recurrence.dt) if recurrence is not None else "",
        moved=recurrence is not None and recurrence.dt != start.dt,
    )


def _kind(one: "Component", title: str, reading: _Reading) -> EventKind:
    if reading.kind == "competition":
        return EventKind.COMPETITION
    return EventKind.DEADLINE if one.name == "VTODO" else event_times.kind_of(title)


def _end(one: "Component", start: dt.date) -> dt.date | None:
    for name in ("DTEND", "DUE"):
        if (end := one.get(name)) is not None:
            return end.dt  # type: ignore[no-any-return]
    duration = one.get("DURATION")
    return start + duration.dt if duration is not None else None


def _stamp(moment: dt.date) -> str:
    if isinstance(moment, dt.datetime):
        aware = moment.astimezone(dt.UTC) if moment.tzinfo else moment
        return f"{aware:%Y%m%dT%H%M%S}{'Z' if moment.tzinfo else ''}"
    return f"{moment:%Y%m%d}"


def _text(one: "Component", name: str) -> str:
    """A property as text; where it stands twice, the first."""
    value = one.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value)


def _place(one: "Component") -> str:
    place = one_line(FeedText(_text(one, "LOCATION"), "text"))[:_PLACE_AT_MOST]
    return "online" if _LINK.match(place) else place


def _url(one: "Component", body: str, base: str) -> str:
    """Its own address, else the first that its place or its text names."""
    if url := web_address(base, _text(one, "URL")):
        return url
    found = _LINK.search(_text(one, "LOCATION")[:2_000]) or _LINK.search(body[:5_000])
    return web_address("", found[0].rstrip(".,;)")) if found else ""


def _tags(one: "Component") -> Iterator[str]:
    categories = one.get("CATEGORIES")
    for group in categories if isinstance(categories, list) else [categories] if categories is not None else []:
        for tag in islice(getattr(group, "cats", ()), 20):
            if line := one_line(FeedText(str(tag), "text")):
                yield line[:100]
