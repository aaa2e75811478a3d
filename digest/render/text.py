"""An issue as plain text, the first part of a mail: no markup at all, 72 columns, addresses whole."""

import textwrap
from collections.abc import Iterator

from digest.records import Issue
from digest.render.blocks import Block
from digest.render.drift import TITLE as DRIFT
from digest.render.events import TITLE, EventLine
from digest.render.layout import Page, PickEntry, lay_out
from digest.render.reading_plan import Week
from digest.render.related import Related
from digest.render.trends import Trends

_WIDTH = 72
_INDENT = "   "
#: A signed address for each mark of each pick would be longer than the digest.
_HOW_TO_MARK = "To mark one, say “digest mark”, its code, and like, dislike, save or read."


def render_text(issue: Issue) -> str:
    return "\n".join(_lines(lay_out(issue))) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield from _heading(page.title, "=")
    yield from _wrapped(f"{page.dates}. {page.numbers}")
    if page.first:
        yield from ("", *_wrapped(f"If you read one thing: number {page.first.number}, {page.first.title}"))
    if page.unanswered:
        yield from ("", *_wrapped(f"Your question: {page.unanswered} No pick speaks to it this time."))
    for block in page.blocks:
        yield from ("", *_block(block))
    if page.foundation:
        yield from ("", *_related(page.foundation, "Background reading: "))
    if page.week:
        yield from _week(page.week)
    if page.empty:
        yield from ("", *_wrapped(page.empty))
    for section in page.sections:
        yield from ("", "", *_heading(section.title, "-"))
        if section.note:
            yield from _wrapped(section.note)
        for entry in section.entries:
            yield from ("", *_entry(entry))
    yield from _footer(page)


def _week(week: Week) -> Iterator[str]:
    yield from ("", *_wrapped(f"Your week: {week.numbers}"))
    for place, line in enumerate(week.lines, start=1):
        text = f"{place}. {''.join(piece.text for piece in line)}"
        yield from textwrap.wrap(text, _WIDTH, subsequent_indent=_INDENT)
        yield from (f"{_INDENT}{piece.url}" for piece in line if piece.url)


def _block(block: Block) -> Iterator[str]:
    if block.title:
        yield from _heading(block.title, "-")
    for line in block.lines:
        said = f"{line.label} " * bool(line.label) + "".join(piece.text for piece in line.pieces)
        yield from textwrap.wrap(f"{'- ' * line.listed}{said}", _WIDTH, subsequent_indent="  " * line.listed)
        yield from (f"{'  ' * line.listed}{piece.url}" for piece in line.pieces if piece.url)


def _entry(entry: PickEntry) -> Iterator[str]:
    yield from textwrap.wrap(f"{entry.number}. {entry.title}", _WIDTH, subsequent_indent=_INDENT)
    if entry.url:
        yield _INDENT + entry.url
    yield from _wrapped(" · ".join(entry.byline), _INDENT)
    if entry.question:
        yield from _wrapped(f"Your question: {entry.question}", _INDENT)
    if entry.reason:
        yield from _wrapped(f"Why: {entry.reason}", _INDENT)
    for named in (*(piece for piece in entry.why if piece.url), *entry.resources):
        yield f"{_INDENT}{named.text[:1].upper()}{named.text[1:]}: {named.url}"
    if entry.excerpt:
        yield from ("", *_wrapped(entry.excerpt, _INDENT))
    if entry.also_at:
        yield ""
    for place in entry.also_at:
        yield f"{_INDENT}Also at {place.text}{':' if place.url else ''} {place.url}".rstrip()
    for related in entry.related:
        yield from ("", *_related(related, indent=_INDENT))


def _related(related: Related, label: str = "", indent: str = "") -> Iterator[str]:
    after = f" ({related.after})" if related.after else ""
    after += f": “{related.quote}”" if related.quote else ""
    yield from _wrapped(f"{label}{related.before} “{related.text}”{after}{':' if related.url else ''}", indent)
    if related.url:
        yield indent + related.url


def _trends(trends: Trends) -> Iterator[str]:
    yield from ("", "", *_heading("Themes that moved", "-"))
    if trends.note:
        yield from _wrapped(trends.note)
    for theme in trends.themes:
        line = f"- {'Growing' if theme.growing else 'Fading'}: {theme.term}: {theme.words}"
        yield from textwrap.wrap(line, _WIDTH, subsequent_indent="  ")


def _event(event: EventLine) -> Iterator[str]:
    said = " · ".join(part for part in (f"- {event.when}", event.title, *event.where, event.reason) if part)
    yield from textwrap.wrap(said, _WIDTH, subsequent_indent="  ")
    if event.url:
        yield f"  {event.url}"


def _footer(page: Page) -> Iterator[str]:
    if page.events:
        yield from ("", "", *_heading(TITLE, "-"))
    for event in page.events:
        yield from _event(event)
    if page.trends:
        yield from _trends(page.trends)
    if page.near_misses:
        yield from ("", "", *_heading("Nearly kept", "-"))
    for miss in page.near_misses:
        said = ": ".join(text for text in (miss.source, miss.reason) if text)
        said = ". Missing: ".join(text for text in (said, miss.change) if text)
        yield from textwrap.wrap(f"- {miss.title}" + (f" · {said}" if said else ""), _WIDTH, subsequent_indent="  ")
        if miss.url:
            yield f"  {miss.url}"
    if page.drift:
        yield from ("", "", *_heading(DRIFT, "-"))
    for told in page.drift:
        yield from _wrapped(f"{told.words} {told.advice}")
        yield from ("", f"{_INDENT}{told.toml}", "")
    if page.failing:
        yield from ("", "", *_heading("Failing sources", "-"), *_wrapped(page.failing))
    yield from ("", "", *_heading("How this was made", "-"), *_wrapped(" ".join((*page.made, _HOW_TO_MARK))))


def _heading(text: str, rule: str) -> Iterator[str]:
    lines = _wrapped(text)
    yield from lines
    yield rule * max(map(len, lines))


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
