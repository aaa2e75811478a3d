"""The works of a static site as a small index inside the page, which its script searches."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.render.layout import Page

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWork:
    """A kept or nearly kept work, as the search finds and shows it."""

    title: str
    url: str
    #: the file and the place in it where it stands
    page: str
    #: the line below its title: source, authors, issue
    about: str
    #: what else is searched
    reason: str


def works_of(page: Page, name: str, issue: str) -> Iterator[FoundWork]:
    """The picks of a page, then what was nearly kept; *name* is its file, *issue* its period in words."""
    for section in page.sections:
        for entry in section.entries:
            yield FoundWork(
                title=entry.title,
                url=entry.url,
                page=f"{name}#pick-{entry.number}",
                about=" · ".join((*entry.credit, f"kept in {issue}")),
                reason=entry.reason,
            )
    for miss in page.near_misses:
        about = " · ".join(part for part in (miss.source, f"nearly kept in {issue}") if part)
        yield FoundWork(title=miss.title, url=miss.url, page=f"{name}#nearly", about=about, reason=miss.reason)


def works_json(works: Sequence[FoundWork]) -> "Markup":
    """The index as JSON that cannot end the element it stands in."""
    from markupsafe import Markup

    rows = [[work.title, work.url, work.page, work.about, work.reason] for work in works]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
