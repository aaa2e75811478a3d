"""Which events an issue shows, and how often."""

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from digest.compose import events
from digest.compose.events import choose, upcoming
from digest.records import ComingEvent, EventKind
from tests.make import DAY, NOW, WEEK

BERLIN = ZoneInfo("Europe/Berlin")


def coming(number: int = 1, **changes: Any) -> ComingEvent:  # noqa: ANN401 - any field of a ComingEvent
    starts = changes.get("starts_at", NOW + 3 * DAY)
    made = ComingEvent(
        item_id=f"e{number}",
        kind=EventKind.EVENT,
        title=f"Meetup number {number}",
        source="Meetups",
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=2),
        relevance=6.0,
    )
    return replace(made, **changes)


def chosen(
    *found: ComingEvent, shown: list[tuple[dt.datetime, ComingEvent]] | None = None, now: dt.datetime = NOW
) -> list[str]:
    return [one.item_id for one in choose(upcoming(found, now=now, zone=BERLIN), shown or [], now=now, zone=BERLIN)]


def test_five_of_the_most_relevant_are_shown_by_date() -> None:
    """Rank chooses, and the date orders."""
    found = [coming(n, relevance=5.0 + n, starts_at=NOW + (10 - n) * DAY) for n in range(1, 9)]

    assert chosen(*found) == ["e8", "e7", "e6", "e5", "e4"]


def test_what_is_near_comes_before_what_is_as_relevant_and_far() -> None:
    """An event in seven weeks waits for a later issue."""
    found = [coming(n, starts_at=NOW + n * WEEK) for n in range(1, 8)]

    assert chosen(*found) == ["e1", "e2", "e3", "e4", "e5"]


def test_what_is_over_or_under_way_is_gone() -> None:
    """A deadline goes at its minute, a day at its end in the reader's zone."""
    minute = dt.timedelta(minutes=1)
    night = dt.datetime(2026, 3, 23, 23, 30, tzinfo=dt.UTC)  # the 24th in Berlin
    today = coming(3, all_day=True, floating=True, starts_at=dt.datetime(2026, 3, 23, tzinfo=dt.UTC))
    today = replace(today, ends_at=today.starts_at + DAY)

    assert chosen(coming(1, starts_at=NOW - minute), coming(2, starts_at=NOW + minute)) == ["e2"]
    due = replace(coming(4, kind=EventKind.DEADLINE, starts_at=NOW), ends_at=NOW)
    assert chosen(due) == []
    assert chosen(today) == ["e3"]
    assert chosen(today, now=night) == []


def test_a_time_on_the_readers_clock_is_in_their_zone() -> None:
    """18:00 without a zone is 17:00 UTC in Berlin's winter."""
    (event,) = upcoming([coming(floating=True, starts_at=NOW.replace(hour=18))], now=NOW, zone=BERLIN)

    assert (event.starts_at.hour, event.floating) == (17, False)


def test_the_same_event_of_two_calendars_is_one() -> None:
    """By its title and time, or by its page; the one that has a time tells more."""
    day = coming(1, title="Reading Group: Retrieval", all_day=True, starts_at=NOW.replace(hour=0) + 3 * DAY)
    timed = coming(2, title="retrieval reading group", source="Other", starts_at=NOW + 3 * DAY)
    page = coming(3, title="Retrieval reading night", url="https://example.org/a", starts_at=NOW + 3 * DAY)
    other = coming(4, title="Reading retrieval again", url="https://example.org/b", starts_at=NOW + 3 * DAY)

    assert chosen(day, timed) == ["e2"]
    assert len(chosen(timed, page, other)) == 3


def test_a_muted_title_is_no_event() -> None:
    """As for works."""
    assert upcoming([coming(title="Sponsored webinar")], now=NOW, zone=BERLIN, mute=["sponsored"]) == []


def test_an_event_is_shown_once_and_again_in_its_week() -> None:
    """Nothing is said three times."""
    event = coming(starts_at=NOW + 20 * DAY)

    assert chosen(event) == ["e1"]
    assert chosen(event, shown=[(NOW, event)], now=NOW + WEEK) == []
    assert chosen(event, shown=[(NOW, event)], now=NOW + 2 * WEEK) == ["e1"]
    assert chosen(event, shown=[(NOW, event), (NOW + 2 * WEEK, event)], now=NOW + 2 * WEEK + DAY) == []


def test_a_changed_date_is_news_and_says_what_it_was() -> None:
    """Once."""
    before, after = coming(starts_at=NOW + 20 * DAY), coming(starts_at=NOW + 27 * DAY)

    (event,) = choose([after], [(NOW, before)], now=NOW + WEEK, zone=BERLIN)

    assert event.was_at == before.starts_at
    assert choose([after], [(NOW, before), (NOW + WEEK, event)], now=NOW + WEEK + DAY, zone=BERLIN) == []


def test_a_series_is_shown_by_its_next_date_and_rests() -> None:
    """A weekly reading group is no news every week; a date that was moved is."""
    dates = [coming(starts_at=NOW + (3 + 7 * n) * DAY, recurrence=str(n)) for n in range(12)]
    first = dates[0]

    assert [one.starts_at for one in choose(dates, [], now=NOW, zone=BERLIN)] == [first.starts_at]
    assert choose(dates, [(NOW, first)], now=NOW + WEEK, zone=BERLIN) == []
    assert len(choose(dates, [(NOW, first)], now=NOW + events.REST, zone=BERLIN)) == 1
    moved = [replace(dates[1], moved=True), *dates[2:]]
    assert choose(moved, [(NOW, first)], now=NOW + WEEK, zone=BERLIN) == moved[:1]
    assert choose(moved, [(NOW, first), (NOW + WEEK, moved[0])], now=NOW + WEEK + DAY, zone=BERLIN) == []


def test_nothing_comes_of_nothing() -> None:
    """No padding."""
    assert choose([], [], now=NOW, zone=BERLIN) == []
