"""Calendars become items with dates, whatever they are written like."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.records import EventKind
from digest.sources import KINDS, ical, parse
from tests.sources import make
from tests.sources.calendars import NOW, calendar, dates, event, parsed, starts

AOE_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:UTC-12:00\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:-1200\r\nTZOFFSETTO:-1200\r\nTZNAME:UTC-12:00\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
OWN_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Our house\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def test_an_event_is_an_item_with_a_date() -> None:
    """Title, text, address and tags are its item's; when and where are its date's."""
    text = event(
        "DTEND:20261124T200000Z",
        "DESCRIPTION:We read about \\nhard negatives\\, twice.",
        "LOCATION:Room 5\\; Berlin",
        "URL:https://example.org/meet",
        "CATEGORIES:search,training",
    )

    found = parsed(calendar(text, head="X-WR-CALNAME:Search Berlin\r\n"))

    (item,), (date,) = found.items, dates(calendar(text))
    assert (item.title, item.url, item.kind) == ("Retrieval meetup", "https://example.org/meet", "ical")
    assert item.summary == "We read about\nhard negatives, twice."
    assert item.tags == ("search", "training")
    assert item.published_at is None
    assert (date.place, date.kind, date.ends_at - date.starts_at) == ("Room 5; Berlin", "event", timedelta(hours=2))
    assert found.title == "Search Berlin"


@pytest.mark.parametrize(
    ("zone", "start", "wanted"),
    [
        ("", "DTSTART:20261124T180000Z", "2026-11-24T18:00"),
        ("", "DTSTART;TZID=Europe/Berlin:20261124T180000", "2026-11-24T17:00"),
        ("", "DTSTART;TZID=Europe/Berlin:20270324T180000", "2027-03-24T17:00"),
        ("", "DTSTART;TZID=Europe/Berlin:20270330T180000", "2027-03-30T16:00"),
        ("", "DTSTART;TZID=W. Europe Standard Time:20261124T180000", "2026-11-24T17:00"),
        ("", 'DTSTART;TZID="America/New_York":20261124T180000', "2026-11-24T23:00"),
        (OWN_ZONE, "DTSTART;TZID=Our house:20261124T180000", "2026-11-24T12:30"),
        (AOE_ZONE, "DTSTART;TZID=UTC-12:00:20261124T235900", "2026-11-25T11:59"),
        (AOE_ZONE, 'DTSTART;TZID="UTC-12:00":20261124T235900', "2026-11-25T11:59"),
        ("", "DTSTART;TZID=UTC-12:00:20261124T235900", "2026-11-25T11:59"),
        ("", "DTSTART;TZID=AoE:20261124T235900", "2026-11-25T11:59"),
        ("", "DTSTART;TZID=Etc/GMT+12:20261124T235900", "2026-11-25T11:59"),
    ],
)
def test_zones_come_out_to_the_minute(zone: str, start: str, wanted: str) -> None:
    """Those that the document defines, those of the system, Windows' names, and anywhere on earth."""
    (date,) = dates(calendar(zone, event(start=start)))

    assert f"{date.starts_at:%Y-%m-%dT%H:%M}" == wanted
    assert not date.floating


@pytest.mark.parametrize(
    ("start", "title", "wanted"),
    [
        ("DTSTART;VALUE=DATE:20261124", "Abstract deadline (AoE)", "2026-11-25T11:59"),
        ("DTSTART:20261124T235900", "Submission deadline, anywhere on earth", "2026-11-25T11:59"),
        ("DTSTART:20261124T120000Z", "Paper deadline (AoE)", "2026-11-24T12:00"),
    ],
)
def test_a_deadline_that_says_anywhere_on_earth_ends_there(start: str, title: str, wanted: str) -> None:
    """A day lasts until 23:59 in UTC-12; a moment that is given in a zone stays what it is."""
    (date,) = dates(calendar(event(start=start, title=title)))

    assert date.kind == EventKind.DEADLINE
    assert date.starts_at == date.ends_at
    assert f"{date.starts_at:%Y-%m-%dT%H:%M}" == wanted


def test_a_talk_that_mentions_a_zone_keeps_its_day() -> None:
    """Only deadlines end anywhere on earth."""
    (date,) = dates(calendar(event("DESCRIPTION:Not AoE.", start="DTSTART;VALUE=DATE:20261124")))

    assert (date.all_day, date.starts_at.day, date.ends_at.day) == (True, 24, 25)


def test_two_calendars_may_define_one_name() -> None:
    """Each means its own zone by it, whichever was read first."""
    text = calendar(OWN_ZONE, event(start="DTSTART;TZID=Our house:20261124T180000"))

    assert starts(text) == ["2026-11-24T12:30"]
    assert starts(text.replace("+0530", "-0300")) == ["2026-11-24T21:00"]


def test_times_without_a_zone_are_the_readers() -> None:
    """Unless the calendar names the zone that it is in."""
    floating = event(start="DTSTART:20261124T180000")

    (date,) = dates(calendar(floating))
    (placed,) = dates(calendar(floating, head="X-WR-TIMEZONE:Europe/Berlin\r\n"))

    assert (date.floating, date.starts_at.hour) == (True, 18)
    assert (placed.floating, placed.starts_at.hour) == (False, 17)


def test_a_series_has_its_dates_within_the_horizon() -> None:
    """Excluded ones are gone, a changed one has its new time and title, a cancelled one is off."""
    series = event(
        "RRULE:FREQ=WEEKLY;BYDAY=TU",
        "EXDATE;TZID=Europe/Berlin:20261201T180000",
        start="DTSTART;TZID=Europe/Berlin:20240102T180000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261208T180000",
        start="DTSTART;TZID=Europe/Berlin:20261209T190000",
        title="Retrieval meetup with guests",
    )
    off = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261215T180000",
        "STATUS:CANCELLED",
        start="DTSTART;TZID=Europe/Berlin:20261215T180000",
    )

    found = dates(calendar(series, moved, off))

    assert starts(calendar(series, moved, off))[:3] == ["2026-11-24T17:00", "2026-12-09T18:00", "2026-12-22T17:00"]
    assert [one.moved for one in found[:3]] == [False, True, False]
    assert (found[1].title, found[1].recurrence) == ("Retrieval meetup with guests", "20261208T170000Z")
    assert len({one.recurrence for one in found}) == len(found)
    assert found[-1].starts_at <= NOW + timedelta(days=180)
    assert len(parsed(calendar(series, moved, off)).items) == 1


@pytest.mark.parametrize(
    "text",
    [
        calendar(event("STATUS:CANCELLED")),
        calendar(event(title="CANCELED: Retrieval meetup")),
        calendar(event(), head="METHOD:CANCEL\r\n"),
        calendar(event(start="DTSTART:20261101T180000Z")),
        calendar(event(start="DTSTART:20290101T180000Z")),
        calendar(event(title="")),
        calendar(),
    ],
)
def test_what_is_off_over_or_years_away_is_no_item(text: str) -> None:
    """So that a calendar of ten years does not fill the archive."""
    found = parsed(text)

    assert found.items == ()
    assert found.calendar is not None
    assert found.calendar.whole


def test_a_task_is_a_deadline() -> None:
    """Some calendars write them as to-dos with a due date."""
    task = "BEGIN:VTODO\r\nUID:t\r\nDTSTAMP:20261101T000000Z\r\nDUE:20261130T120000Z\r\nSUMMARY:Camera-ready\r\nEND:VTODO\r\n"

    (date,) = dates(calendar(task))

    assert (date.kind, date.starts_at.hour) == ("deadline", 12)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;COUNT=1000000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=DAILY;INTERVAL=7;BYDAY=SU",
        "FREQ=YEARLY;BYSETPOS=300;BYDAY=MO",
        "FREQ=DAILY;BYSECOND=1,2,3;BYMINUTE=1,2,3",
        "FREQ=WEEKLY;UNTIL=2026",
        "FREQ=NEVER",
        "FREQ",
        "FREQ=DAILY;INTERVAL=0",
    ],
)
def test_endless_and_impossible_rules_are_not_followed(rule: str) -> None:
    """The first date stands, and the visit says so."""
    found = parsed(calendar(event(f"RRULE:{rule}")))

    assert [one.title for one in found.items] == ["Retrieval meetup"]
    assert found.remarks == ("1 series repeat in a way that is not followed",)


def test_a_million_dates_end_at_the_horizon() -> None:
    """And of one series only some are kept."""
    found = dates(calendar(event("RRULE:FREQ=DAILY;COUNT=1000000")))

    assert len(found) == 177
    assert found[-1].starts_at <= NOW + timedelta(days=180)


def test_one_broken_event_costs_no_other() -> None:
    """Lines that are none, an end that is missing, a date that is none: the rest is read."""
    text = calendar(
        event(uid="a"),
        event("no property at all", ": ", uid="b"),
        event(uid="c", start="DTSTART:garbage"),
        "BEGIN:VEVENT\r\nUID:d\r\nSUMMARY:No end\r\n",
        event(uid="e"),
        event("DTEND:nonsense", uid="f"),
    )

    found = parsed(text)

    assert {"a", "b", "e"} <= {item.entry_id for item in found.items}
    assert any("broken" in remark for remark in found.remarks)


def test_alarms_and_other_blocks_are_skipped() -> None:
    """An alarm's description is not the event's."""
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT10M\r\nACTION:DISPLAY\r\nDESCRIPTION:Wake up\r\nEND:VALARM"

    (item,) = parsed(calendar(event(alarm, "DESCRIPTION:Talks"))).items

    assert item.summary == "Talks"


def test_events_beyond_the_bound_are_counted() -> None:
    """The next ones are kept."""
    many = [event(uid=str(n), start=f"DTSTART:202612{n % 28 + 1:02}T180000Z") for n in range(5_100)]

    found = parsed(calendar(*many, event(uid="next")))

    assert len(found.items) == 5_000
    assert found.items[0].entry_id == "next"
    assert found.remarks == ("101 events beyond the first were not read",)


def test_an_address_alone_tells_a_calendar() -> None:
    """A source without a kind becomes one when a calendar answers."""
    found = parse(make.source(kind=""), make.state(), (make.answer(calendar(event())),), NOW)

    assert found.kind == "ical"
    assert found.calendar is not None


@pytest.mark.parametrize("body", ["", "<html></html>", "<rss/>", "{}", "VCALENDAR"])
def test_what_is_no_calendar_is_refused(body: str) -> None:
    """By the source's name."""
    with pytest.raises(ParseError, match=r"Example: .*no calendar"):
        parsed(body)


def test_an_unchanged_calendar_says_nothing() -> None:
    """What is stored of it stays."""
    assert ical.parse(make.source(kind="ical"), make.state(), (make.unchanged(),), NOW).calendar is None


def test_both_kinds_are_there() -> None:
    """As sources.toml names them."""
    assert {"ical", "competition"} <= KINDS.keys()


@given(st.binary(max_size=400))
def test_any_bytes_end_in_items_or_a_parse_error(body: bytes) -> None:
    """Nothing else comes out."""
    try:
        parsed(body)
    except ParseError:
        return


LINES = st.sampled_from(
    """BEGIN:VEVENT END:VEVENT BEGIN:VTIMEZONE END:VTIMEZONE BEGIN:STANDARD END:STANDARD BEGIN:VALARM END:VALARM
    END:VCALENDAR TZID:X UID:a UID:b SUMMARY:Talk DTSTART:20261124T180000Z DTSTART;TZID=X:20261124T180000
    DTSTART;VALUE=DATE:20261124 DTEND:20261124 DTEND;TZID=X:20261125T180000 RRULE:FREQ=DAILY RRULE:FREQ=WEEKLY;BYDAY=TU
    EXDATE:20261125 RDATE:20261126T180000Z RECURRENCE-ID:20261124T180000Z DURATION:PT1H DURATION:-P9999999D
    TZOFFSETFROM:+0100 TZOFFSETTO:+9900 DTSTART:99991231T235959 SEQUENCE:x SEQUENCE:2 STATUS:CANCELLED""".split()
)


@given(st.lists(LINES, max_size=40))
def test_lines_in_any_order_end_in_items(lines: list[str]) -> None:
    """Every date is aware, in order, and of an item that is there."""
    found = parsed("\r\n".join(("BEGIN:VCALENDAR", *lines, "")))

    known = {item.item_id for item in found.items}
    assert found.calendar is not None
    for one in found.calendar.events:
        assert one.item_id in known
        assert one.starts_at <= one.ends_at
        assert isinstance(one.starts_at, datetime)
        assert one.starts_at.utcoffset() == timedelta(0)
