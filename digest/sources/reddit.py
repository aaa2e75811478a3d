"""The kind "reddit": links to articles elsewhere, with the talk about them, and texts of its own."""

import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from digest.records import Item, Parsed, Response, Source, SourceState
from digest.sources import feed
from digest.sources.addresses import web_address
from digest.sources.document import FeedEntry
from digest.sources.feed import first_requests, follow_requests
from digest.sources.identifiers import arxiv_id_in, doi_in
from digest.sources.requests import address_of

__all__ = ["first_requests", "follow_requests", "parse"]

_NAMED = re.compile(r"""<a\s[^>]{0,500}?href=["']([^"']{1,4000})["'][^>]{0,500}>\s*\[(link|comments)\]\s*</a>""")
_SIGNATURE = re.compile(r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?\s*\[link\]\s*\[comments\]\s*$")
#: where its own pictures, videos and galleries lie: nothing that could be read
_OWN = ("reddit.com", "redd.it", "redditmedia.com")


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    return feed.parse_as("reddit", source, responses, address_of(source, state), now, told)


def told(item: Item, entry: FeedEntry) -> Item:
    """Let the item be the article, where it links to one, and keep the talk's address beside it."""
    places = {name: unescape(href) for href, name in _NAMED.findall(entry.content.value or entry.summary.value)}
    article = web_address("", places.get("link", ""))
    summary, text = _SIGNATURE.sub("", item.summary), _SIGNATURE.sub("", item.text)
    if not article or _is_own(article):
        return replace(item, summary=summary, text=text)
    return replace(
        item,
        url=article,
        summary=summary,
        text=text,
        arxiv_id=arxiv_id_in(article),
        doi=doi_in(article),
        discussion=web_address("", places.get("comments", "")) or item.url,
    )


def _is_own(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in _OWN or host.endswith(tuple(f".{own}" for own in _OWN))
