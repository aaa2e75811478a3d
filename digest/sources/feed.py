"""The kind "feed": RSS, Atom and JSON Feed, and the page in front of one, whose feed is found and followed."""

from datetime import datetime

from digest.errors import ParseError
from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources.asking import address_of, answered, request_for, settled_url
from digest.sources.discovery import feed_candidates, feed_of_site
from digest.sources.hints import hints
from digest.sources.items import items_of
from digest.sources.reading import kind_of_document, read_document, readable_head
from digest.sources.text import one_line

#: Feeds that a page names and that are tried in one visit; the first is nearly always it.
_TRIES = 3


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    url = address_of(source, state)
    return (request_for(feed_of_site(url) or url, state),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """Where the last answer is a page, ask for the next feed that the first page names."""
    if not responses or not is_page(responses[-1]) or not is_page(responses[0]) or len(responses) > _TRIES:
        return ()
    page = responses[0]
    asked = {response.request.url for response in responses} | {page.url}
    certain = (one.url for one in feed_candidates(page.body, page.url) if one.certain and one.url not in asked)
    return tuple(Request(url=url) for url in certain)[:1]


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Read the first answer that is a feed."""
    documents = answered(responses)
    if not documents:
        return Parsed()
    response = next((one for one in documents if not is_page(one)), documents[-1])
    if is_page(response):
        raise ParseError(f"{source.name}: {response.url} is an HTML page, and no feed could be found from it")
    try:
        document = read_document(response)
    except ParseError as error:
        raise ParseError(f"{source.name}: {response.url} {error}") from error
    items, remarks = items_of(document, source=source.name, base=base_of(response), now=now)
    found_elsewhere = response.request.url != address_of(source, state)
    return Parsed(
        items=items,
        title=one_line(document.title),
        kind="" if source.kind == "feed" else "feed",
        url=settled_url(response) if found_elsewhere else "",
        hints=hints(response.body),
        remarks=remarks,
    )


def is_page(response: Response) -> bool:
    return response.status != 304 and kind_of_document(readable_head(response.body)) == "html"


def base_of(response: Response) -> str:
    """What relative addresses in an answer are relative to."""
    return response.headers.get("content-location", "") or response.url
