"""One kind of source each: which addresses to ask, and how the answers become Items.

Pure functions over bytes: no clock, no disk, no network. A kind module satisfies `SourceKind` by its
functions alone and never imports this package's root.
"""

from datetime import datetime
from typing import Protocol

from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources import arxiv, feed, hackernews, newsletter, page, podcast, reddit, releases, unknown, youtube
from digest.sources.discovery import FeedCandidate, feed_candidates, kind_of_site
from digest.sources.hints import hints

__all__ = [
    "KINDS",
    "FeedCandidate",
    "SourceKind",
    "feed_candidates",
    "first_requests",
    "follow_requests",
    "hints",
    "kind_of",
    "known_after",
    "parse",
]


class SourceKind(Protocol):
    """What a kind of source can do. All of it is decided from the arguments."""

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
    "feed": feed,
    "hackernews": hackernews,
    "newsletter": newsletter,
    "page": page,
    "podcast": podcast,
    "reddit": reddit,
    "releases": releases,
    "youtube": youtube,
}


def kind_of(source: Source, state: SourceState) -> str:
    """The declared kind, else the one found out at this address, else "" while it is to be found out."""
    if source.kind:
        return source.kind
    if arxiv.is_arxiv_address(source.url):
        return "arxiv"
    if kind := kind_of_site(source.url):
        return kind
    return state.kind if state.declared_url == source.url else ""


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    """What to ask at the beginning of a visit."""
    return KINDS[kind_of(source, state)].first_requests(source, state, period_start, now)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """What else to ask, given all answers so far; called after each answer, and names each address once."""
    return KINDS[kind_of(source, state)].follow_requests(source, state, responses, now)


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """What the answers hold; ParseError, which names the source, where they hold nothing that can be read."""
    return KINDS[kind_of(source, state)].parse(source, state, responses, now)


def known_after(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> tuple[str, ...]:
    """The next `SourceState.known` after a visit that was stored."""
    if source.full_text:
        return feed.known_after(source, state, responses, now)
    kind = kind_of(source, state)
    return page.known_after(source, state, responses) if kind in ("", "page") else state.known
