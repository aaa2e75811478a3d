"""The kind "reddit": links to articles elsewhere, with their discussions, and texts of its own."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

from digest.records import Item
from digest.sources.addresses import web_address
from digest.sources.document import FeedEntry
from digest.sources.feed import FeedKind
from digest.sources.identifiers import arxiv_id_in, doi_in

_NAMED = re.compile(r"""<a\s[^>]{0,500}?href=["']([^"']{1,4000})["'][^>]{0,500}>\s*\[(link|comments)\]\s*</a>""")
_SIGNATURE = re.compile(r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?\s*\[link\]\s*\[comments\]\s*$")
#: its own hosts, where links lead to pictures, videos and galleries rather than articles
_OWN = ("reddit.com", "redd.it", "redditmedia.com")


def as_article(item: Item, entry: FeedEntry) -> Item:
    """Make the item the article that it links to, if any, and keep the address of the discussion."""
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


REDDIT = FeedKind("reddit", as_article)
