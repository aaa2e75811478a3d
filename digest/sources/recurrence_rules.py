"""Recurrence rules that are safe to follow: of the kinds that calendars write, and that come true. Pure.

A rule may be endless (every second since 1900) or impossible (30 February), and a library that follows it to
the year 9999 takes minutes. RFC 5545, 3.3.10.
"""

import calendar
import re

_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_PARTS = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}
_A_YEAR = {"DAILY": 366, "WEEKLY": 53, "MONTHLY": 12, "YEARLY": 1}


def is_usual(rule: str) -> bool:
    """Whether a rule is of the kinds that calendars write and that come true every few years at least."""
    pairs = [part.split("=", 1) for part in rule.strip().upper().split(";") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        return False
    parts = {key.strip(): value.strip() for key, value in pairs}
    frequency, interval = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    return (
        len({key for key, _ in pairs}) == len(pairs)
        and frequency in _PARTS
        and _is_number(interval, 1, 1_000)
        and _is_number(parts.pop("COUNT", "1"), 1, 10**9)
        and bool(re.fullmatch(r"\d{8}(T\d{6}Z?)?", parts.pop("UNTIL", "20000101")))
        and parts.pop("WKST", "MO") in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
        and not parts.keys() - _PARTS[frequency]
        and _comes_true(frequency, parts, every_one=int(interval) == 1)
    )


def periods(rule: str, first: int, year: int) -> int:
    """How many periods a usual rule runs through from the year of its start to *year* and the next."""
    parts = dict(part.strip().split("=", 1) for part in rule.upper().split(";") if "=" in part)
    parts = {key.strip(): value.strip() for key, value in parts.items()}
    frequency = parts["FREQ"]
    each = (parts["BYDAY"].count(",") + 1 if "BYDAY" in parts else 1) * (12 if frequency == "YEARLY" else 1)
    through = max(1, year + 2 - first) * _A_YEAR[frequency] * each // int(parts.get("INTERVAL", "1")) + 1
    return min(through, int(parts["COUNT"]) * 32) if "COUNT" in parts else through


def _comes_true(frequency: str, parts: dict[str, str], *, every_one: bool) -> bool:
    """Whether its conditions can be met together; with an interval only those that every period can meet."""
    days = [_DAY.fullmatch(day) for day in _listed(parts, "BYDAY")]
    months, dates = _listed(parts, "BYMONTH"), _listed(parts, "BYMONTHDAY")
    if not (
        all(days)
        and len(days) <= 60
        and all(_is_number(month, 1, 12) for month in months)
        and all(_is_number(date.lstrip("+-"), 1, 31) for date in dates)
    ):
        return False
    places = [abs(int(day[1])) for day in days if day and day[1]]
    if places and (frequency in ("DAILY", "WEEKLY") or dates or not all(1 <= place <= 5 for place in places)):
        return False  # the fifth Monday is never the first day
    if "BYSETPOS" in parts and not (days and not places and not dates and _are_first_few(_listed(parts, "BYSETPOS"))):
        return False
    lengths = [29 if month == "2" else calendar.monthrange(2024, int(month))[1] for month in months]
    numbers = [int(date.lstrip("+-")) for date in dates]
    if numbers and lengths and min(numbers) > max(lengths):
        return False
    rare = max(numbers, default=0) > 28 or 5 in places
    apart = (bool(months) and frequency != "YEARLY") or (bool(days) and (frequency == "DAILY" or bool(dates)))
    return every_one or not (rare or apart)


def _are_first_few(positions: list[str]) -> bool:
    return all(_is_number(position.lstrip("+-"), 1, 4) for position in positions)


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _is_number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most
