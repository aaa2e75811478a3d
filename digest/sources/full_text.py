"""Full texts for feeds that carry only teasers: which articles to request, and the items with their texts.

Only new articles are read, a few a visit; the other items stay teasers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from digest.records import Item, Request, Response, SourceState
from digest.sources.article import read_article
from digest.sources.identifiers import canonical_url
from digest.sources.text import summary_and_text

#: New articles read in one visit; a feed with more is a firehose, and its teasers must do.
ARTICLES_AT_MOST = 20
#: On the first visit, older entries are history and not worth a request each.
_NEWS = timedelta(days=8)
#: Addresses remembered: more than the longest feeds show at once.
_KNOWN_AT_MOST = 5_000


def requests(items: Sequence[Item], state: SourceState, now: datetime) -> tuple[Request, ...]:
    """The articles that are new, in the feed's order."""
    return tuple(Request(url=url, page=True) for url in _wanted(items, state, now))


def completed(
    items: Sequence[Item], documents: Iterable[Response], source: str, now: datetime
) -> tuple[tuple[Item, ...], frozenset[str]]:
    """The items with the texts that were read, and the ids of those that have none."""
    pages = {canonical_url(one.request.url): one for one in documents if one.request.page}
    whole: list[Item] = []
    teasers = set()
    for item in items:
        page = pages.get(canonical_url(item.url)) if item.url else None
        article = read_article(page, source, now) if page else None
        if article is None or article.words <= item.words:
            teasers.add(item.item_id)
            whole.append(item)
        else:
            summary, text = summary_and_text(item.summary or article.summary, article.body)
            whole.append(replace(item, summary=summary, text=text, authors=item.authors or article.authors))
    return tuple(whole), frozenset(teasers)


def known_after(items: Sequence[Item], state: SourceState, now: datetime) -> tuple[str, ...]:
    """The addresses never to be read again: on the first visit all of the feed's, later also those just requested."""
    if state.known:
        new: Iterable[str] = _wanted(items, state, now)
    else:
        new = (item.url for item in items if item.url)
    return tuple(dict.fromkeys((*state.known, *map(canonical_url, new))))[-_KNOWN_AT_MOST:]


def _wanted(items: Sequence[Item], state: SourceState, now: datetime) -> list[str]:
    read = set(state.known)
    first_visit = not state.known
    new = {
        canonical_url(item.url): item.url
        for item in items
        if item.url and not (first_visit and (item.published_at is None or item.published_at < now - _NEWS))
    }
    return [url for name, url in new.items() if name not in read][:ARTICLES_AT_MOST]
