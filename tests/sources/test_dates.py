from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.dates import first_credible, read_date, read_duration
from tests.sources.make import NOW

TENTH = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10T12:30:00Z",
        "2026-03-10T14:30:00+02:00",
        "2026-03-10 12:30:00",
        "Tue, 10 Mar 2026 12:30:00 GMT",
        "Tue, 10 Mar 2026 08:30:00 EDT",
        "10 Mar 2026 12:30 +0000",
        "Tue Mar 10 12:30:00 2026",
        "March 10, 2026 12:30 pm",
        "2026-03-10T12:30:00+00:0",
    ],
)
def test_usual_dates_are_read_into_utc(text: str) -> None:
    """ISO 8601, RFC 822 with names of zones, and asctime; a time without zone is UTC."""
    assert read_date(text) == TENTH


@pytest.mark.parametrize(("text", "expected"), [("2026-03", (2026, 3, 1)), ("2026", (2026, 1, 1))])
def test_partial_dates_begin_their_period(text: str, expected: tuple[int, int, int]) -> None:
    """A month or a year alone is its first day."""
    assert read_date(text) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "29 Feb 2026", "lundi 6 juillet 2026", "soon", "2026-13-45", "10", "March"])
def test_what_is_no_date_is_unknown(text: str) -> None:
    """A date that does not exist is not moved to one that does."""
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["03/10/2026", "10.3.2026 12:30", "10-03-26"])
def test_days_and_months_are_not_guessed(text: str) -> None:
    """Half of the world would read the other date."""
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text", ["1784505600", "2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_incredible_dates_are_refused(text: str) -> None:
    """Only 1990 to tomorrow is believed, so that a broken clock does not make old posts news."""
    assert first_credible((text,), NOW) is None


def test_the_next_date_stands_in_for_an_incredible_one() -> None:
    """An entry's modification date is better than none."""
    assert first_credible(("2099-01-01", "2026-03-10T12:30:00Z"), NOW) == TENTH


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Reading never fails, and what is read is in UTC."""
    moment = read_date(text)

    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:02:03", 3723), ("62:03", 3723), ("3723", 3723), ("PT1H2M3S", 3723), ("", 0), ("long", 0), ("9999999", 0)],
)
def test_durations(text: str, seconds: int) -> None:
    """Clock, seconds and ISO forms are read; nonsense is unknown."""
    assert read_duration(text) == seconds
