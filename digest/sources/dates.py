"""Dates as feeds write them -> aware UTC datetimes.

A date that cannot be read or cannot be true is unknown: a wrong one would put an item into the wrong period.
"""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

#: The web has no older articles; an older date is a broken clock or a misread Unix time.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Clocks and time zones may differ by this much.
_AHEAD = timedelta(days=1)

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
#: 03/10/2026 is a day of March or of October
_AMBIGUOUS = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d")


def first_credible(dates: tuple[str, ...], now: datetime) -> datetime | None:
    """The first of *dates* that can be read and lies between 1990 and tomorrow."""
    for text in dates:
        moment = read_date(text)
        if moment is not None and _EARLIEST <= moment <= now + _AHEAD:
            return moment
    return None


def read_date(text: str) -> datetime | None:
    """Read ISO 8601, RFC 822 or what else dateutil knows; a time without a known zone is taken as UTC."""
    text = text.strip()[:100]
    if not text:
        return None
    try:
        if _ISO.match(text):
            date.fromisoformat(text[:10])  # a day that does not exist is no date, whatever follows it
    except ValueError:
        return None
    try:
        return _in_utc(datetime.fromisoformat(text) if _ISO.match(text) else parsedate_to_datetime(text))
    except (ValueError, OverflowError, IndexError, TypeError):
        return _read_unusual(text)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _read_unusual(text: str) -> datetime | None:
    """Any other form that dateutil knows, its missing parts taken as the first; without a year it is no date."""
    from dateutil import parser

    if _AMBIGUOUS.search(text):
        return None
    try:
        moment = parser.parse(text, default=datetime(1, 1, 1), tzinfos=lambda name, offset: offset or 0)  # noqa: DTZ001
        return _in_utc(moment) if moment.year > 1 else None
    except Exception:  # hostile dates make the library raise nearly anything
        return None


_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:\.\d+)?")
_SECONDS = re.compile(r"(\d{1,7})(?:\.\d+)?")
_ISO_DURATION = re.compile(r"P(?:(\d{1,3})D)?T?(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6})(?:\.\d+)?S)?", re.IGNORECASE)
#: Nothing plays for longer than a week.
_LONGEST = 7 * 24 * 3600


def read_duration(text: str) -> int:
    """Seconds from "1:02:03", "62:03", "3723" or "PT1H2M3S"; 0 where missing or absurd."""
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        total = hours * 3600 + minutes * 60 + seconds
    elif match := _SECONDS.fullmatch(text):
        total = int(match[1])
    elif text and (match := _ISO_DURATION.fullmatch(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    else:
        return 0
    return total if total <= _LONGEST else 0
