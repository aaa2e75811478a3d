"""The kind "podcast": a feed of recordings, whose playing time is their reading time."""

from datetime import datetime

from digest.records import Parsed, Response, Source, SourceState
from digest.sources import feed
from digest.sources.feed import first_requests, follow_requests
from digest.sources.requests import address_of

__all__ = ["first_requests", "follow_requests", "parse"]


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    return feed.parse_as("podcast", source, responses, address_of(source, state), now)
