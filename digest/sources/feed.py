"""The kinds whose document is a feed: "feed" itself, and those that refine its items."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.errors import ParseError
from digest.records import Item, Parsed, Request, Response, Source, SourceState
from digest.sources import full_text
from digest.sources.discovery import feed_candidates, feed_of_site, parse_page
from digest.sources.document import FeedDocument
from digest.sources.items import Refine, items_of
from digest.sources.polling_hints import hints
from digest.sources.requests import address_of, answered, request_for, settled_url
from digest.sources.sniffing import is_page, read_document
from digest.sources.text import one_line

if TYPE_CHECKING:
    from lxml import etree

#: Feeds that a page names and that are tried in one visit; the first is nearly always it.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class FeedKind:
    """A kind of feed; *refine* changes each item that any feed's entry would give."""

    name: str
    refine: Refine | None = None

    def first_requests(
        self, source: Source, state: SourceState, period_start: datetime, now: datetime
    ) -> tuple[Request, ...]:
        url = address_of(source, state)
        return (request_for(feed_of_site(url) or url, state),)

    def follow_requests(
        self, source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
    ) -> tuple[Request, ...]:
        """The articles of a full-text feed, once, when it has come; until then the next feed that the page names."""
        feed = feed_among(responses)
        if feed is None:
            return next_feed(responses, parse_page(responses[0].body)) if may_name_feeds(responses) else ()
        if not source.full_text or feed is not responses[-1]:
            return ()
        items, _ = self._items(_document(feed, source), feed, source, now)
        return full_text.requests(items, state, now)

    def parse(self, source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
        """Read the first answer that is a feed; ParseError, which names the source, where none is."""
        documents = answered(responses)
        if not documents:
            return Parsed()
        response = feed_among(responses) or documents[0]
        document = _document(response, source)
        is_new_podcast = self.name == "feed" and not source.kind and is_podcast(document)
        kind = PODCAST if is_new_podcast else self
        items, remarks = kind._items(document, response, source, now)
        known: tuple[str, ...] = ()
        teasers: frozenset[str] = frozenset()
        if source.full_text:
            known = full_text.known_after(items, state, now)
            items, teasers = full_text.completed(items, documents, source.name, now)
        return Parsed(
            items=items,
            title=one_line(document.title),
            kind="" if source.kind == kind.name else kind.name,
            url=settled_url(response) if response.request.url != address_of(source, state) else "",
            hints=hints(response.body),
            remarks=remarks,
            teasers=teasers,
            known=known,
        )

    def _items(
        self, document: FeedDocument, response: Response, source: Source, now: datetime
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        base = response.headers.get("content-location", "") or response.url
        return items_of(document, source=source.name, base=base, now=now, kind=self.name, refine=self.refine)


FEED = FeedKind("feed")
#: recordings, whose playing time is their reading time
PODCAST = FeedKind("podcast")
#: a channel or playlist; its feed does not give the length of its videos
YOUTUBE = FeedKind("youtube")


def feed_among(responses: tuple[Response, ...]) -> Response | None:
    """The first answer that is neither a page nor was requested as one."""
    return next((one for one in answered(responses) if not is_page(one) and not one.request.page), None)


def may_name_feeds(responses: tuple[Response, ...]) -> bool:
    """Whether the first answer is a page whose feeds are still worth a try."""
    return 0 < len(responses) <= _TRIES and is_page(responses[0]) and is_page(responses[-1])


def next_feed(responses: tuple[Response, ...], root: "etree._Element | None") -> tuple[Request, ...]:
    """The next feed that the page, parsed as *root*, names for certain."""
    asked = {response.request.url for response in responses} | {responses[0].url}
    named = (one.url for one in feed_candidates(root, responses[0].url) if one.certain and one.url not in asked)
    return tuple(Request(url=url) for url in named)[:1]


def is_podcast(document: FeedDocument) -> bool:
    """Whether most entries have audio and its duration."""
    spoken = sum(
        1
        for entry in document.entries
        if entry.duration and any(one.rel == "enclosure" and one.type.startswith("audio/") for one in entry.links)
    )
    return spoken * 2 > len(document.entries)


def _document(response: Response, source: Source) -> FeedDocument:
    if is_page(response):
        raise ParseError(f"{source.name}: {response.url} is an HTML page, and no feed could be found from it")
    try:
        return read_document(response)
    except ParseError as error:
        raise ParseError(f"{source.name}: {response.url} {error}") from error
