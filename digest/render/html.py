"""An issue as HTML for mail clients and browsers: inline style, no script, nothing loaded from anywhere.

Mail clients honour little and strip much, so the page is plain without its style sheet, which
only adds the dark colours.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from digest.records import Issue
from digest.render.chart import chart
from digest.render.checkboxes import MARKS
from digest.render.layout import Page, PickEntry, lay_out
from digest.render.links import ReasonLink
from digest.render.mail_marks import ReplyAddress

if TYPE_CHECKING:
    from jinja2 import Template

#: Gmail hides what comes after about 102 KB of a message.
_LARGEST = 99_000
_HOW_TO_MARK = "“Like”, “dislike”, “save” and “read” open a mail; sent as it is, it marks the pick."


def render_html(issue: Issue, *, reply_to: ReplyAddress | None = None) -> str:
    """Draw an issue; with *reply_to*, for mail, there are links under each pick that mark it."""
    drawn = chart(issue.points)
    text = ""
    for page in _ever_smaller(_with_marks(lay_out(issue), reply_to) if reply_to else lay_out(issue)):
        text = _template().render(page=page, chart=drawn, left_out=len(issue.picks) - _shown(page))
        if len(text.encode()) <= _LARGEST:
            break
    return text


def _ever_smaller(page: Page) -> Iterator[Page]:
    """Yield the page whole, then without its excerpts, its asides, its marks, and at last its later picks."""
    yield page
    page = _with_entries(page, lambda entry: replace(entry, excerpt=""))
    yield page
    page = replace(
        _with_entries(page, lambda entry: replace(entry, also_at=(), related=(), resources=())),
        near_misses=page.near_misses[:3],
        moved=replace(page.moved, themes=(), sources=()),
    )
    yield page
    # `digest mark` is still there for these.
    page = replace(
        _with_entries(page, lambda entry: replace(entry, marks=())),
        made=tuple(line for line in page.made if line != _HOW_TO_MARK),
    )
    yield page
    while page.sections:
        *others, last = page.sections
        kept = last.entries[: len(last.entries) // 2]
        page = replace(page, sections=(*others, replace(last, entries=kept)) if kept else tuple(others))
        yield page


def _with_marks(page: Page, reply_to: ReplyAddress) -> Page:
    def marks(entry: PickEntry) -> tuple[ReasonLink, ...]:
        return tuple(ReasonLink(text=mark, url=reply_to.link((entry.item_id, mark))) for mark in MARKS)

    page = _with_entries(page, lambda entry: replace(entry, marks=marks(entry)))
    return replace(page, made=(*page.made, _HOW_TO_MARK)) if page.sections else page


def _with_entries(page: Page, change: Callable[[PickEntry], PickEntry]) -> Page:
    sections = tuple(replace(section, entries=tuple(map(change, section.entries))) for section in page.sections)
    return replace(page, sections=sections)


def _shown(page: Page) -> int:
    return sum(len(section.entries) for section in page.sections)


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("digest.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("issue.html")
