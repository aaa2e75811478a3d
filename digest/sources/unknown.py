"""The kind "" of a source that says only where it is: a feed if there is one, else a page to be read itself."""

from datetime import datetime

from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources import feed, page
from digest.sources.requests import answered


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    return feed.first_requests(source, state, period_start, now)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    return feed.follow_requests(source, state, responses, now) or (
        page.follow_requests(source, state, responses, now) if _is_all_pages(responses) else ()
    )


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    if _is_all_pages(responses) and page.has_articles(responses):
        return page.parse(source, state, responses, now)
    return feed.parse(source, state, responses, now)


def _is_all_pages(responses: tuple[Response, ...]) -> bool:
    documents = answered(responses)
    return bool(documents) and feed.is_page(documents[0]) and not any(map(_is_feed, documents[1:]))


def _is_feed(response: Response) -> bool:
    return not feed.is_page(response) and not page.is_sitemap(response)
