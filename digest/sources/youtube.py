"""The kind "youtube": the videos of a channel or playlist. How long they play is unknown: their feeds do not say."""

from datetime import datetime

from digest.records import Parsed, Response, Source, SourceState
from digest.sources import feed
from digest.sources.feed import first_requests, follow_requests
from digest.sources.requests import address_of

__all__ = ["first_requests", "follow_requests", "parse"]


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    return feed.parse_as("youtube", source, responses, address_of(source, state), now)
