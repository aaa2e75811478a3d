"""Sitemaps (sitemaps.org) -> the addresses they list: of pages, or in an index of further sitemaps."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice

from lxml import etree

from digest.errors import ParseError
from digest.records import Response
from digest.sources.addresses import web_address
from digest.sources.bounds import refuse_excess
from digest.sources.sniffing import kind_of_document, readable_head, utf8, without_entities

#: entries of one sitemap, as the protocol has it
_ENTRIES_AT_MOST = 50_000
_ROOT = re.compile(rb"<(?:\w{1,40}:)?(urlset|sitemapindex)[\s>]")
_DATE = re.compile(r"[0-9T:Z.+-]{4,40}")


def is_sitemap(response: Response) -> bool:
    return _root(response) != b""


def is_index(response: Response) -> bool:
    """Whether it lists sitemaps rather than pages."""
    return _root(response) == b"sitemapindex"


def addresses(sitemaps: Iterable[Response]) -> list[str]:
    """What the sitemaps list, newest first where there are dates; sitemaps have no order of their own."""
    entries = [entry for sitemap in sitemaps for entry in islice(_entries(sitemap), _ENTRIES_AT_MOST)]
    return [url for _, url in sorted(entries, key=lambda entry: entry[0], reverse=True)]


def _root(response: Response) -> bytes:
    head = readable_head(response.body)
    found = _ROOT.search(head) if kind_of_document(head) == "xml" else None
    return found[1] if found else b""


def _entries(sitemap: Response) -> Iterator[tuple[str, str]]:
    """Each entry's date, "" where there is none, and its address; as far as the document can be read."""
    try:
        data = without_entities(utf8(sitemap.body, sitemap.headers))
        refuse_excess(data)
    except ParseError:
        return
    walk = etree.iterparse(
        BytesIO(data.lstrip()), tag=("{*}url", "{*}sitemap"), recover=True, resolve_entities=False, no_network=True
    )
    try:
        for _, element in walk:
            found = (element.findtext("{*}loc") or "").strip()
            changed = _DATE.match((element.findtext("{*}lastmod") or "").strip())
            element.clear()
            if url := web_address(sitemap.url, found):
                yield changed[0] if changed else "", url
    except etree.XMLSyntaxError:
        return
