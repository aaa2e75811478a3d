"""The kind "feed": RSS, Atom and JSON Feed, and the page in front of one, whose feed is found and followed.

The kinds that come as feeds of a certain sort (youtube, podcast, ...) are this one with a finish of their own.
"""

from datetime import datetime

from digest.errors import ParseError
from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources import full_text
from digest.sources.discovery import feed_candidates, feed_of_site
from digest.sources.document import FeedDocument
from digest.sources.hints import hints
from digest.sources.items import Refine, items_of
from digest.sources.requests import address_of, answered, request_for, settled_url
from digest.sources.sniffing import kind_of_document, read_document, readable_head
from digest.sources.text import one_line

#: Feeds that a page names and that are tried in one visit; the first is nearly always it.
_TRIES = 3


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    url = address_of(source, state)
    return (request_for(feed_of_site(url) or url, state),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """The next feed that the first page names, where the last answer is a page; then the articles of a feed."""
    if source.full_text and (feed := _feed(responses)):
        return full_text.requests(parse(source, state, (feed,), now).items, state, now)
    if not responses or not is_page(responses[-1]) or not is_page(responses[0]) or len(responses) > _TRIES:
        return ()
    page = responses[0]
    asked = {response.request.url for response in responses} | {page.url}
    certain = (one.url for one in feed_candidates(page.body, page.url) if one.certain and one.url not in asked)
    return tuple(Request(url=url) for url in certain)[:1]


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Read the first answer that is a feed."""
    return parse_as("feed", source, responses, address_of(source, state), now)


def parse_as(
    kind: str,
    source: Source,
    responses: tuple[Response, ...],
    address: str,
    now: datetime,
    refine: Refine | None = None,
) -> Parsed:
    """Read the first answer that is a feed into items of *kind*; *address* is where it was expected."""
    documents = answered(responses)
    if not documents:
        return Parsed()
    response = _feed(responses) or documents[0]
    if is_page(response):
        raise ParseError(f"{source.name}: {response.url} is an HTML page, and no feed could be found from it")
    try:
        document = read_document(response)
    except ParseError as error:
        raise ParseError(f"{source.name}: {response.url} {error}") from error
    if kind == "feed" and not source.kind and is_podcast(document):
        kind = "podcast"
    items, remarks = items_of(document, source=source.name, base=base_of(response), now=now, kind=kind, refine=refine)
    teasers: frozenset[str] = frozenset()
    if source.full_text:
        items, teasers = full_text.completed(items, documents, source.name, now)
    return Parsed(
        items=items,
        title=one_line(document.title),
        kind="" if source.kind == kind else kind,
        url=settled_url(response) if response.request.url != address else "",
        hints=hints(response.body),
        remarks=remarks,
        teasers=teasers,
    )


def known_after(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> tuple[str, ...]:
    """The articles never to be read again, where full texts are wanted."""
    feed = _feed(responses)
    if not source.full_text or feed is None:
        return state.known
    return full_text.known_after(parse(source, state, (feed,), now).items, state, now)


def is_page(response: Response) -> bool:
    return response.status != 304 and kind_of_document(readable_head(response.body)) == "html"


def is_podcast(document: FeedDocument) -> bool:
    """Whether most entries are recordings of speech or music that say how long they are."""
    spoken = sum(
        1
        for entry in document.entries
        if entry.duration and any(one.rel == "enclosure" and one.type.startswith("audio/") for one in entry.links)
    )
    return spoken * 2 > len(document.entries)


def base_of(response: Response) -> str:
    """What relative addresses in an answer are relative to."""
    return response.headers.get("content-location", "") or response.url


def _feed(responses: tuple[Response, ...]) -> Response | None:
    """The first answer that holds something else than a page."""
    return next((one for one in answered(responses) if not is_page(one) and not one.request.page), None)
