"""An issue as plain text, the first part of a mail: no markup at all, 72 columns, addresses whole."""

import textwrap
from collections.abc import Iterator

from digest.records import Issue
from digest.render.page import Entry, Page, lay_out

_WIDTH = 72
_INDENT = "   "


def render_text(issue: Issue) -> str:
    return "\n".join(_lines(lay_out(issue))) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield from _heading(page.title, "=")
    yield from _wrapped(f"{page.dates}. {page.numbers}")
    if page.question:
        yield from ("", *_wrapped(f"Your question: {page.question}"))
    if page.first:
        yield from ("", *_wrapped(f"If you read one thing: number {page.first.number}, {page.first.title}"))
    if page.empty:
        yield from ("", *_wrapped(page.empty))
    for section in page.sections:
        yield from ("", "", *_heading(section.title, "-"))
        if section.note:
            yield from _wrapped(section.note)
        for entry in section.entries:
            yield from ("", *_entry(entry))
    yield from _footer(page)


def _entry(entry: Entry) -> Iterator[str]:
    yield from textwrap.wrap(f"{entry.number}. {entry.title}", _WIDTH, subsequent_indent=_INDENT)
    if entry.url:
        yield _INDENT + entry.url
    yield from _wrapped(" · ".join((*entry.byline, entry.item_id)), _INDENT)
    if entry.reason:
        yield from _wrapped(f"Why: {entry.reason}", _INDENT)
    if entry.excerpt:
        yield from ("", *_wrapped(entry.excerpt, _INDENT))
    if entry.also_at:
        yield ""
    for place in entry.also_at:
        yield f"{_INDENT}Also at {place.text}{':' if place.url else ''} {place.url}".rstrip()


def _footer(page: Page) -> Iterator[str]:
    if page.near_misses:
        yield from ("", "", *_heading("Nearly kept", "-"))
    for miss in page.near_misses:
        said = ": ".join(text for text in (miss.source, miss.reason) if text)
        yield from textwrap.wrap(f"- {miss.title}" + (f" · {said}" if said else ""), _WIDTH, subsequent_indent="  ")
        if miss.url:
            yield f"  {miss.url}"
    if page.ailing:
        yield from ("", "", *_heading("Sources that ail", "-"))
    for line in page.ailing:
        yield from textwrap.wrap(f"- {line}", _WIDTH, subsequent_indent="  ")
    yield from ("", "", *_heading("How this was made", "-"), *_wrapped(" ".join(page.made)))


def _heading(text: str, rule: str) -> Iterator[str]:
    lines = _wrapped(text)
    yield from lines
    yield rule * max(map(len, lines))


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
