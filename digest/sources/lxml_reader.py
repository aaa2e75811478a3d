"""Well-formed RSS and Atom -> FeedDocument, by lxml: four times as fast as feedparser, with equal results.

It declines (None) any document that it does not fully understand; `feedparser_reader` reads those.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from lxml import etree

from digest.sources.document import FeedDocument, FeedEntry, FeedLink, FeedText

# Namespaces that name the same elements share a prefix, as in feedparser.
_PREFIXES = {
    "": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://arxiv.org/schemas/atom": "arxiv:",
    "http://a9.com/-/spec/opensearch/1.1/": "opensearch:",
    "http://a9.com/-/spec/opensearchrss/1.0/": "opensearch:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism:",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
_ROOTS = frozenset(("rss", "rdf:rdf", "feed", "entry"))
_ENTRIES = frozenset(("item", "entry"))
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_XML_BASE = b"xml:base"
_TYPES = {
    "text": "text",
    "plain": "text",
    "text/plain": "text",
    "html": "html",
    "text/html": "html",
    "xhtml": "html",
    "application/xhtml+xml": "html",
}

_Element: TypeAlias = "etree._Element"
_Found = dict[str, list[_Element]]


class _Unusual(Exception):
    """The document has something that only feedparser can read."""


def read(data: bytes) -> FeedDocument | None:
    """Read a feed in UTF-8, or decline with None."""
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
        if root is None or _key(root.tag) not in _ROOTS or root.getroottree().docinfo.doctype:
            return None
        return _document(root, has_base=_XML_BASE in data)
    except (etree.XMLSyntaxError, _Unusual, ValueError):
        return None


def _document(root: _Element, *, has_base: bool) -> FeedDocument:
    is_atom = _key(root.tag) in ("feed", "entry")
    found = _children(root)
    channel = found.get("channel", [root])[0]
    top = found if channel is root else _children(channel)
    inherited = _authors(top) if is_atom else ()
    elements = [root] if _key(root.tag) == "entry" else _entry_elements(root, channel)
    total = _plain(top, "opensearch:totalresults")
    return FeedDocument(
        title=_text(top, is_atom, "title", "dc:title"),
        entries=tuple(_entry(element, is_atom, has_base, inherited) for element in elements),
        total=int(total) if total.isascii() and total.isdigit() else None,
    )


def _entry_elements(root: _Element, channel: _Element) -> list[_Element]:
    elements = [child for child in channel if _key(child.tag) in _ENTRIES]
    if channel is not root:  # RSS 1.0 keeps its items beside the channel, and so do some by mistake
        elements += [child for child in root if _key(child.tag) in _ENTRIES]
    if len(elements) != sum(1 for _ in root.iter("{*}item", "{*}entry")):
        raise _Unusual  # nested in each other, or elsewhere
    return elements


def _entry(element: _Element, is_atom: bool, has_base: bool, inherited: tuple[str, ...]) -> FeedEntry:
    found = _children(element)
    content = _text(found, is_atom, "content:encoded", "content", "body", "xhtml:body")
    return FeedEntry(
        id=_plain(found, "id", "guid") or element.get(_RDF_ABOUT, "").strip(),
        links=tuple(_links(found, has_base)),
        title=_text(found, is_atom, "title", "dc:title", "media:title"),
        summary=_text(
            found, is_atom, "description", "summary", "dc:description", "itunes:summary", "media:description"
        ),
        content=content,
        authors=_authors(found) or inherited,
        dates=_dates(found),
        tags=tuple(_tags(found)),
        duration=_plain(found, "itunes:duration") or _attribute(found, "media:content", "duration"),
        comments=_plain(found, "comments"),
        doi=_plain(found, "arxiv:doi", "prism:doi", "dc:identifier"),
        announce_type=_plain(found, "arxiv:announce_type"),
        primary_category=_attribute(found, "arxiv:primary_category", "term"),
    )


@lru_cache(maxsize=1024)  # tags are few and repeat; hostile ones push each other out
def _key(tag: str) -> str:
    """'{http://purl.org/dc/elements/1.1/}creator' -> 'dc:creator'; '?:name' for unknown namespaces."""
    namespace, _, name = tag.rpartition("}")
    return _PREFIXES.get(namespace[1:].lower(), "?:") + name.lower()


def _children(element: _Element) -> _Found:
    found: _Found = {}
    for child in element:
        key = _key(child.tag)
        found.setdefault(key, []).append(child)
        if key == "media:group":  # YouTube keeps its descriptions there, others one level deeper
            for part in child.iter("{*}title", "{*}description", "{*}content"):
                found.setdefault(_key(part.tag), []).append(part)
    return found


def _plain(found: _Found, *keys: str) -> str:
    """The first text there is under one of *keys*."""
    for key in keys:
        for element in found.get(key, ()):
            if value := (element.text or "").strip():
                return value
    return ""


def _attribute(found: _Found, key: str, name: str) -> str:
    return next((value for element in found.get(key, ()) if (value := element.get(name, "").strip())), "")


def _text(found: _Found, is_atom: bool, *keys: str) -> FeedText:
    for key in keys:
        for element in found.get(key, ()):
            value = _inside(element)
            if value:
                return FeedText(value, _type(element, key, is_atom))
    return FeedText()


def _inside(element: _Element) -> str:
    """The content of an element, its markup included."""
    if not len(element):
        return (element.text or "").strip()
    from html import escape

    parts = [escape(element.text or "", quote=False)]
    for child in element:
        parts.append(etree.tostring(_without_prefixes(child), encoding="unicode", method="html"))
    return "".join(parts).strip()


def _without_prefixes(element: _Element) -> _Element:
    for part in element.iter(etree.Element):
        part.tag = part.tag.rpartition("}")[2]
    return element


def _type(element: _Element, key: str, is_atom: bool) -> str:
    if len(element):
        return "html"
    if element.get("mode") == "base64":
        raise _Unusual
    declared = element.get("type", "").strip().lower()
    if declared:
        if declared not in _TYPES:
            raise _Unusual
        return _TYPES[declared]
    if key in ("description", "content:encoded", "dc:description", "media:description"):
        return "html"
    return "text" if is_atom else ""


def _authors(found: _Found) -> tuple[str, ...]:
    names: dict[str, None] = {}  # keeps the order, drops repetitions
    for key in ("author", "dc:creator", "dc:author", "itunes:author"):
        for element in found.get(key, ()):
            inner = _children(element) if len(element) else {}
            name = _plain(inner, "name", "email") if inner else (element.text or "").strip()
            if name:
                names[name] = None
    return tuple(names)


def _dates(found: _Found) -> tuple[str, ...]:
    keys = (
        *("published", "pubdate", "issued", "dcterms:issued"),
        *("updated", "dc:date", "modified", "dcterms:modified", "created", "dcterms:created", "lastbuilddate"),
    )
    return tuple(value for key in keys if (value := _plain(found, key)))


def _tags(found: _Found) -> Iterator[str]:
    for key in ("category", "dc:subject", "media:category"):
        for element in found.get(key, ()):
            if tag := element.get("term") or (element.text or "").strip() or element.get("label"):
                yield tag
    for key in ("itunes:keywords", "media:keywords"):
        for element in found.get(key, ()):
            yield from re.split(r"\s*,\s*", (element.text or "").strip())


def _links(found: _Found, has_base: bool) -> Iterator[FeedLink]:
    if original := _plain(found, "feedburner:origlink"):
        yield FeedLink(original)
    for element in found.get("link", ()):
        href = element.get("href", "").strip() or (element.text or "").strip()
        if href:
            rel = element.get("rel", "alternate").strip().lower()
            yield FeedLink(_based(href, element, has_base), rel, element.get("type", "").strip().lower())
    for element in (*found.get("guid", ()), *found.get("id", ())):
        if element.get("isPermaLink", "true").strip().lower() == "true" and (href := (element.text or "").strip()):
            yield FeedLink(_based(href, element, has_base), "guid")
    for element in found.get("enclosure", ()):
        if href := element.get("url", "").strip():
            yield FeedLink(_based(href, element, has_base), "enclosure", element.get("type", "").strip().lower())


def _based(href: str, element: _Element, has_base: bool) -> str:
    if not has_base or not (base := element.base):
        return href
    from digest.sources.addresses import resolve

    return resolve(base, href)
