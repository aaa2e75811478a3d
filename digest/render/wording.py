"""Days, periods, durations, counts, shares and lists in English words, whatever the machine's language."""

import datetime as dt
import re
from collections.abc import Sequence

from digest.render.untrusted import shown

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS = {"2": "second", "3": "third"}


def list_words(names: Sequence[str], last: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`; *last* stands before the last one."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def count_words(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    return f"{f'{100 * share:.1f}'.removesuffix('.0')}%"


def duration_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])


def day_words(day: dt.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_words(month: str) -> str:
    """`November 2026`, of "2026-11"; a year is itself."""
    if len(month) == 4:
        return month
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


def short_day(day: dt.date) -> str:
    """`21 Nov`, for the axis of a chart."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def span_words(start: dt.datetime, end: dt.datetime) -> str:
    first, last = start.date(), end.date()
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_words(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1]} to {day_words(last)}"
    return f"{day_words(first)} to {day_words(last)}"


def period_words(period: str) -> str:
    """`2026-W12` is week 12 of 2026; `2026-W12-2` its second issue."""
    match = re.fullmatch(r"(\d{4})-(?:W(\d\d)|(\d\d)-(\d\d))(?:-(\d+))?", period)
    if not match:
        return shown(period, 60)
    year, week, month, day, nth = match.groups()
    words = f"week {int(week)} of {year}" if week else day_words(dt.date(int(year), int(month), int(day)))
    return f"{words}, {_ORDINALS.get(nth, f'{nth}th')} issue" if nth else words
