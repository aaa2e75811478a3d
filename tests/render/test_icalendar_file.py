"""The calendar that others subscribe to, read back by the library."""

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from digest.records import ComingEvent, EventKind, ReadingBlock
from digest.render.icalendar_file import render_calendar
from tests.compose.test_events import coming
from tests.make import NOW
from tests.sources.calendars import dates

DEADLINE = replace(coming(2, kind=EventKind.DEADLINE, title="Paper"), ends_at=coming(2).starts_at)


def read(*events: ComingEvent, **more: Any) -> list[Any]:  # noqa: ANN401 - the library's components
    text = render_calendar(events, name="Ada’s digest", now=NOW, **more)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    return Calendar.from_ical(text).walk("VEVENT")


def test_an_event_keeps_its_name_and_says_when_in_utc() -> None:
    """So that no zone has to be defined, and a changed date moves the event instead of adding one."""
    event = coming(place="Room 5; Berlin, 2nd floor", url="https://example.org/a", title="Line, one;\ntwo\\")

    (made,) = read(event)
    (later,) = read(
        replace(event, starts_at=event.starts_at + dt.timedelta(days=1), ends_at=event.ends_at + dt.timedelta(days=1))
    )

    assert made["UID"] == later["UID"] == "e1@mldigest"
    assert (made["DTSTART"].dt, made["DTEND"].dt, made["DTSTAMP"].dt) == (event.starts_at, event.ends_at, NOW)
    assert (made["SUMMARY"], made["LOCATION"]) == ("Line, one; two\\", "Room 5; Berlin, 2nd floor")
    assert made["URL"] == "https://example.org/a"
    assert not made.subcomponents


def test_a_deadline_is_a_moment_and_a_day_is_a_day() -> None:
    """Neither keeps the reader's time busy."""
    day = coming(3, all_day=True, starts_at=dt.datetime(2026, 3, 26, tzinfo=dt.UTC))
    day = replace(day, ends_at=day.starts_at + dt.timedelta(days=2))

    due, whole = read(DEADLINE, day)

    assert (due["SUMMARY"], due["DTSTART"].dt, "DTEND" in due) == ("Due: Paper", DEADLINE.starts_at, False)
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (dt.date(2026, 3, 26), dt.date(2026, 3, 28))
    assert due["TRANSP"] == whole["TRANSP"] == "TRANSPARENT"


def test_dates_of_a_series_have_names_of_their_own() -> None:
    """By the date that the series has for them."""
    assert [made["UID"] for made in read(coming(recurrence="20260324T170000Z"))] == ["e1-20260324T170000Z@mldigest"]


def test_reading_blocks_stand_among_the_events() -> None:
    """What a plan sets aside."""
    block = ReadingBlock(key="plan-1", title="Read", starts_at=NOW, ends_at=NOW + dt.timedelta(minutes=25), text="a\nb")

    (made,) = read(reading=[block])

    assert (made["UID"], made["SUMMARY"], made["DESCRIPTION"]) == ("plan-1@mldigest", "Read", "a\nb")


def test_an_empty_calendar_is_one() -> None:
    """Subscribers must not take it for an error."""
    assert read() == []


def test_what_is_written_is_read_as_it_was() -> None:
    """Through our own reader."""
    event = coming()
    text = render_calendar([event], name="x", now=NOW)

    (found,) = dates(text, NOW)

    assert (found.title, found.starts_at, found.ends_at) == (event.title, event.starts_at, event.ends_at)


@given(st.text(max_size=200), st.text(max_size=100))
def test_any_text_stays_inside_its_line(title: str, place: str) -> None:
    """Nothing that a stranger writes adds an event or a property."""
    (made,) = read(coming(title=title, place=place))

    assert set(made) <= {"UID", "DTSTAMP", "SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION", "CATEGORIES"}
