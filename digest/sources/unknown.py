"""The kind "" of a source that gives only an address: a feed or calendar, else a page to be read itself."""

from datetime import datetime

from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources import ical, page
from digest.sources.calendar_text import is_calendar
from digest.sources.discovery import parse_page
from digest.sources.feed import FEED, may_name_feeds, next_feed
from digest.sources.requests import answered
from digest.sources.sitemap import is_sitemap
from digest.sources.sniffing import is_page

first_requests = FEED.first_requests


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """The next feed that the page names; where there is none, what the page itself lists."""
    if not _is_all_pages(responses):
        return FEED.follow_requests(source, state, responses, now)
    if page.lists_under_way(responses) or not may_name_feeds(responses):
        return page.follow_requests(source, state, responses, now)
    first, root = responses[0], parse_page(responses[0].body)  # parsed once for both
    return next_feed(responses, root) or page.requests_for(page.listing_of_page(root, first.url), first, state)


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    documents = answered(responses)
    if documents and is_calendar(documents[0].body):
        return ical.parse(source, state, responses, now)
    if _is_all_pages(documents) and (listing := page.read_listing(documents)).articles:
        return page.parse_articles(source, state, documents, listing, now)
    return FEED.parse(source, state, responses, now)


def _is_all_pages(responses: tuple[Response, ...]) -> bool:
    documents = answered(responses)
    return (
        bool(documents)
        and is_page(documents[0])
        and all(one.request.page or is_page(one) or is_sitemap(one) for one in documents)
    )
