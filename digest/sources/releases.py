"""The kind "releases": what a repository on GitHub publishes, under its own name and not as a bare "v2.1.0"."""

from dataclasses import replace
from datetime import datetime

from digest.records import Item, Parsed, Response, Source, SourceState
from digest.sources import feed
from digest.sources.document import FeedEntry
from digest.sources.feed import first_requests, follow_requests
from digest.sources.identifiers import github_repository_in
from digest.sources.requests import address_of

__all__ = ["first_requests", "follow_requests", "parse"]


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    return feed.parse_as("releases", source, responses, address_of(source, state), now, named)


def named(item: Item, entry: FeedEntry) -> Item:
    """Put the repository's name before a title that does not say it."""
    repository = github_repository_in(item.url)
    name = repository.rpartition("/")[2]
    if not name or name in item.title.lower():
        return item
    return replace(item, title=f"{name} {item.title}".strip())
