"""Lists of feeds, as feed readers import and export them: OPML with folders, well-formed or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from digest.errors import ParseError
from digest.sources.addresses import web_address
from digest.sources.document import FeedText
from digest.sources.sniffing import kind_of_document, utf8
from digest.sources.text import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list; `name` is unique in the list."""

    name: str
    url: str
    #: the folders around it, outermost first
    folders: tuple[str, ...] = ()


def read_opml(data: bytes) -> tuple[Subscription, ...]:
    """Read a list in its order, each address once; ParseError where there is no list."""
    subscriptions: dict[str, Subscription] = {}
    names: set[str] = set()
    for title, address, folders in _feeds(data):
        url = _web_address(address)
        if url and url not in subscriptions:
            name = _unused(title or _host(url), names)
            names.add(name)
            subscriptions[url] = Subscription(name=name, url=url, folders=folders)
    return tuple(subscriptions.values())


def left_out(data: bytes) -> tuple[tuple[str, str], ...]:
    """The feeds of a list that `read_opml` passes over: what they are called, and why."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for title, address, _ in _feeds(data):
        url = _web_address(address)
        if not url:
            found.append((title or address or "without a name", "has no web address"))
        elif url in seen:
            found.append((title or url, "is listed twice"))
        seen.add(url)
    return tuple(found)


def _feeds(data: bytes) -> list[tuple[str, str, tuple[str, ...]]]:
    """Title, address and folders of every feed as the list has them; ParseError where there is no list."""
    import listparser

    data = utf8(data, {})
    if kind_of_document(data) != "xml":
        raise ParseError("is not a list of feeds (OPML)")
    # listparser reads with an HTML parser, which copes with the many lists that are not well-formed; the mark
    # tells that parser what the encoding is
    try:
        found = listparser.parse(b"\xef\xbb\xbf" + data)
    except Exception as error:  # of many kinds, on mutated lists
        raise ParseError(f"breaks the parser of lists ({type(error).__name__})") from error
    if not found.get("version") and not found.get("feeds"):
        raise ParseError("is not a list of feeds (OPML)")
    return [
        (
            one_line(FeedText(str(feed.get("title") or ""), "text")),
            str(feed.get("url") or ""),
            _folders(feed.get("categories")),
        )
        for feed in found["feeds"]
    ]


def _web_address(address: str) -> str:
    return web_address("", address.replace("feed://", "http://", 1))


def write_opml(subscriptions: Iterable[Subscription], *, title: str, now: datetime) -> bytes:
    """Write OPML 2.0 with the folders nested."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = title
    ElementTree.SubElement(head, "dateCreated").text = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
    folders: dict[tuple[str, ...], ElementTree.Element] = {(): ElementTree.SubElement(root, "body")}
    for one in subscriptions:
        parent = _folder(folders, one.folders)
        ElementTree.SubElement(parent, "outline", type="rss", text=one.name, title=one.name, xmlUrl=one.url)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _folder(folders: dict[tuple[str, ...], ElementTree.Element], path: tuple[str, ...]) -> ElementTree.Element:
    if path not in folders:
        folders[path] = ElementTree.SubElement(_folder(folders, path[:-1]), "outline", text=path[-1], title=path[-1])
    return folders[path]


def _folders(categories: object) -> tuple[str, ...]:
    """The folders: the first path that listparser gives; later ones come from attributes."""
    if not isinstance(categories, list) or not categories:
        return ()
    return tuple(name for part in categories[0] if (name := one_line(FeedText(str(part), "text"))))


def _unused(name: str, names: set[str]) -> str:
    count, candidate = 1, name
    while candidate in names:
        count += 1
        candidate = f"{name} ({count})"
    return candidate


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
