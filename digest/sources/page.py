"""The kind "page": a site without a feed, read through the links on its front page or its sitemap."""

import re
from collections.abc import Iterator
from dataclasses import replace
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
from digest.sources.sniffing import kind_of_document, read_document, readable_head, utf8
from digest.sources.words import words

#: New articles read in one visit, so that a new source does not hammer its server.
_ARTICLES_AT_MOST = 20
#: Answers there can be before the first article: the page, three feeds that were none, the sitemap.
_BEFORE_ARTICLES = 5
#: Addresses remembered; a front page links to some hundred, and they must not come back as news.
_KNOWN_AT_MOST = 5_000

_PARENTS = words(
    "article articles blog blogs chapter entry essay essays note notes news p paper papers post posts "
    "publications research stories story til writing writings"
)
_NOT_ARTICLES = words(
    "about account author authors careers categories category contact cookies cdn-cgi events faq feed feeds help "
    "impressum imprint jobs join label labels legal login logout newsletter page pages people press pricing "
    "privacy products register rss search series shop sign-in sign-up signin signup sitemap static subscribe "
    "support tag tags team terms tos topic topics user users wp-admin wp-content wp-json"
)
_FILE = re.compile(r"\.(?!html?$|php$|aspx?$|md$)[a-z0-9]{1,5}$", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)")
_SITEMAP_ENTRY = re.compile(rb"<url>(.{1,10000}?)</url>", re.DOTALL)
_ADDRESS = re.compile(rb"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]{1,2000})")
_CHANGED = re.compile(rb"<lastmod>\s*([0-9T:Z.+-]{4,40})")


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    return (replace(request_for(address_of(source, state), state), page=True),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """The articles that are new, all at once; the site's sitemap where its page names none."""
    documents = answered(responses)
    if not documents or len(documents) < len(responses) or len(documents) > _BEFORE_ARTICLES:
        return ()
    listing, others = documents[0], documents[1:]
    links = article_links(listing)
    if not links and not is_sitemap(listing):
        sitemap = resolve(listing.url, "/sitemap.xml")
        found = next((one for one in others if one.request.url == sitemap), None)
        if found is None:
            return (Request(url=sitemap, page=True),)
        links = article_links(found)
    names = {canonical_url(one.request.url) for one in others}
    if any(canonical_url(url) in names for url in links):
        return ()  # they are on their way already
    read = {canonical_url(url) for url in state.known}
    new = [url for url in links if canonical_url(url) not in read]
    return tuple(Request(url=url, page=True) for url in new[:_ARTICLES_AT_MOST])


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Make an Item of each article that was read."""
    documents = answered(responses)
    if not documents:
        return Parsed()
    listed = {canonical_url(url) for url in listed_articles(documents)}
    if not listed:
        raise ParseError(f"{source.name}: {documents[0].url} {_what_is_wrong(documents[0])}")
    articles = [one for one in documents[1:] if canonical_url(one.request.url) in listed]
    items = [item for one in articles if (item := read_article(one, source.name, now))]
    empty = len(articles) - len(items)
    return Parsed(
        items=tuple({item.entry_id: item for item in items}.values()),
        title=title_of(documents[0]),
        kind="" if source.kind == "page" else "page",
        remarks=(f"{empty} articles hold no text",) if empty else (),
    )


def known_after(source: Source, state: SourceState, responses: tuple[Response, ...]) -> tuple[str, ...]:
    """The addresses never to be read again: on the first visit all that the page lists, then those just read.

    What stood there on the first visit is backfill; reading its rest later would pass it off as news.
    """
    documents = answered(responses)
    listed = listed_articles(documents) if not state.known else ()
    names = (*state.known, *map(canonical_url, listed), *(canonical_url(one.request.url) for one in documents[1:]))
    return tuple(dict.fromkeys(names))[-_KNOWN_AT_MOST:]


def has_articles(responses: tuple[Response, ...]) -> bool:
    return bool(listed_articles(answered(responses)))


def listed_articles(documents: tuple[Response, ...]) -> tuple[str, ...]:
    """What the page lists, or where that is nothing, the sitemap that was asked for in its place."""
    if not documents:
        return ()
    sitemaps = (one for one in documents[1:_BEFORE_ARTICLES] if is_sitemap(one))
    return article_links(documents[0]) or next((links for one in sitemaps if (links := article_links(one))), ())


def is_sitemap(response: Response) -> bool:
    head = readable_head(response.body)
    return kind_of_document(head) == "xml" and re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", head) is not None


def article_links(response: Response) -> tuple[str, ...]:
    """Addresses on a page or in a sitemap that look like articles of the same site, in order, each once."""
    unique: dict[str, str] = {}
    for link in islice(_links(response), _KNOWN_AT_MOST):
        if link and _is_article(link, response.url):
            unique.setdefault(canonical_url(link), link.partition("#")[0])
    return tuple(unique.values())


def _links(response: Response) -> Iterator[str]:
    if is_sitemap(response):
        yield from _sitemap_addresses(response)
    elif kind_of_document(readable_head(response.body)) == "html":
        yield from _anchors(response)


def _sitemap_addresses(response: Response) -> Iterator[str]:
    """Newest first as far as dates tell; sitemaps have no order of their own."""
    entries = _SITEMAP_ENTRY.findall(utf8(response.body, response.headers))
    dated = [(changed[1] if (changed := _CHANGED.search(entry)) else b"", entry) for entry in entries]
    for _, entry in sorted(dated, key=lambda one: one[0], reverse=True):
        if found := _ADDRESS.search(entry):
            yield web_address(response.url, unescape(found[1].decode("utf-8", "ignore")))


def _anchors(response: Response) -> Iterator[str]:
    root = parse_page(response.body)
    if root is None:
        return
    base = base_of_page(root, response.url)
    etree.strip_elements(root, "nav", "footer", with_tail=False)
    for anchor in root.iter("a"):
        yield web_address(base, anchor.get("href") or "")


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
