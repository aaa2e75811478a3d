"""Single voices, of which one may not fill a digest, and aggregators, which carry many. Pure.

A blog, a newsletter or a podcast is one voice; arXiv, a front page or a planet is thousands. Which a
feed is shows in what it brought: many authors or many hosts, and none that dominates.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from digest.records import Item

#: What these kinds bring is by as many people as there are entries. A page or a repository's releases is one voice.
_AGGREGATORS = ("arxiv", "hackernews", "reddit")
#: Authors that make a feed an aggregator: more than write a blog together, and none with more than this share.
_MANY_AUTHORS = 8
_AUTHORS_SHARE = 0.25
#: Hosts that its entries lead to: a blog leads to its own, whose address may change once.
_MANY_HOSTS = 4
_HOSTS_SHARE = 0.5


def voices(items: Iterable[Item]) -> frozenset[str]:
    """The sources that are a single voice, as far as the *items* of a period tell."""
    by_source: dict[str, list[Item]] = {}
    for item in items:
        by_source.setdefault(item.source, []).append(item)
    return frozenset(source for source, brought in by_source.items() if not _aggregates(brought))


def _aggregates(items: Sequence[Item]) -> bool:
    if items[0].kind in _AGGREGATORS:
        return True
    authors = ({name.casefold().strip() for name in item.authors} for item in items)
    hosts = ({_host(item.url)} for item in items)
    return _many(authors, _MANY_AUTHORS, _AUTHORS_SHARE) or _many(hosts, _MANY_HOSTS, _HOSTS_SHARE)


def _many(names_of_entries: Iterable[AbstractSet[str]], least: int, share: float) -> bool:
    """Whether most entries name somebody, *least* names are among them, and none has more than a *share*."""
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
    """How many of *kept* works each single voice may have; sources without a bound are missing.

    *sources* are those that have anything to keep. Where all of them are single voices, none can be
    held to less than an equal part; where there is one only, it is not bounded.
    """
    present = set(sources)
    bounded = present & single
    if bounded == present and present:
        share = max(share, 1 / len(present))
    if share >= 1:
        return {}
    return {source: max(1, math.floor(share * kept + 1e-9)) for source in bounded}
