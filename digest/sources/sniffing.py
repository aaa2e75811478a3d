"""Content sniffing: the bytes of a response -> FeedDocument, by compression, encoding and kind of document.

Hostile documents are refused here, before any parser sees them.
"""

import codecs
import re
import zlib
from collections.abc import Mapping

from digest.errors import ParseError
from digest.records import Response
from digest.sources import feedparser_reader, jsonfeed, lxml_reader
from digest.sources.document import FeedDocument

#: A gzip file as body (not as Content-Encoding) may unpack to this and no more: the default limit for bodies.
_UNPACKED_AT_MOST = 32 * 10**6
#: Bytes looked at to tell the kind of a document; comments and doctypes before the root are seldom longer.
_HEAD = 4096

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE([^\[>]*)(\[)?", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\?xml\s|rss[\s>]|feed[\s>]|rdf:RDF[\s>])", re.IGNORECASE)
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")
_PREFIXED = re.compile(rb"<rss:item[\s>]", re.IGNORECASE)
_HTML_ROOTS = (b"html", b"head", b"body", b"title", b"meta", b"div", b"script")


def read_document(response: Response) -> FeedDocument:
    """Read a feed in any format; ParseError says what else the document is."""
    data = utf8(response.body, response.headers)
    match kind_of_document(data):
        case "empty":
            raise ParseError("the answer is empty")
        case "json":
            return jsonfeed.read(data)
        case "html":
            raise ParseError("is an HTML page, not a feed")
    return _read_xml(data)


def _read_xml(data: bytes) -> FeedDocument:
    root = _ROOT.search(data, 0, _HEAD)
    remarks: tuple[str, ...] = ()
    if root and not data.lstrip().startswith(b"<"):
        data, remarks = data[root.start() :], ("has text before the XML",)
    refuse_entities(data)
    document = lxml_reader.read(data.lstrip()) or feedparser_reader.read(data)
    if (document is None or not document.entries) and _PREFIXED.search(data):
        document = feedparser_reader.read(_without_prefix(data)) or document
    if document is None:
        raise ParseError(f"{_what_it_is(data)}, not a feed")
    if remarks:
        return FeedDocument(
            title=document.title,
            entries=document.entries,
            total=document.total,
            remarks=remarks + document.remarks,
        )
    return document


def _without_prefix(data: bytes) -> bytes:
    """Drop the undeclared prefix that some hand-made feeds have on every RSS element."""
    data = re.sub(rb"<(/?)rss:", rb"<\1", data)
    return re.sub(rb"<rss\s[^>]*>", b'<rss version="2.0">', data[data.find(b"<rss") :], count=1)


def readable_head(body: bytes) -> bytes:
    """The beginning of a document, for a quick look; in UTF-8 as far as ASCII goes."""
    try:
        return utf8(body[: 16 * _HEAD], {})
    except ParseError:
        return b""


def is_page(response: Response) -> bool:
    """Whether an answer is an HTML page."""
    return response.status != 304 and kind_of_document(readable_head(response.body)) == "html"


def kind_of_document(data: bytes) -> str:
    """Tell "empty", "json", "html" and "xml" apart by the beginning; anything else is "unknown"."""
    start = data[: 16 * _HEAD].lstrip(b" \t\r\n\f\v\x00\xef\xbb\xbf")
    if not start:
        return "empty"
    if start[:1] in b"{[":
        return "json"
    name = _root_name(start)
    if name.removeprefix(b"xhtml:") in _HTML_ROOTS:
        return "html"
    return "xml" if name or _ROOT.search(start[:_HEAD]) else "unknown"


def _root_name(start: bytes) -> bytes:
    """The name of the first element, in lower case; b"html" for a doctype that says so."""
    position = 0
    while match := _PROLOG.match(start, position):
        position = match.end()
    if doctype := _DOCTYPE.match(start, position):
        if doctype[1].split()[:1] and doctype[1].split()[0].lower() == b"html":
            return b"html"
        position = doctype.end()
    element = _ELEMENT.search(start, position)
    return element[1].lower() if element else b""


def _what_it_is(data: bytes) -> str:
    name = _root_name(data[: 16 * _HEAD]).decode("ascii", "replace")
    if name.endswith(("urlset", "sitemapindex")):
        return "is a sitemap"
    if name == "opml":
        return "is a list of feeds (OPML)"
    return f"is XML of another kind (<{name}>)" if name else "is neither XML nor JSON"


def refuse_entities(data: bytes) -> None:
    """Entities of the document's own can expand to gigabytes or name local files; no feed needs them."""
    position = 0
    while match := _PROLOG.match(data, position):
        position = match.end()
    element = _ELEMENT.search(data, position)
    doctype = _DOCTYPE.search(data, position, element.start() if element else len(data))
    if doctype and doctype[2] and b"<!entity" in data[doctype.end() :].lower():
        raise ParseError("declares XML entities, which can be an attack; it was not read")


def utf8(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The document in UTF-8 without byte order mark, unpacked where it is a gzip file."""
    if body.startswith(_GZIP):
        body = _unpacked(body)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace").encode()
    if encoding := _wide_encoding(body[:_HEAD]):
        return body.decode(encoding, "replace").encode("utf-8", "replace")
    return _in_utf8(body, headers)


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, _UNPACKED_AT_MOST)
    except zlib.error as error:
        raise ParseError(f"is a damaged gzip file: {error}") from error
    if unpacker.unconsumed_tail:
        raise ParseError(f"is a gzip file of more than {_UNPACKED_AT_MOST // 10**6} MB")
    return data


def _wide_encoding(head: bytes) -> str:
    """Undeclared UTF-16: in a Latin alphabet, every other byte is zero."""
    if b"\x00" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _in_utf8(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Bytes that decode as UTF-8 are UTF-8, whatever is declared: that does not happen by chance.

    Otherwise the charset of the response counts, then the document's own, then Windows-1252.
    """
    declared = _DECLARED.match(body[:_HEAD])
    charset = _CHARSET.search(headers.get("content-type", ""))
    names = [charset[1] if charset else "", declared[1].decode("ascii") if declared else ""]
    escapes = b"\x1b" in body[:_HEAD]  # ISO-2022 encodings are ASCII to the eye
    if not escapes and _decoded(body, "utf-8") is not None:
        return body
    for name in (*names, "utf-8", "windows-1252"):
        text = _decoded(body, name)
        if text is not None:
            return text.encode("utf-8", "replace")
    return body.decode("utf-8", "replace").encode()


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            return None
        return body.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return None
