"""The kind "hackernews": links to articles elsewhere, with the talk about them. An item is the article."""

import re
from dataclasses import replace
from datetime import datetime

from digest.records import Item, Parsed, Response, Source, SourceState
from digest.sources import feed
from digest.sources.addresses import web_address
from digest.sources.document import FeedEntry
from digest.sources.feed import first_requests, follow_requests
from digest.sources.requests import address_of

__all__ = ["first_requests", "follow_requests", "parse"]

_TALK = re.compile(r"https?://news\.ycombinator\.com/item\?id=\d+")
#: lines that the site and its mirrors put in place of a text
_COUNTS = re.compile(
    r"^(?:(?:Article URL|Comments URL|Points|# Comments|Score|Comments|By|Discussion)\s*:.*|Comments)$",
    re.MULTILINE,
)


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    return feed.parse_as("hackernews", source, responses, address_of(source, state), now, told)


def told(item: Item, entry: FeedEntry) -> Item:
    """Keep the talk's address beside the article's, and of the text what is one."""
    places = (entry.comments, item.url, *(link.href for link in entry.links), entry.summary.value, entry.content.value)
    talk = next((found[0] for place in places if (found := _TALK.search(place))), "")
    url = item.url or talk
    return replace(
        item,
        url=url,
        summary=_COUNTS.sub("", item.summary).strip(),
        text=_COUNTS.sub("", item.text).strip(),
        discussion=web_address("", talk) if talk != url else "",
    )
