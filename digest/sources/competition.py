"""The kind "competition": competitions by feed, by calendar, or by a list as data.

A list is JSON: objects with a name, an address and a deadline, as mlcontests.com keeps it. In a feed the
deadline is what the text states; an entry without one is stored and found, but nobody can say that it is next.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from digest.errors import ParseError
from digest.records import HORIZON, Calendar, Event, EventKind, Item, Parsed, Request, Response, Source, SourceState
from digest.sources import event_times, ical
from digest.sources.addresses import web_address
from digest.sources.bounds import ENTRIES_AT_MOST
from digest.sources.calendar_text import is_calendar
from digest.sources.document import FeedText
from digest.sources.feed import FeedKind
from digest.sources.items import content_hash, deduplicate
from digest.sources.requests import address_of, answered, settled_url
from digest.sources.sniffing import kind_of_document, utf8
from digest.sources.text import one_line, paragraphs

KIND = "competition"
_SINCE = timedelta(days=1)
_FEED = FeedKind(KIND)

first_requests = ical.first_requests


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """The feed that a page names."""
    return _FEED.follow_requests(source, state, responses, now)


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Read a calendar, a list or a feed, whichever came; ParseError, which names the source, for anything else."""
    documents = answered(responses)
    if not documents:
        return Parsed()
    first = documents[0]
    try:
        data = utf8(first.body, first.headers)
        rows = _rows(data) if kind_of_document(data) == "json" else None
    except ParseError as error:
        raise ParseError(f"{source.name}: {first.url} {error}") from error
    if is_calendar(data):
        return ical.read(source, state, first, now, kind=KIND)
    if rows is not None:
        return _of_list(rows, source, state, first, now)
    parsed = _FEED.parse(source, state, responses, now)
    items = tuple(replace(item, published_at=None) for item in parsed.items)
    events = [
        e for item in items if (e := _event(item, event_times.stated_deadline(f"{item.title}\n{item.body}"), now))
    ]
    return replace(parsed, items=items, calendar=Calendar(events=tuple(events), since=now - _SINCE, whole=False))


def _rows(data: bytes) -> list[dict[str, Any]] | None:
    """The objects of a list, or None for a JSON Feed and anything else that is no list of competitions."""
    try:
        held = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"is not readable as JSON: {error}") from error
    if isinstance(held, dict):
        held = next((held[key] for key in ("data", "competitions", "results") if isinstance(held.get(key), list)), None)
    if not isinstance(held, list):
        return None
    return [row for row in held[:ENTRIES_AT_MOST] if isinstance(row, dict)]


def _of_list(
    rows: list[dict[str, Any]], source: Source, state: SourceState, response: Response, now: datetime
) -> Parsed:
    """The competitions of a list that are still open; those without a deadline count as open."""
    items, events, named = list[Item](), list[Event](), 0
    for row in rows:
        item = _item(row, source.name, response.url)
        if item is None:
            continue
        named += 1
        when = event_times.deadline_at(_string(row, "deadline", "end_date", "ends"), _string(row, "deadline"))
        if when is not None and when.ends_at < now - _SINCE:
            continue
        items.append(item)
        if event := _event(item, when, now, place=_string(row, "platform")):
            events.append(event)
    if rows and not named:
        raise ParseError(f"{source.name}: {response.url} is JSON, but no list of competitions with names and addresses")
    unique = deduplicate(items)
    known = {item.item_id for item in unique}
    return Parsed(
        items=unique,
        kind="" if source.kind == KIND else KIND,
        url=settled_url(response) if response.request.url != address_of(source, state) else "",
        calendar=Calendar(
            events=tuple(event for event in events if event.item_id in known), since=now - _SINCE, whole=True
        ),
    )


def _item(row: dict[str, Any], source: str, base: str) -> Item | None:
    title = one_line(FeedText(_string(row, "name", "title"), "text"))
    url = web_address(base, _string(row, "url", "link"))
    if not title or not url:
        return None
    return Item(
        source=source,
        kind=KIND,
        entry_id=f"{url}#{content_hash(title)}",  # platforms give one address to several
        url=url,
        title=title,
        summary=paragraphs(FeedText("\n".join(_facts(row))))[:2_000],
        tags=tuple(one_line(FeedText(tag, "text"))[:100] for tag in _list(row.get("tags"))[:20]),
    )


def _facts(row: dict[str, Any]) -> Iterator[str]:
    """What a list says of a competition, in lines."""
    if said := _string(row, "description", "summary"):
        yield said
    if about := [part for part in (_string(row, "type"), ", ".join(_list(row.get("tags")))) if part]:
        yield f"{': '.join(about)}."
    for name in ("platform", "sponsor", "prize", "conference"):
        if said := _string(row, name):
            yield f"{name.capitalize()}: {said}."


def _event(item: Item, when: event_times.When | None, now: datetime, *, place: str = "") -> Event | None:
    if when is None or when.ends_at < now - _SINCE or when.starts_at > now + HORIZON:
        return None
    return Event(
        item_id=item.item_id,
        kind=EventKind.COMPETITION,
        title=item.title,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        all_day=when.all_day,
        floating=when.floating,
        place=one_line(FeedText(place, "text"))[:200],
        url=item.url,
    )


def _string(row: dict[str, Any], *names: str) -> str:
    """The first of these that is said, as text."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:5_000]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def _list(value: object) -> list[str]:
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []
