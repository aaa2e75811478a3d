"""Dates of events in words."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from digest.records import ComingEvent, EventKind
from digest.render.dates import when_words

BERLIN = ZoneInfo("Europe/Berlin")
#: a Saturday
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def at(starts: str, ends: str = "", *, kind: str = "event", all_day: bool = False, was: str = "") -> ComingEvent:
    first = dt.datetime.fromisoformat(starts).replace(tzinfo=dt.UTC)
    return ComingEvent(
        item_id="a",
        kind=EventKind(kind),
        title="Talk",
        source="Meetups",
        starts_at=first,
        ends_at=dt.datetime.fromisoformat(ends).replace(tzinfo=dt.UTC) if ends else first,
        all_day=all_day,
        was_at=dt.datetime.fromisoformat(was).replace(tzinfo=dt.UTC) if was else None,
    )


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (at("2026-11-24T17:00"), "Tue 24 November, 18:00; in 3 days"),
        (at("2026-11-24T17:00", "2026-11-25T01:00"), "Tue 24 November, 18:00; in 3 days"),
        (at("2026-11-21T22:59"), "Sat 21 November, 23:59; today"),
        (at("2026-11-21T23:00"), "Sun 22 November, 00:00; tomorrow"),
        (at("2026-11-24", "2026-11-25", all_day=True), "Tue 24 November; in 3 days"),
        (at("2026-11-30", "2026-12-04", all_day=True), "Mon 30 November to Thu 3 December; in 9 days"),
        (at("2026-12-30T09:00", "2027-01-02T17:00"), "Wed 30 December, 10:00 to Sat 2 January 2027; in 6 weeks"),
        (at("2026-11-25T11:59", kind="deadline"), "Due Wed 25 November, 12:59; in 4 days"),
        (at("2027-01-10", "2027-01-11", kind="deadline", all_day=True), "Due Sun 10 January 2027; in 7 weeks"),
        (
            at("2026-11-26T17:00", was="2026-11-24T17:00"),
            "Thu 26 November, 18:00 (was Tue 24 November, 18:00); in 5 days",
        ),
        (at("2026-11-20", "2026-11-23", all_day=True), "Fri 20 November to Sun 22 November; under way"),
    ],
)
def test_a_date_is_told_in_the_readers_zone(event: ComingEvent, wanted: str) -> None:
    """The day, the time and how far off it is; the year where it is another one."""
    assert when_words(event, NOW, BERLIN) == wanted
