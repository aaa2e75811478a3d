"""When an event is: dates and times as iCalendar and texts give them -> moments, days, or times on the reader's clock.

Anywhere on earth is UTC-12: a deadline lasts as long as the day does somewhere. Deadlines that are a day long
and say so end at 23:59 there, which is 11:59 UTC on the day after.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from digest.records import EventKind
from digest.sources.dates import read_date

ANYWHERE_ON_EARTH = dt.timezone(dt.timedelta(hours=-12))
_SAYS_AOE = re.compile(r"\bAoE\b|\banywhere on earth\b", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:deadlines?|due|submissions?|cfp|call for (?:papers|proposals|participation)|camera[- ]ready|rebuttals?"
    r"|final decisions?|(?:registration|applications?) (?:closes?|ends?))\b|截稿|截止",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:deadlines?|due(?: date)?|clos(?:es|ing date|ing)|ends?(?: date| on)?|until|by)\b[^\n.;0-9]{0,40}?"
    r"(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|\s?[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+[A-Z][a-z]{2,8}\.?,?\s+\d{4}(?:,?\s+(?:at\s+)?\d{1,2}:\d{2}(?:\s?(?:UTC|GMT))?)?"
    r"|[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}(?:,?\s+(?:at\s+)?\d{1,2}:\d{2}(?:\s?(?:UTC|GMT))?)?)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d:\d\d")
#: Moments are added to and shown in any zone; calendars go farther, to 9999.
_YEARS = range(1980, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A span of time, as in `records.Event`."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    all_day: bool = False
    floating: bool = False


def zone_of(name: str) -> dt.tzinfo | None:
    """The zone that a TZID or X-WR-TIMEZONE names, where the document does not define it; None where nobody knows."""
    name = name.strip().strip('"')[:80]
    if name.upper() == "AOE" or _SAYS_AOE.fullmatch(name):
        return ANYWHERE_ON_EARTH
    if match := _OFFSET.fullmatch(name):
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        offset = dt.timedelta(hours=hours, minutes=minutes)
        return dt.timezone(-offset if match[1] == "-" else offset)
    if not re.fullmatch(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*", name):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def span(start: dt.date, end: dt.date | None, zone: dt.tzinfo | None) -> When | None:
    """From two values of iCalendar; *zone* is that of times without one. None where they cannot be true."""
    if start.year not in _YEARS or (end is not None and end.year not in _YEARS):
        return None
    if not isinstance(start, dt.datetime):
        last = end.date() if isinstance(end, dt.datetime) else end
        last = max(last or start, start + dt.timedelta(days=1))
        return When(starts_at=_midnight(start), ends_at=_midnight(last), all_day=True, floating=True)
    if end is None:
        end = start
    elif not isinstance(end, dt.datetime):
        end = dt.datetime.combine(end, dt.time(), start.tzinfo)
    floating = start.tzinfo is None and zone is None
    first, last_moment = _moment(start, zone), _moment(end, zone or start.tzinfo)
    return When(starts_at=first, ends_at=max(first, last_moment), floating=floating)


def kind_of(title: str) -> EventKind:
    return EventKind.DEADLINE if _DEADLINE.search(title) else EventKind.EVENT


def as_deadline(when: When, text: str) -> When:
    """The moment at which something is due; *text* may say that it counts anywhere on earth."""
    anywhere = bool(_SAYS_AOE.search(text[:4_000]))
    if when.all_day:
        last = when.ends_at - dt.timedelta(days=1)
        if not anywhere:
            return replace(when, starts_at=last)
        moment = dt.datetime.combine(last.date(), dt.time(23, 59), ANYWHERE_ON_EARTH).astimezone(dt.UTC)
        return When(starts_at=moment, ends_at=moment)
    moment = when.ends_at if when.ends_at - when.starts_at >= dt.timedelta(days=1) else when.starts_at
    if when.floating and anywhere:
        moment = moment.replace(tzinfo=ANYWHERE_ON_EARTH).astimezone(dt.UTC)
        return When(starts_at=moment, ends_at=moment)
    return replace(when, starts_at=moment, ends_at=moment)


def stated_deadline(text: str) -> When | None:
    """The deadline that a text states ("closes on 30 January 2027"), or None."""
    match = _STATED.search(text[:20_000])
    return deadline_at(match[1], text[match.start() : match.end() + 40]) if match else None


def deadline_at(date: str, said: str = "") -> When | None:
    """A deadline from its date as text: a moment where it names the time, else the whole day."""
    date = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", date.strip()[:60], flags=re.IGNORECASE)
    moment = read_date(re.sub(r"\bat\s+", "", date))
    if moment is None or moment.year not in _YEARS:
        return None
    if not _CLOCK.search(date):
        day = _midnight(moment.date())
        when = When(starts_at=day, ends_at=day + dt.timedelta(days=1), all_day=True, floating=True)
        return as_deadline(when, said)
    if _SAYS_AOE.search(said):
        moment = moment.replace(tzinfo=ANYWHERE_ON_EARTH).astimezone(dt.UTC)
    return When(starts_at=moment, ends_at=moment)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(dt.date(day.year, day.month, day.day), dt.time(), dt.UTC)


def _moment(value: dt.datetime, zone: dt.tzinfo | None) -> dt.datetime:
    return value.replace(tzinfo=zone or dt.UTC).astimezone(dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
