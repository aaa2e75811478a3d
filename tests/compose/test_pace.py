"""The pace of the last eight weeks."""

import datetime as dt
from zoneinfo import ZoneInfo

from digest.compose.pace import pace
from digest.records import PassRead
from tests.make import NOW, WEEK


def read(days_ago: float, minutes: int = 10, number: int = 1) -> PassRead:
    return PassRead(item_id="a", number=number, minutes=minutes, read_at=NOW - dt.timedelta(days=days_ago))


def test_minutes_and_works_by_week() -> None:
    """A work is finished when it was first read; what came before the eight weeks does not count."""
    readings = [("a", read(0, 20)), ("a", read(6, 60, number=2)), ("b", read(6)), ("c", read(100))]

    weeks = pace(readings, NOW, dt.UTC)

    assert [one.week for one in weeks] == [f"2026-W{number:02}" for number in range(6, 14)]
    assert [one.minutes for one in weeks] == [0, 0, 0, 0, 0, 0, 70, 20]
    assert [one.finished for one in weeks] == [0, 0, 0, 0, 0, 0, 2, 0]


def test_weeks_are_the_learners() -> None:
    """Sunday night in UTC is Monday in Auckland."""
    sunday = NOW - dt.timedelta(hours=9)

    there = pace([("a", PassRead(item_id="a", number=1, minutes=5, read_at=sunday))], NOW, ZoneInfo("Pacific/Auckland"))

    assert there[-1].minutes == 5
    assert pace([("a", PassRead(item_id="a", number=1, minutes=5, read_at=sunday))], NOW, dt.UTC)[-2].minutes == 5


def test_nothing_read_is_eight_empty_weeks() -> None:
    """An empty archive has a pace too, over the turn of a year."""
    weeks = pace([], NOW - 10 * WEEK, dt.UTC)

    assert len(weeks) == 8
    assert weeks[0].week.startswith("2025-W")
    assert sum(one.minutes for one in weeks) == 0
