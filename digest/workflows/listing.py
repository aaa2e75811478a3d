"""Lists of works on the local page: what a search found, and what was marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.config import Config
from digest.errors import UnknownWords
from digest.store import listed, search
from digest.store import marks as mark_rows
from digest.store import sources as source_rows
from digest.store.archive import Connection
from digest.store.listed import ListedItem
from digest.store.query import QueryResult
from digest.workflows import searching
from digest.workflows.opening import opened

#: Works on one page, and the last page of a search: further down the list nobody finds anything.
PAGE = 20
LAST_PAGE = 10

_BY_WORDS = "The model knows none of these words, so these are the works that have them."


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """One page of what a search found."""

    works: Sequence[ListedItem]
    marks: Mapping[str, tuple[str, ...]]
    #: whether there are more on the next page
    more: bool
    #: names to narrow by
    sources: Sequence[str]
    #: what the reader should know of the answer, or ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPage:
    """One page of what holds a mark."""

    works: Sequence[ListedItem]
    #: when each was marked, by item
    marked_at: Mapping[str, datetime]
    marks: Mapping[str, tuple[str, ...]]
    #: how many works hold each mark, and under "" any
    counts: Mapping[str, int]
    #: how many works are on all pages
    count: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


def search_works(
    config: Config, words: str, wanted: search.Wanted, *, mode: str, number: int = 1, wait: float
) -> FoundPage:
    """A page of the works that match some words, or without words of those that came last."""
    note, asked = "", None
    if words.strip():
        try:
            asked = searching.question(config, words, mode)
        except UnknownWords:
            asked, note = searching.question(config, words, "words"), _BY_WORDS
    wanted = replace(wanted, limit=PAGE * number + 1)
    with opened(config, wait=wait, read_only=True) as db:
        found = _found(db, config, asked, wanted)
        ids = [row[0] for row in found.rows][PAGE * (number - 1) :]
        return FoundPage(
            works=listed.of_items(db, ids[:PAGE]),
            marks=mark_rows.standing(db),
            more=len(ids) > PAGE and number < LAST_PAGE,
            sources=_source_names(db, config),
            note=note or found.note,
        )


def source_names(config: Config, *, wait: float) -> list[str]:
    """The sources of sources.toml and those that the archive had before, by name."""
    with opened(config, wait=wait, read_only=True) as db:
        return _source_names(db, config)


def view_marked(config: Config, wanted: listed.Marked, *, number: int = 1, wait: float) -> MarkedPage:
    """A page of the works that hold a mark, newest first."""
    with opened(config, wait=wait, read_only=True) as db:
        held = dict(listed.marked(db, wanted, limit=PAGE, offset=PAGE * (number - 1)))
        return MarkedPage(
            works=listed.of_items(db, list(held)),
            marked_at=held,
            marks=mark_rows.standing(db),
            counts=listed.marked_counts(db),
            count=listed.count_marked(db, wanted),
        )


def _found(db: Connection, config: Config, asked: searching.Question | None, wanted: search.Wanted) -> QueryResult:
    if asked is not None:
        return searching.answer(db, config, asked, wanted)
    searching.check_source(config, db, wanted.source)
    return search.newest(db, wanted)


def _source_names(db: Connection, config: Config) -> list[str]:
    return sorted({*source_rows.names(db), *(one.name for one in config.sources)}, key=str.casefold)
