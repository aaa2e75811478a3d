"""Small calendars for tests."""

from datetime import UTC, datetime

from digest.records import Event, Parsed
from digest.sources import ical
from tests.sources import make

#: a Saturday
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def event(*lines: str, uid: str = "1", start: str = "DTSTART:20261124T180000Z", title: str = "Retrieval meetup") -> str:
    return "\r\n".join(
        ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T000000Z", start, f"SUMMARY:{title}", *lines, "END:VEVENT", "")
    )


def calendar(*blocks: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n{head}{''.join(blocks)}END:VCALENDAR\r\n"


def parsed(text: str | bytes, now: datetime = NOW) -> Parsed:
    return ical.parse(make.source(kind="ical"), make.state(), (make.answer(text),), now)


def dates(text: str | bytes, now: datetime = NOW) -> tuple[Event, ...]:
    held = parsed(text, now).calendar
    assert held is not None
    return held.events


def starts(text: str | bytes, now: datetime = NOW) -> list[str]:
    return [f"{one.starts_at:%Y-%m-%dT%H:%M}" for one in dates(text, now)]
