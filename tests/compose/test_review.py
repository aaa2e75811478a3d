"""Months, years, and which sources earned their place."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from digest.compose.recap import Recap
from digest.compose.review import MOST_MONTHS, Review, by_month
from digest.records import SourceEarnings
from tests.compose.test_recap import WORK


def recap(*moments: datetime) -> Recap:
    read = tuple(replace(WORK, item_id=str(n), at=at) for n, at in enumerate(moments))
    return Recap(learner="", zone="UTC", since=moments[0], until=moments[-1], read=read)


def test_months_without_anything_are_between_the_others() -> None:
    """A gap is part of a pace."""
    read = recap(datetime(2025, 12, 3, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC))

    months = by_month(read, [("2026-03", 4, 2)], UTC)

    assert [(one.name, one.read, one.picked_letter) for one in months] == [
        ("2025-12", 1, 0),
        ("2026-01", 0, 0),
        ("2026-02", 2, 0),
        ("2026-03", 0, 4),
    ]


def test_a_month_is_that_of_the_learner() -> None:
    """Midnight comes earlier in Berlin."""
    [month] = by_month(recap(datetime(2026, 1, 31, 23, 30, tzinfo=UTC)), [], ZoneInfo("Europe/Berlin"))

    assert month.name == "2026-02"


def test_many_months_are_told_by_the_year() -> None:
    """Nobody reads a hundred columns."""
    years = by_month(recap(datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)), [], UTC)

    assert len(years) == 7 < MOST_MONTHS
    assert [years[0].name, years[0].read, years[1].read] == ["2020", 1, 0]


def test_a_source_that_brought_little_is_not_judged() -> None:
    """Nor is one of which something was liked, though nothing was kept."""
    sources = [("Much", 40, 0, 0), ("Little", 3, 0, 0), ("Liked", 30, 0, 1), ("Kept", 30, 2, 0)]
    made = tuple(SourceEarnings(source=s, seen=n, kept=k, welcome=w) for s, n, k, w in sources)
    review = Review(year="2026", recap=recap(datetime(2026, 1, 1, tzinfo=UTC)), sources=made)

    assert [one.source for one in review.idle] == ["Much"]
    assert [one.source for one in review.earned] == ["Liked", "Kept"]
