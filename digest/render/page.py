"""An issue in words: what every rendering says, before any markup.

`lay_out` turns an `Issue` into a `Page` of finished one-line texts, so that Markdown, HTML
and plain text only arrange and escape. Texts are still untrusted as markup; addresses are
http or https, or "".
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from digest.records import Issue, Pick
from digest.render.plain import shown, web_address

SECTIONS = {
    "letter": ("The letter: models, theory, papers", ""),
    "envelope": ("The envelope: data, serving, platforms", ""),
    "stretch": ("The stretch: outside your focus", "Chosen on purpose from where you did not ask to look."),
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ORDINALS = {"2": "second", "3": "third"}
_EXCERPT = 280  # characters: two or three sentences, enough to decide on
_AUTHORS = 3
_NEAR_MISSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One pick as it is shown."""

    #: counted through all sections, from 1
    number: int
    item_id: str
    title: str
    url: str
    #: source, date, authors, reading time: those that are known
    byline: tuple[str, ...]
    reason: str
    excerpt: str
    also_at: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    name: str
    title: str
    note: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMissLine:
    title: str
    url: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All texts of one digest in reading order."""

    title: str
    dates: str
    #: works seen and kept, and the time the kept ones take
    numbers: str
    question: str
    #: the pick to read if there is time for one, or None
    first: Entry | None
    #: why there are no picks, or ""
    empty: str
    sections: tuple[Section, ...]
    near_misses: tuple[NearMissLine, ...]
    ailing: tuple[str, ...]
    made: tuple[str, ...]


def lay_out(issue: Issue) -> Page:
    zone = _zone(issue.zone)
    pairs = [(pick, _entry(number, pick, zone)) for number, pick in enumerate(_in_order(issue.picks), start=1)]
    return Page(
        title=f"{_whose(issue)} digest · {period_words(issue.period)}",
        dates=_span(issue.starts_at.astimezone(zone), issue.ends_at.astimezone(zone)),
        numbers=_numbers(issue),
        question=shown(issue.question, 300),
        first=_first(pairs),
        empty=_empty(issue),
        sections=tuple(
            _section(name, tuple(entry for _, entry in group))
            for name, group in groupby(pairs, lambda pair: pair[0].section)
        ),
        near_misses=tuple(
            NearMissLine(
                title=shown(miss.title, 200) or "(untitled)",
                url=web_address(miss.url),
                source=shown(miss.source, 80),
                reason=shown(miss.reason, 200),
            )
            for miss in issue.near_misses[:_NEAR_MISSES]
        ),
        ailing=tuple(shown(line, 200) for line in issue.ailing),
        made=_made(issue),
    )


def subject(issue: Issue) -> str:
    """Return the one line a mailbox shows: the period, the numbers and the title to read first."""
    page = lay_out(issue)
    head = f"{page.title}: {issue.kept} of {issue.seen:,}" if issue.kept else f"{page.title}: nothing kept"
    first = page.first or next((entry for section in page.sections for entry in section.entries), None)
    return f"{head} · {shown(first.title, 60)}" if first else head


def _in_order(picks: Sequence[Pick]) -> list[Pick]:
    """Sections in the order of their first picks, the stretch last; picks keep their order within."""
    names = list(dict.fromkeys(pick.section for pick in picks))
    return sorted(picks, key=lambda pick: (pick.section == "stretch", names.index(pick.section)))


def _first(pairs: Sequence[tuple[Pick, Entry]]) -> Entry | None:
    """The best pick inside the focus; with one or two there is nothing to choose from."""
    inside = [pair for pair in pairs if pair[0].section != "stretch"]
    return max(inside, key=lambda pair: pair[0].score)[1] if inside and len(pairs) > 2 else None


def _section(name: str, entries: tuple[Entry, ...]) -> Section:
    title, note = SECTIONS.get(name, (name.capitalize(), ""))
    return Section(name=name, title=title, note=note, entries=entries)


def _entry(number: int, pick: Pick, zone: dt.tzinfo) -> Entry:
    return Entry(
        number=number,
        item_id=pick.item_id,
        title=shown(pick.title, 300) or "(untitled)",
        url=web_address(pick.url),
        byline=tuple(_byline(pick, zone)),
        reason=shown(pick.reason, 300),
        excerpt=shown(pick.excerpt, _EXCERPT),
        also_at=tuple(Link(text=shown(place.source, 80), url=web_address(place.url)) for place in pick.also_at),
    )


def _byline(pick: Pick, zone: dt.tzinfo) -> Iterator[str]:
    if source := shown(pick.source, 80):
        yield source
    if pick.published_at is not None:
        yield day_words(pick.published_at.astimezone(zone).date())
    if authors := _authors(pick.authors):
        yield authors
    if pick.minutes:
        yield duration_words(pick.minutes) + (" to listen" if pick.seconds else "")


def _authors(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`, or the first three and how many more."""
    clean = [name for raw in names if (name := shown(raw, 60))]
    if len(clean) > _AUTHORS:
        return f"{', '.join(clean[:_AUTHORS])} and {len(clean) - _AUTHORS} more"
    return " and ".join([", ".join(clean[:-1]), clean[-1]]) if len(clean) > 1 else "".join(clean)


def duration_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])


def day_words(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _span(start: dt.datetime, end: dt.datetime) -> str:
    first, last = start.date(), end.date()
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_words(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} to {day_words(last)}"
    return f"{day_words(first)} to {day_words(last)}"


def period_words(period: str) -> str:
    """`2026-W12` is week 12 of 2026; `2026-W12-2` its second issue."""
    match = re.fullmatch(r"(\d{4})-(?:W(\d\d)|(\d\d)-(\d\d))(?:-(\d+))?", period)
    if not match:
        return shown(period, 60)
    year, week, month, day, nth = match.groups()
    words = f"week {int(week)} of {year}" if week else day_words(dt.date(int(year), int(month), int(day)))
    return f"{words}, {_ORDINALS.get(nth, f'{nth}th')} issue" if nth else words


def _numbers(issue: Issue) -> str:
    if not issue.seen:
        return "No new works seen."
    words = f"{_count(issue.seen, 'work')} seen, {_kept(issue)}"
    minutes = sum(pick.minutes for pick in issue.picks)
    if not minutes:
        return f"{words}."
    at_least = "" if all(pick.minutes for pick in issue.picks) else "at least "  # a teaser tells no length
    return f"{words}, {at_least}{duration_words(minutes)} in all."


def _kept(issue: Issue) -> str:
    if not issue.kept:
        return "none kept"
    percent = 100 * issue.kept / issue.seen
    return f"{issue.kept} kept ({f'{percent:.1f}'.removesuffix('.0') if percent >= 0.1 else 'under 0.1'}%)"


def _empty(issue: Issue) -> str:
    if issue.picks:
        return ""
    if not issue.seen:
        return "Nothing new came in, so there is nothing to read. That happens."
    return (
        f"{'The one work' if issue.seen == 1 else f'None of the {issue.seen:,} works'} that came in was "
        f"{'not ' if issue.seen == 1 else ''}near enough to your focus to be worth your time. "
        "The next digest will look again; this one does not pad."
    )


def _made(issue: Issue) -> tuple[str, ...]:
    aim = f" with what you want to learn (“{statement}”)" if (statement := shown(issue.statement, 200)) else ""
    return (
        f"Every work that was new in these days was compared{aim}; the nearest were kept, one piece of work "
        "once, and nothing that an earlier digest showed.",
        f"You lean {_lean_words(issue.lean)}, and the sections are shared out by that.",
        "To see all the evidence for a pick, ask “digest why” and its code; what you tick teaches the next digest.",
    )


def _lean_words(lean: float) -> str:
    percent = round(100 * lean)
    if percent == 50:
        return "to neither side"
    return f"to the envelope ({percent}%)" if percent > 50 else f"to the letter ({100 - percent}%)"


def _whose(issue: Issue) -> str:
    name = shown(issue.learner, 60)
    return f"{name}’s" if name else "Your"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _zone(name: str) -> dt.tzinfo:
    """The learner's zone; UTC where this machine does not know it, as a digest is better than none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return dt.UTC
