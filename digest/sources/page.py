"""The kind "page": a site without a feed, read through the links on its front page or its sitemap."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import ParseError
from digest.records import Parsed, Request, Response, Source, SourceState
from digest.sources.addresses import resolve, web_address
from digest.sources.article import read_article, title_of
from digest.sources.discovery import base_of_page, parse_page
from digest.sources.identifiers import canonical_url
from digest.sources.requests import address_of, answered, request_for
from digest.sources.sniffing import is_page, kind_of_document, read_document, readable_head, utf8

#: New articles requested in one visit, to spare the server of a new source.
_ARTICLES_AT_MOST = 20
#: Addresses remembered, so that they do not come back as news; a front page links to some hundred.
_KNOWN_AT_MOST = 5_000

_PARENTS = frozenset(
    """
    article articles blog blogs chapter entry essay essays note notes news p paper papers post posts
    publications research stories story til writing writings
    """.split()
)
_NOT_ARTICLES = frozenset(
    """
    about account author authors careers categories category contact cookies cdn-cgi events faq feed feeds help
    impressum imprint jobs join label labels legal login logout newsletter page pages people press pricing
    privacy products register rss search series shop sign-in sign-up signin signup sitemap static subscribe
    support tag tags team terms tos topic topics user users wp-admin wp-content wp-json
    """.split()
)
_FILE = re.compile(r"\.(?!html?$|php$|aspx?$|md$)[a-z0-9]{1,5}$", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)")
_SITEMAP_ENTRY = re.compile(rb"<url>(.{1,10000}?)</url>", re.DOTALL)
_ADDRESS = re.compile(rb"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]{1,2000})")
_CHANGED = re.compile(rb"<lastmod>\s*([0-9T:Z.+-]{4,40})")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page or a sitemap holds: its title, and the addresses that look like articles, in order."""

    title: str = ""
    articles: tuple[str, ...] = ()


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    return (replace(request_for(address_of(source, state), state), page=True),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """The articles that are new, all at once; the site's sitemap where its page names none."""
    documents = answered(responses)
    if not documents or len(documents) < len(responses):
        return ()
    first, sitemap = documents[0], _sitemap_among(documents)
    if not lists_under_way(documents):
        return requests_for(_listing(first), first, state)
    return _new_articles(_listing(sitemap), state) if sitemap is documents[-1] else ()


def lists_under_way(responses: tuple[Response, ...]) -> bool:
    """Whether the page has been read, and its sitemap or its articles requested."""
    return any(one.request.page for one in responses[1:])


def requests_for(listing: Listing, first: Response, state: SourceState) -> tuple[Request, ...]:
    """What to request after the *first* answer, which holds *listing*."""
    if listing.articles or is_sitemap(first):
        return _new_articles(listing, state)
    return (Request(url=_sitemap_url(first), page=True),)


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Make an Item of each article that came; ParseError where nothing lists articles."""
    documents = answered(responses)
    if not documents:
        return Parsed()
    listing = read_listing(documents)
    if not listing.articles:
        raise ParseError(f"{source.name}: {documents[0].url} {_what_is_wrong(documents[0])}")
    return parse_articles(source, state, documents, listing, now)


def parse_articles(
    source: Source, state: SourceState, documents: tuple[Response, ...], listing: Listing, now: datetime
) -> Parsed:
    listed = {canonical_url(url) for url in listing.articles}
    articles = [one for one in documents[1:] if canonical_url(one.request.url) in listed]
    items = [item for one in articles if (item := read_article(one, source.name, now))]
    empty = len(articles) - len(items)
    return Parsed(
        items=tuple({item.entry_id: item for item in items}.values()),
        title=listing.title,
        kind="" if source.kind == "page" else "page",
        remarks=(f"{empty} articles hold no text",) if empty else (),
        known=_known_after(state, documents, listing),
    )


def _known_after(state: SourceState, documents: tuple[Response, ...], listing: Listing) -> tuple[str, ...]:
    """The addresses never to be read again: on the first visit all that the page lists, later those just read.

    What the first visit finds is backfill; read later, it would pass for news.
    """
    listed = () if state.known else listing.articles
    names = (*state.known, *map(canonical_url, (*listed, *(one.request.url for one in documents[1:]))))
    return tuple(dict.fromkeys(names))[-_KNOWN_AT_MOST:]


def _new_articles(listing: Listing, state: SourceState) -> tuple[Request, ...]:
    read = {canonical_url(url) for url in state.known}
    new = [url for url in listing.articles if canonical_url(url) not in read]
    return tuple(Request(url=url, page=True) for url in new[:_ARTICLES_AT_MOST])


def read_listing(documents: tuple[Response, ...]) -> Listing:
    """Read the page; where it lists no article, take those of the sitemap that was requested instead."""
    listing, sitemap = _listing(documents[0]), _sitemap_among(documents)
    return listing if listing.articles or sitemap is None else replace(listing, articles=_listing(sitemap).articles)


def _sitemap_among(documents: tuple[Response, ...]) -> Response | None:
    url = _sitemap_url(documents[0])
    return next((one for one in documents[1:] if one.request.url == url and is_sitemap(one)), None)


def _sitemap_url(page: Response) -> str:
    return resolve(page.url, "/sitemap.xml")


def _listing(response: Response) -> Listing:
    if is_sitemap(response):
        return Listing(articles=_articles(_sitemap_addresses(response), response.url))
    return listing_of_page(parse_page(response.body), response.url) if is_page(response) else Listing()


def listing_of_page(root: "etree._Element | None", url: str) -> Listing:
    """What the page at *url*, parsed as *root*, lists."""
    return Listing(title_of(root), _articles(_anchors(root, url), url)) if root is not None else Listing()


def is_sitemap(response: Response) -> bool:
    head = readable_head(response.body)
    return kind_of_document(head) == "xml" and re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", head) is not None


def _articles(links: Iterator[str], url: str) -> tuple[str, ...]:
    """Those of *links* that look like articles of the site at *url*, each once."""
    unique: dict[str, str] = {}
    for link in islice(links, _KNOWN_AT_MOST):
        if link and _is_article(link, url):
            unique.setdefault(canonical_url(link), link.partition("#")[0])
    return tuple(unique.values())


def _sitemap_addresses(response: Response) -> Iterator[str]:
    """Newest first where there are dates; sitemaps have no order of their own."""
    entries = _SITEMAP_ENTRY.findall(utf8(response.body, response.headers))
    dated = [(changed[1] if (changed := _CHANGED.search(entry)) else b"", entry) for entry in entries]
    for _, entry in sorted(dated, key=lambda one: one[0], reverse=True):
        if found := _ADDRESS.search(entry):
            yield web_address(response.url, unescape(found[1].decode("utf-8", "ignore")))


def _anchors(root: "etree._Element", url: str) -> Iterator[str]:
    """The addresses on a page, without those of its menus."""
    base = base_of_page(root, url)
    walk = etree.iterwalk(root, events=("start",), tag=("a", "nav", "footer"))
    for _, element in walk:
        if element.tag == "a":
            yield web_address(base, element.get("href") or "")
        else:
            walk.skip_subtree()


def _is_article(link: str, listing: str) -> bool:
    parts, own = urlsplit(link), urlsplit(listing)
    if (parts.hostname or "").removeprefix("www.") != (own.hostname or "").removeprefix("www."):
        return False
    path = parts.path.removesuffix("index.html").rstrip("/")
    segments = [part for part in path.lower().split("/") if part]
    if not segments or _FILE.search(path) or _NOT_ARTICLES.intersection(segments):
        return False
    if canonical_url(link) == canonical_url(listing):
        return False
    slug = re.sub(r"\.\w{2,4}$", "", segments[-1])
    below = path.startswith(own.path.removesuffix("index.html").rstrip("/") + "/") and len(own.path.strip("/")) > 0
    return (
        _DATED.search(path) is not None
        or len(re.findall(r"[^\W_]+", slug)) >= 3  # words: a-title-like-this
        or (not slug.isdigit() and (below or bool(_PARENTS.intersection(segments[:-1]))))
    )


def _what_is_wrong(response: Response) -> str:
    match kind_of_document(readable_head(response.body)):
        case "empty":
            return "answered with nothing"
        case "html":
            return "is a page without a feed, without links to articles and without a sitemap"
    try:
        read_document(response)
    except ParseError as error:
        return str(error)
    return 'is a feed: give it kind = "feed"'
