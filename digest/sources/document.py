"""A feed document as written: the records that every reader (lxml, feedparser, JSON) fills.

Only `items` turns them into Items.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedText:
    """A value and its declared type: "text", "html", or "" where it must be guessed."""

    value: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """An address as written, with the base it is relative to already applied where the document gives one."""

    href: str
    rel: str = "alternate"
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry as written; dates and durations are still text."""

    id: str = ""
    #: best first among equals; the order of the document
    links: tuple[FeedLink, ...] = ()
    title: FeedText = FeedText()
    summary: FeedText = FeedText()
    content: FeedText = FeedText()
    authors: tuple[str, ...] = ()
    #: the most trusted first
    dates: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    duration: str = ""
    #: the address of its discussion, as written
    comments: str = ""
    doi: str = ""
    #: arXiv's own: new, cross, replace or replace-cross; the category a paper was submitted to
    announce_type: str = ""
    primary_category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """One feed document."""

    title: FeedText = FeedText()
    entries: tuple[FeedEntry, ...] = ()
    #: of all results that a query has, of which this may be a page
    total: int | None = None
    #: what is odd about it, in words
    remarks: tuple[str, ...] = ()
