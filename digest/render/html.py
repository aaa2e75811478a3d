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
from digest.render.page import Entry, Page, lay_out

if TYPE_CHECKING:
    from jinja2 import Template

#: Gmail hides what comes after about 102 KB of a message.
_LARGEST = 99_000


def render_html(issue: Issue) -> str:
    drawn = chart(issue.points)
    text = ""
    for page in _ever_smaller(lay_out(issue)):
        text = _template().render(page=page, chart=drawn, left_out=len(issue.picks) - _shown(page))
        if len(text.encode()) <= _LARGEST:
            break
    return text


def _ever_smaller(page: Page) -> Iterator[Page]:
    """Yield the page whole, then without its excerpts, its asides, and at last its later picks."""
    yield page
    page = _with_entries(page, lambda entry: replace(entry, excerpt=""))
    yield page
    page = replace(
        _with_entries(page, lambda entry: replace(entry, also_at=(), related=())),
        near_misses=page.near_misses[:3],
        moved=replace(page.moved, themes=(), sources=()),
    )
    yield page
    while page.sections:
        *others, last = page.sections
        kept = last.entries[: len(last.entries) // 2]
        page = replace(page, sections=(*others, replace(last, entries=kept)) if kept else tuple(others))
        yield page


def _with_entries(page: Page, change: Callable[[Entry], Entry]) -> Page:
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
