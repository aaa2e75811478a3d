"""The text of an iCalendar document, cleaned of what no library should be given.

Rules that never end or never match would be followed for minutes; broken blocks would take the whole
document with them. Both are left out here, before any parser runs, in linear time. RFC 5545.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Events and to-dos of one document that are read.
BLOCKS_AT_MOST = 20_000
#: Lines and characters of one; a meeting of a thousand guests has some thousand lines.
_LINES_AT_MOST = 5_000
_CHARACTERS_AT_MOST = 400_000
#: Periods that all rules of a document may run through until now: some seconds' work.
_PERIODS_AT_MOST = 400_000
#: Dates that a series may name one by one.
_DATES_AT_MOST = 2_000

_READ = frozenset({"VEVENT", "VTODO", "VTIMEZONE"})
_PROPERTY = re.compile(r"[A-Za-z0-9-]{1,100}(?=[;:])")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_PARTS = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}
_A_YEAR = {"DAILY": 366, "WEEKLY": 53, "MONTHLY": 12, "YEARLY": 1}


@dataclass(slots=True)
class CalendarText:
    """What of a document is safe to parse, in blocks of unfolded lines, and what was left out."""

    #: lines of the calendar itself
    head: list[str] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)
    blocks: list[list[str]] = field(default_factory=list)
    broken: int = 0
    beyond: int = 0
    rules: int = 0


def is_calendar(data: bytes) -> bool:
    return data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(b"BEGIN:VCALENDAR")


def clean(text: str, *, year: int) -> CalendarText:
    """The readable blocks of a document; *year* is the one up to which rules are followed."""
    made = CalendarText()
    budget = _PERIODS_AT_MOST
    for name, lines in _blocks(text, made):
        if name == "VTIMEZONE":
            made.zones.append([line for line in lines if _zone_line(line)])
            continue
        if len(made.blocks) >= BLOCKS_AT_MOST:
            made.beyond += 1
            continue
        kept, cost = _without_odd_rules(lines, year, budget)
        budget -= cost
        made.rules += len(kept) < len(lines)
        made.blocks.append(kept)
    return made


def _blocks(text: str, made: CalendarText) -> Iterator[tuple[str, list[str]]]:
    """Each whole event, to-do and zone; what lies inside them (alarms) and other blocks are skipped."""
    inside: list[str] = []
    lines: list[str] = []
    size = 0
    for line in _unfolded(text):
        upper = line[:40].upper()
        if upper.startswith("BEGIN:"):
            name = upper[6:].strip()
            if name in ("VCALENDAR", "VEVENT", "VTODO") and inside and inside[0] in _READ:
                made.broken += 1  # its end is missing
                inside, lines, size = [], [], 0
            if name == "VCALENDAR":
                continue
            inside.append(name)
            if len(inside) > 1 and inside[0] != "VTIMEZONE":
                continue
        elif upper.startswith("END:"):
            name = upper[4:].strip()
            if not inside or name != inside[-1]:
                continue
            inside.pop()
            if not inside and name in _READ:
                lines.append(line)
                if len(lines) <= _LINES_AT_MOST and size <= _CHARACTERS_AT_MOST:
                    yield name, lines
                else:
                    made.broken += 1
                lines, size = [], 0
                continue
            if not inside or inside[0] != "VTIMEZONE":
                continue
        elif not inside:
            if _PROPERTY.match(line) and len(made.head) < 100:
                made.head.append(line[:1_000])
            continue
        elif not _PROPERTY.match(line):
            continue
        elif len(inside) > 1 and inside[0] != "VTIMEZONE":
            continue
        if inside and inside[0] in _READ:
            size += len(line)
            if len(lines) <= _LINES_AT_MOST and size <= _CHARACTERS_AT_MOST:
                lines.append(line)
    made.broken += bool(inside and inside[0] in _READ)


def _unfolded(text: str) -> Iterator[str]:
    """Whole lines: one that begins with a blank goes on with the line before it."""
    parts: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line.replace("\x00", "")] if line.strip() else []
    if parts:
        yield "".join(parts)


def _zone_line(line: str) -> bool:
    """Whether a zone's line can stay: its rules are yearly."""
    name, _, value = line.partition(":")
    return name.split(";")[0].upper() != "RRULE" or ("YEARLY" in value.upper() and is_usual(value))


def _without_odd_rules(lines: list[str], year: int, budget: int) -> tuple[list[str], int]:
    """The lines of an event without rules that cannot be followed cheaply, and how many periods the others take."""
    first = min((int(found[1]) for line in lines if (found := re.match(r"DTSTART[^:]*:(\d{4})", line, re.I))), default=year)
    kept, spent, dates = [], 0, 0
    for line in lines:
        name = line[:40].split(":")[0].split(";")[0].upper()
        if name in ("EXRULE",):
            continue
        if name == "RRULE":
            value = line.partition(":")[2]
            cost = _periods(value, first, year) if is_usual(value) else budget + 1
            if spent + cost > budget:
                continue
            spent += cost
        elif name in ("RDATE", "EXDATE"):
            dates += line.count(",") + 1
            if dates > _DATES_AT_MOST:
                continue
        kept.append(line)
    return kept, spent


def is_usual(rule: str) -> bool:
    """Whether a rule is of the kinds that calendars write and that come true every few years at least."""
    pairs = [part.split("=", 1) for part in rule.strip().upper().split(";") if part.strip()]
    if any(len(pair) != 2 for pair in pairs) or len({key for key, _ in pairs}) < len(pairs):
        return False
    parts = {key.strip(): value.strip() for key, value in pairs}
    frequency = parts.pop("FREQ", "")
    if frequency not in _PARTS or not _is_number(parts.pop("INTERVAL", "1"), 1, 1_000):
        return False
    every_one = re.search(r"INTERVAL=0*(?:[2-9]|1\d)", rule, re.IGNORECASE) is None
    if not _is_number(parts.pop("COUNT", "1"), 1, 10**9) or not re.fullmatch(r"\d{8}(T\d{6}Z?)?", parts.pop("UNTIL", "20000101")):
        return False
    if parts.pop("WKST", "MO") not in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"):
        return False
    return not parts.keys() - _PARTS[frequency] and _comes_true(frequency, parts, every_one=every_one)


def _comes_true(frequency: str, parts: dict[str, str], *, every_one: bool) -> bool:
    """Whether its conditions can be met together; with an interval only those that every period can meet."""
    days = [_DAY.fullmatch(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    months = [int(m) if _is_number(m, 1, 12) else 0 for m in parts["BYMONTH"].split(",")] if "BYMONTH" in parts else []
    dates = parts["BYMONTHDAY"].split(",") if "BYMONTHDAY" in parts else []
    if not all(days) or 0 in months or not all(_is_number(day.lstrip("+-"), 1, 31) for day in dates):
        return False
    if len(days) > 60 or len(months) > 12 or len(dates) > 62:
        return False
    places = [int(day[1]) for day in days if day and day[1]]
    if any(not 1 <= abs(place) <= 5 for place in places) or (places and frequency in ("DAILY", "WEEKLY")):
        return False
    if "BYSETPOS" in parts:
        positions = [position.lstrip("+-") for position in parts["BYSETPOS"].split(",")]
        if not days or places or dates or not all(_is_number(position, 1, 4) for position in positions):
            return False
    if dates and places:
        return False  # the fifth Monday is never the first day
    if dates and months:
        longest = max(29 if month == 2 else calendar.monthrange(2024, month)[1] for month in months)
        if min(int(day.lstrip("+-")) for day in dates) > longest:
            return False
    risky = bool(months) and frequency != "YEARLY" or bool(days) and (frequency == "DAILY" or bool(dates))
    late = any(int(day.lstrip("+-")) > 28 for day in dates) or any(abs(place) == 5 for place in places)
    return every_one or not (risky or late)


def _periods(rule: str, first: int, year: int) -> int:
    """How many periods are run through from its start to this year and the next."""
    upper = rule.upper()
    frequency = next(name for name in _A_YEAR if f"FREQ={name}" in upper.replace(" ", ""))
    interval = re.search(r"INTERVAL=0*(\d+)", upper)
    days = upper.count("BYDAY=") and upper.partition("BYDAY=")[2].partition(";")[0].count(",") + 1
    each = max(1, days) * (12 if frequency == "YEARLY" else 1)
    count = re.search(r"COUNT=0*(\d+)", upper)
    periods = max(1, year + 2 - first) * _A_YEAR[frequency] * each // (int(interval[1]) if interval else 1) + 1
    return min(periods, int(count[1]) * 32) if count else periods


def _is_number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most
