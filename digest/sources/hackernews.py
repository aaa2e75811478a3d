"""The kind "hackernews": links to articles elsewhere, with their discussions. An item is the article."""

import re
from dataclasses import replace

from digest.records import Item
from digest.sources.addresses import web_address
from digest.sources.document import FeedEntry
from digest.sources.feed import FeedKind

_DISCUSSION = re.compile(r"https?://news\.ycombinator\.com/item\?id=\d+")
#: lines that the site and its mirrors give in place of a text
_COUNTS = re.compile(
    r"^(?:(?:Article URL|Comments URL|Points|# Comments|Score|Comments|By|Discussion)\s*:.*|Comments)$",
    re.MULTILINE,
)


def as_article(item: Item, entry: FeedEntry) -> Item:
    """Keep the address of the discussion beside the article's, and drop lines of counts from the text."""
    places = (entry.comments, item.url, *(link.href for link in entry.links), entry.summary.value, entry.content.value)
    discussion = next((found[0] for place in places if (found := _DISCUSSION.search(place))), "")
    url = item.url or discussion
    return replace(
        item,
        url=url,
        summary=_COUNTS.sub("", item.summary).strip(),
        text=_COUNTS.sub("", item.text).strip(),
        discussion=web_address("", discussion) if discussion != url else "",
    )


HACKERNEWS = FeedKind("hackernews", as_article)
