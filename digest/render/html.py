"""An issue as HTML for mail clients and browsers: inline style, no script, nothing loaded from anywhere.

Mail clients strip much, so the page does without its style sheet, which only adds the dark colours.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from digest.records import Issue
from digest.render.checkboxes import MARKS
from digest.render.environment import template
from digest.render.layout import Page, PickEntry, lay_out
from digest.render.links import ReasonLink
from digest.render.mail_marks import ReplyAddress

#: Gmail hides what comes after about 102 KB of a message.
_LARGEST = 99_000
_HOW_TO_MARK = "“Like”, “dislike”, “save” and “read” open a mail; sent as it is, it marks the pick."


def render_html(issue: Issue, *, reply_to: ReplyAddress | None = None) -> str:
    """Draw an issue; with *reply_to*, for mail, there are links under each pick that mark it."""
    text = ""
    for page in _ever_smaller(_with_marks(lay_out(issue), reply_to) if reply_to else lay_out(issue)):
        text = template("issue.html").render(page=page, left_out=len(issue.picks) - _shown(page))
        if len(text.encode()) <= _LARGEST:
            break
    return text


def _ever_smaller(page: Page) -> Iterator[Page]:
    """Yield the page whole, then without excerpts, without asides, without marks, and at last with fewer picks."""
    yield page
    page = _with_entries(page, lambda entry: replace(entry, excerpt=""))
    yield page
    page = replace(
        _with_entries(page, lambda entry: replace(entry, also_at=(), related=(), resources=())),
        near_misses=page.near_misses[:3],
        trends=replace(page.trends, themes=()),
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
