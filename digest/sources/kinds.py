"""The kinds of sources, and what each does at a visit.

A kind is anything that satisfies `SourceKind`, a module or an object, and never imports this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from digest.errors import ParseError, ParserFailure
from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources import arxiv, competition, ical, newsletter, page, unknown
from digest.sources.discovery import kind_of_site
from digest.sources.feed import FEED, PODCAST, YOUTUBE
from digest.sources.hackernews import HACKERNEWS
from digest.sources.reddit import REDDIT
from digest.sources.releases import RELEASES


class SourceKind(Protocol):
    """A kind of source. Its answers depend on nothing but the arguments."""

    def first_requests(
        self, source: Source, state: SourceState, period_start: datetime, now: datetime
    ) -> tuple[Request, ...]: ...

    def follow_requests(
        self, source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
    ) -> tuple[Request, ...]: ...

    def parse(self, source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed: ...


KINDS: dict[str, SourceKind] = {
    "": unknown,
    "arxiv": arxiv,
    "competition": competition,
    "feed": FEED,
    "hackernews": HACKERNEWS,
    "ical": ical,
    "newsletter": newsletter,
    "page": page,
    "podcast": PODCAST,
    "reddit": REDDIT,
    "releases": RELEASES,
    "youtube": YOUTUBE,
}


def kind_of(source: Source, state: SourceState) -> str:
    """The declared kind, else the one that the address tells or that was found there before, else ""."""
    if source.kind:
        return source.kind
    if arxiv.is_arxiv_address(source.url):
        return "arxiv"
    if kind := kind_of_site(source.url):
        return kind
    return state.kind if state.declared_url == source.url else ""


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    """The requests that begin a visit."""
    return KINDS[kind_of(source, state)].first_requests(source, state, period_start, now)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """What else to request, given all answers so far; called again whenever these requests have been answered.

    ParseError where an answer that names further ones cannot be read.
    """
    with _parse_errors_only(source):
        return KINDS[kind_of(source, state)].follow_requests(source, state, responses, now)


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """What the answers of one visit hold, and what to remember of them.

    ParseError, which names the source, where nothing in them can be read; ParserFailure where a parser broke.
    """
    with _parse_errors_only(source):
        return KINDS[kind_of(source, state)].parse(source, state, responses, now)


@contextmanager
def _parse_errors_only(source: Source) -> Iterator[None]:
    """Libraries fail in ways that nobody foresees on what strangers send; no source may stop the others."""
    try:
        yield
    except ParseError:
        raise
    except Exception as error:
        raise ParserFailure(f"{source.name}: its answer breaks the parser ({type(error).__name__})") from error
