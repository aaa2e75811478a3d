"""The text of an iCalendar document, cleaned of what no library should be given.

Rules that never end or never match would be followed for minutes; broken blocks would take the whole
document with them. Both are left out here, before any parser runs, in linear time. RFC 5545.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from digest.sources.recurrence_rules import is_usual, periods

#: Events and to-dos of one document that are read.
BLOCKS_AT_MOST = 20_000
#: Lines and characters of one; a meeting of a thousand guests has some thousand lines.
_LINES_AT_MOST = 5_000
_CHARACTERS_AT_MOST = 400_000
#: Periods that all rules of a document may run through until now: some seconds' work.
_PERIODS_AT_MOST = 400_000
#: Dates that a series may name one by one.
_DATES_AT_MOST = 2_000

_HEAD_LINES = 100
READ = frozenset({"VEVENT", "VTODO", "VTIMEZONE"})
_PROPERTY = re.compile(r"[A-Za-z0-9-]{1,100}(?=[;:])")


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
        if _is_too_large(lines):
            made.broken += 1
            continue
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
    open_, lines = list[str](), list[str]()
    for line in _unfolded(text):
        word, _, name = line[:80].upper().partition(":")
        name = name.strip()
        if word == "BEGIN":
            made.broken += _close_unended(open_, name)
            if name == "VCALENDAR":
                continue
            lines = lines if open_ else []
            open_.append(name)
        elif word == "END" and (not open_ or name != open_[-1]):
            continue
        if not open_:
            _add_to_head(line, made)
        elif _belongs(line, open_):
            lines.append(line)
        if word == "END":
            open_.pop()
            if not open_ and name in READ:
                yield name, lines
    made.broken += bool(open_ and open_[0] in READ)


def _close_unended(open_: list[str], name: str) -> bool:
    """Whether the end of the block before is missing, which nothing could be inside of."""
    unended = bool(open_) and open_[0] in READ and name in ("VCALENDAR", "VEVENT", "VTODO")
    if unended:
        open_.clear()
    return unended


def _add_to_head(line: str, made: CalendarText) -> None:
    if _PROPERTY.match(line) and len(made.head) < _HEAD_LINES:
        made.head.append(line[:1_000])


def _belongs(line: str, open_: list[str]) -> bool:
    """Whether a line is of the event itself, or anywhere in a zone."""
    return open_[0] in READ and (len(open_) == 1 or open_[0] == "VTIMEZONE") and bool(_PROPERTY.match(line))


def _is_too_large(lines: list[str]) -> bool:
    return len(lines) > _LINES_AT_MOST or sum(map(len, lines)) > _CHARACTERS_AT_MOST


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
    first = min(
        (int(found[1]) for line in lines if (found := re.match(r"DTSTART[^:]*:(\d{4})", line, re.IGNORECASE))),
        default=year,
    )
    kept, spent, dates = [], 0, 0
    for line in lines:
        name = line[:40].split(":")[0].split(";")[0].upper()
        if name == "EXRULE":
            continue
        if name == "RRULE":
            value = line.partition(":")[2]
            cost = periods(value, first, year) if is_usual(value) else budget + 1
            if spent + cost > budget:
                continue
            spent += cost
        elif name in ("RDATE", "EXDATE"):
            dates += line.count(",") + 1
            if dates > _DATES_AT_MOST:
                continue
        kept.append(line)
    return kept, spent
