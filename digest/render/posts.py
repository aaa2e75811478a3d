"""A post: the few lines about an issue or a recap that go into a chat or onto a phone, before any markup. Pure.

Texts are one line each and untrusted as markup; addresses are http or https, or "".
"""

from dataclasses import dataclass

from digest.records import Issue
from digest.render.layout import PickEntry, lay_out
from digest.render.untrusted import shown

#: Characters of a title and of the words beside it: a chat is scanned, not read.
_TITLE, _BESIDE = 140, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEntry:
    """One work."""

    title: str
    url: str
    #: why it was picked, or what the learner noted; "" for nothing
    words: str = ""
    #: whether the words are the learner's own
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSection:
    title: str
    entries: tuple[PostEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is posted, in reading order."""

    #: "issue" or "recap"
    event: str
    title: str
    #: dates and numbers, as "16 to 22 March 2026. 412 works seen, 10 kept (2.4%), 3 h 10 min in all."
    numbers: str
    #: what to read if there is time for one thing
    first: PostEntry | None = None
    sections: tuple[PostSection, ...] = ()
    #: one line where there is nothing to list, or ""
    empty: str = ""

    @property
    def entries(self) -> tuple[PostEntry, ...]:
        return tuple(entry for section in self.sections for entry in section.entries)


def issue_post(issue: Issue) -> Post:
    page = lay_out(issue)
    return Post(
        event="issue",
        title=page.title,
        numbers=f"{page.dates}. {page.numbers}",
        first=_entry(page.first) if page.first else None,
        sections=tuple(
            PostSection(title=section.title, entries=tuple(map(_entry, section.entries))) for section in page.sections
        ),
        empty=page.empty,
    )


def _entry(entry: PickEntry) -> PostEntry:
    return PostEntry(title=shown(entry.title, _TITLE), url=entry.url, words=shown(entry.reason, _BESIDE))
