"""Single-author sources, of which none may fill a digest, and aggregators, which are not bounded. Pure.

A blog, a newsletter or a podcast has one author or a few; arXiv, a front page or a planet has thousands. The
items of a feed show which it is: an aggregator has many authors or many hosts, and none that dominates.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from digest.records import Item

#: Each entry of these kinds is by somebody else; a page or a repository's releases has one author.
_AGGREGATORS = ("arxiv", "hackernews", "reddit")
#: Authors that make a feed an aggregator: more than write a blog together, and none with more than this share.
_MANY_AUTHORS = 8
_AUTHORS_SHARE = 0.25
#: The same of the hosts its entries link to: a blog links to its own, whose address may change once.
_MANY_HOSTS = 4
_HOSTS_SHARE = 0.5


def single_author_sources(items: Iterable[Item]) -> frozenset[str]:
    """The sources with a single author or a few, judged by their *items* of a period."""
    by_source: dict[str, list[Item]] = {}
    for item in items:
        by_source.setdefault(item.source, []).append(item)
    return frozenset(source for source, own in by_source.items() if not _is_aggregator(own))


def _is_aggregator(items: Sequence[Item]) -> bool:
    if items[0].kind in _AGGREGATORS:
        return True
    authors = ({name.casefold().strip() for name in item.authors} for item in items)
    hosts = ({_host(item.url)} for item in items)
    return _many(authors, _MANY_AUTHORS, _AUTHORS_SHARE) or _many(hosts, _MANY_HOSTS, _HOSTS_SHARE)


def _many(names_of_entries: Iterable[AbstractSet[str]], least: int, share: float) -> bool:
    """Whether most entries have a name, there are at least *least* names, and none has more than *share* of them."""
    names = [found - {""} for found in names_of_entries]
    named = sum(map(bool, names))
    counts = Counter(name for found in names for name in found)
    return 2 * named >= len(names) and len(counts) >= least and max(counts.values()) <= share * named


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def allowance(share: float, *, kept: int, sources: Iterable[str], single: frozenset[str]) -> Mapping[str, int]:
    """How many of *kept* works each single-author source may have; sources without a bound are missing.

    *sources* are those with anything to keep, *single* the single-author ones. Where all are single-author sources
    each may have at least an equal part; a source that is alone is not bounded.
    """
    present = set(sources)
    bounded = present & single
    if bounded == present and present:
        share = max(share, 1 / len(present))
    if share >= 1:
        return {}
    return {source: max(1, math.floor(share * kept + 1e-9)) for source in bounded}
