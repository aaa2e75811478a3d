"""Feed discovery: the feeds that a page names, that its site is known to have, and likely places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from digest.sources.addresses import resolve, web_address
from digest.sources.identifiers import GITHUB_PAGES
from digest.sources.text import without_controls

#: Bytes of a page that are parsed: enough for its head and its first thousand links.
_PAGE_AT_MOST = 4 * 10**6
_ANCHORS_AT_MOST = 5_000

_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"))
_FEED_PATH = re.compile(
    r"(?:/(?:feed|rss|atom)/?|\.(?:rss|atom|rdf)|/(?:feed|rss|atom|index)[\w.-]*\.xml|/feed\.json)$", re.IGNORECASE
)
_FEED_HOSTS = ("feeds.feedburner.com", "feeds.simplecast.com", "feeds.megaphone.fm")
#: where servers keep their feeds, most usual first (the list of miniflux)
_WELL_KNOWN = (
    "atom.xml",
    "feed.atom",
    "feed.xml",
    "feed/",
    "index.rss",
    "index.xml",
    "rss.xml",
    "rss/",
    "rss/feed.xml",
)
_CHANNEL = re.compile(r"UC[\w-]{22}")


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address that may be a feed; `certain` unless it is a guess."""

    url: str
    title: str = ""
    type: str = ""
    certain: bool = True


def feed_candidates(root: "etree._Element | None", url: str) -> tuple[FeedCandidate, ...]:
    """All feeds that the page at *url*, parsed as *root*, may have, best first, each once."""
    found: dict[str, FeedCandidate] = {}
    known = feed_of_site(url) or (_youtube_channel(root, url) if root is not None else "")
    candidates = [FeedCandidate(known)] if known else []
    if root is not None:
        base = base_of_page(root, url)
        candidates += sorted(_named(root, base), key=_is_for_comments)
        candidates += _linked(root, base, urlsplit(url).hostname)
    candidates += [
        FeedCandidate(resolve(url, prefix + path), certain=False) for prefix in ("/", "") for path in _WELL_KNOWN
    ]
    for candidate in candidates:
        found.setdefault(candidate.url, candidate)
    return tuple(found.values())


def feed_of_site(url: str) -> str:
    """The feed of a page on a well-known site; "" for all others."""
    try:
        parts = urlsplit(url)
        host, path = (parts.hostname or "").removeprefix("www."), [part for part in parts.path.split("/") if part]
    except ValueError:
        return ""
    match host, path:
        case "youtube.com", ["channel", channel, *_]:
            return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
        case "youtube.com", ["playlist"] if playlist := parse_qs(parts.query).get("list"):
            return f"https://www.youtube.com/feeds/videos.xml?playlist_id={playlist[0]}"
        case "github.com", [owner, name] | [owner, name, "releases"] if owner not in GITHUB_PAGES:
            return f"https://github.com/{owner}/{name}/releases.atom"
        case "reddit.com" | "old.reddit.com", ["r", board] | ["r", board, ("top" | "new" | "hot")]:
            return f"https://www.reddit.com/r/{board}/.rss"
        case "news.ycombinator.com", []:
            return "https://news.ycombinator.com/rss"
        case "arxiv.org", ["list", category, *_]:
            return f"https://rss.arxiv.org/rss/{category}"
    return ""


def kind_of_site(url: str) -> str:
    """The kind of source that an address on a well-known site is; "" for all others."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if host == "github.com" and (parts.path.endswith("/releases.atom") or feed_of_site(url)):
        return "releases"
    if host in ("reddit.com", "old.reddit.com") and parts.path.startswith("/r/"):
        return "reddit"
    return {"youtube.com": "youtube", "news.ycombinator.com": "hackernews", "hnrss.org": "hackernews"}.get(host, "")


def parse_page(html: bytes) -> "etree._Element | None":
    """Parse a page as far as it can be parsed; None where there is nothing."""
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(html[:_PAGE_AT_MOST], parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def base_of_page(root: "etree._Element", url: str) -> str:
    """The base of the page's relative addresses: its first base element, else its own address."""
    return next((resolve(url, base.get("href")) for base in root.iter("base") if base.get("href")), url)


def _named(root: "etree._Element", base: str) -> Iterator[FeedCandidate]:
    for link in root.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        type_ = (link.get("type") or "").partition(";")[0].strip().lower()
        href = web_address(base, link.get("href") or "")
        if not href or not ("feed" in relations or ("alternate" in relations and type_ in _TYPES)):
            continue
        if type_ == "application/json" and "/wp-json/" in href:
            continue  # WordPress's API, not a feed
        yield FeedCandidate(href, _line(link.get("title")), type_)


def _linked(root: "etree._Element", base: str, host: str | None) -> Iterator[FeedCandidate]:
    """Anchors that look like feeds; one on another host may be a friend's blog, so it is only a guess."""
    for anchor in islice(root.iter("a"), _ANCHORS_AT_MOST):
        href = web_address(base, anchor.get("href") or "")
        if not href:
            continue
        parts = urlsplit(href)
        if _FEED_PATH.search(parts.path) or parts.hostname in _FEED_HOSTS:
            yield FeedCandidate(href, _line("".join(anchor.itertext())), certain=parts.hostname == host)


def _is_for_comments(candidate: FeedCandidate) -> bool:
    return "comment" in candidate.url.lower() or "comment" in candidate.title.lower()


def _youtube_channel(root: "etree._Element", url: str) -> str:
    """Pages of handles (/@name) name their channel in their metadata."""
    if (urlsplit(url).hostname or "").removeprefix("www.") != "youtube.com":
        return ""
    for element in root.iter("meta", "link"):
        if found := _CHANNEL.search(f"{element.get('content') or ''} {element.get('href') or ''}"):
            return f"https://www.youtube.com/feeds/videos.xml?channel_id={found[0]}"
    return ""


def _line(text: str | None) -> str:
    return " ".join(without_controls(text or "").split())[:200]
