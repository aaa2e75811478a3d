"""A recap as Markdown for a channel or a blog, as a page of its own, and as a post. Pure.

It says what was read and links to it. Why it matters is said in the learner's own notes, and where there are none in
the reason that the digest gave; nothing is made up.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from digest.compose.recap import Recap, RecapWork
from digest.render.byline import authors_words
from digest.render.charts import Chart, Label, Row, Series, column_chart, row_chart
from digest.render.commonmark import escape, escape_line, link
from digest.render.environment import source, template
from digest.render.posts import Post, PostEntry, PostSection
from digest.render.site import page_policy
from digest.render.untrusted import cut, inert, shown, web_address
from digest.render.wording import count_words, day_words, duration_words, short_day, span_words

#: Characters of a note that are quoted: a recap is scanned, and the note is kept.
_QUOTED = 900
#: The same in a post.
_POSTED = 220
#: Works of a list; the rest is counted.
_LISTED = 40
#: Fewer weeks than this are two bars and no course.
_FEWEST_WEEKS = 3
_BAR = 24
_SIDES = ("letter", "envelope")
_PASSES = {1: "first pass", 2: "second pass", 3: "third pass"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapEntry:
    """One work as it is shown; texts are one line each, but for notes."""

    title: str
    url: str
    #: source, authors, how far it was read
    byline: str
    #: the learner's notes, their lines and paragraphs kept
    notes: tuple[str, ...]
    #: why it was picked, where there is no note
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapSection:
    title: str
    entries: tuple[RecapEntry, ...]
    #: what is not listed, or ""
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapPage:
    """All texts of a recap in reading order."""

    title: str
    numbers: str
    sections: tuple[RecapSection, ...]
    #: "letter" and "envelope" with how many works, the larger first; () where no side is known
    sides: tuple[tuple[str, int], ...]
    sides_words: str
    #: works a week by side, where there are weeks enough
    chart: Chart | None
    rows: tuple[Row, ...]


def lay_out_recap(recap: Recap) -> RecapPage:
    zone = _zone(recap.zone)
    counts = sorted(((name, recap.count(name)) for name in _SIDES), key=lambda pair: -pair[1])
    sides = tuple(counts) if counts[0][1] else ()
    return RecapPage(
        title=f"What {shown(recap.learner, 60) or 'I'} read, {recap_span(recap.since, recap.until, zone)}",
        numbers=_numbers(recap),
        sections=tuple(
            RecapSection(
                title=title,
                entries=tuple(map(_entry, works[:_LISTED])),
                more=f"And {count_words(len(works) - _LISTED, 'more work')}." if len(works) > _LISTED else "",
            )
            for title, works in (("Read", recap.read), ("Liked", recap.liked), ("Saved for later", recap.saved))
            if works
        ),
        sides=sides,
        sides_words=_sides_words(sides),
        chart=_by_week(recap, zone),
        rows=row_chart([Row(name=name, value=count, text=str(count)) for name, count in sides]),
    )


def render_recap_markdown(recap: Recap) -> str:
    """CommonMark without tables or HTML, which Slack, Discord and GitHub all show."""
    return "\n\n".join(_blocks(lay_out_recap(recap))) + "\n"


def render_recap_html(recap: Recap) -> str:
    """A page that holds all it needs, without scripts."""
    page = lay_out_recap(recap)
    return template("recap.html").render(page=page, style=source("style.css"), policy=page_policy())


def recap_post(recap: Recap) -> Post:
    page = lay_out_recap(recap)
    return Post(
        event="recap",
        title=page.title,
        numbers=" ".join(part for part in (page.numbers, page.sides_words) if part),
        sections=tuple(
            PostSection(title=section.title, entries=tuple(map(_post_entry, section.entries)))
            for section in page.sections
        ),
    )


def recap_span(since: dt.datetime, until: dt.datetime, zone: dt.tzinfo) -> str:
    """The days of a span, the last one included: a span up to midnight ends with the day before."""
    last = max(since, until - dt.timedelta(microseconds=1))
    return span_words(since.astimezone(zone), last.astimezone(zone))


def _numbers(recap: Recap) -> str:
    parts = [
        f"{count_words(len(recap.read), 'work')} read" if recap.read else "",
        f"{len(recap.liked)} liked" if recap.liked else "",
        f"{len(recap.saved)} saved for later" if recap.saved else "",
    ]
    said = ", ".join(part for part in parts if part)
    if not said:
        return "Nothing was marked as read, liked or saved in these days, and no note was written."
    if not recap.minutes:
        return f"{said}."
    about = "" if all(work.told for work in recap.read) else "about "
    return f"{said}; {about}{duration_words(recap.minutes)} of reading."


def _sides_words(sides: Sequence[tuple[str, int]]) -> str:
    if not sides:
        return ""
    (more, most), (fewer, rest) = sides
    if not rest:
        return f"{'The one work' if most == 1 else f'All {most} works'} read or liked {_is(most)} {more}."
    return f"Of what was read or liked, {most} {_is(most)} {more} and {rest} {_is(rest)} {fewer}."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _entry(work: RecapWork) -> RecapEntry:
    told = duration_words(work.minutes) if work.told else ""
    deepest = _PASSES.get(work.deepest, "")
    parts = (shown(work.source, 80), authors_words(work.authors), ", ".join(part for part in (deepest, told) if part))
    return RecapEntry(
        title=shown(work.title, 300) or "(untitled)",
        url=web_address(work.url),
        byline=" · ".join(part for part in parts if part),
        notes=tuple(_quoted(note) for note in work.notes),
        reason="" if work.notes else for_others(shown(work.reason, 300)),
    )


def for_others(reason: str) -> str:
    """A reason without what it says to the learner alone."""
    parts = [part.replace(", whom you follow", "") for part in reason.split("; ")]
    return "; ".join(part for part in parts if "your focus" not in part)


def _quoted(note: str) -> str:
    """The lines of a note that are quoted, each made harmless."""
    lines, left = [], _QUOTED
    for line in note.splitlines():
        if left <= 0:
            lines.append("…")
            break
        text = cut(shown(line, _QUOTED), max(left, 1))
        lines.append(text)
        left -= len(text)
    return "\n".join(lines)


def _by_week(recap: Recap, zone: dt.tzinfo) -> Chart | None:
    """What was read and liked a week, letter and envelope on each other."""
    works = [work for work in (*recap.read, *recap.liked) if work.side]
    days = [work.at.astimezone(zone).date() for work in works]
    mondays = [day - dt.timedelta(days=day.weekday()) for day in days]
    if not mondays:
        return None
    first, last = min(mondays), max(mondays)
    weeks = [first + dt.timedelta(days=7 * number) for number in range((last - first).days // 7 + 1)]
    if len(weeks) < _FEWEST_WEEKS:
        return None
    labels = [Label(short=short_day(week), full=day_words(week)) for week in weeks]
    placed = list(zip(mondays, works, strict=True))
    series = [
        Series(name=name, values=[sum(at == week and w.side == name for at, w in placed) for week in weeks], tone=name)
        for name in _SIDES
    ]
    return column_chart("Works read or liked a week", labels, series, _whole, over="Week from")


def _blocks(page: RecapPage) -> Iterator[str]:
    yield f"# {escape(page.title)}"
    yield escape_line(page.numbers)
    for section in page.sections:
        yield f"## {escape(section.title)}"
        for entry in section.entries:
            yield from _markdown_entry(entry)
        if section.more:
            yield escape_line(section.more)
    if page.sides:
        yield "## Letter against envelope"
        yield escape_line(page.sides_words)
        yield "\n".join(["```", *text_bars(page.sides), "```"])


def _markdown_entry(entry: RecapEntry) -> Iterator[str]:
    """The title stands in bold, for a channel shows no small headings."""
    byline = f"  \n{escape_line(inert(entry.byline))}" if entry.byline else ""  # two blanks end a line
    yield f"**{link(inert(entry.title), entry.url)}**{byline}"
    for note in entry.notes:
        yield "\n".join(f"> {escape_line(inert(line))}" if line else ">" for line in note.splitlines())
    if entry.reason:
        yield f"Why: {escape(inert(entry.reason))}"


def text_bars(rows: Sequence[tuple[str, int]]) -> list[str]:
    """Bars of block characters, the longest of a fixed length, each with its name and number."""
    most = max((count for _, count in rows), default=0) or 1
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{width}}  {'█' * round(_BAR * count / most):<{_BAR}}  {count}" for name, count in rows]


def _post_entry(entry: RecapEntry) -> PostEntry:
    note = " ".join(" ".join(entry.notes).split())
    words = cut(note or entry.reason, _POSTED)
    return PostEntry(title=cut(entry.title, 140), url=entry.url, words=words, quoted=bool(note))


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else ""


def _zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return dt.UTC
