"""Markup to plain text. The results hold no elements, but renderers must still escape them."""

import html
import re
from html.entities import html5

from lxml import etree

from digest.sources.document import FeedText

#: Characters kept of one text, some 30,000 words: more than any article, so that no book floods the archive.
TEXT_AT_MOST = 200_000
#: Characters of markup read for them; markup is seldom more than nine tenths of a page.
_MARKUP_AT_MOST = 10 * TEXT_AT_MOST
TITLE_AT_MOST = 1_000
#: Longer than any abstract (arXiv allows 1,920 characters): then a description is the text itself.
SUMMARY_AT_MOST = 2_000
_LEAD = 500

_UNSEEN = (
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "head", "annotation"),
    *("button", "select", "textarea", "audio", "video", "canvas"),
)
_PARAGRAPHS = frozenset(
    """
    p div section article header footer main aside ul ol dl blockquote pre table figure figcaption hr form
    fieldset address details h1 h2 h3 h4 h5 h6
    """.split()
)
_LINES = frozenset("br li tr dt dd caption summary option".split())
_CELLS = frozenset(("td", "th"))
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strike strong
    sub sup tt u var wbr label center math
    """.split()
)
_ELEMENTS = _PARAGRAPHS | _LINES | _CELLS | _INLINE | frozenset(_UNSEEN)

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)(/?)>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
_BREAKS = re.compile(r"\n{3,}")
# XML allows most of these, but terminals, DuckDB clients and mail cannot cope with them, and the last ones hide or
# reverse text. The joiners (U+200C, U+200D) stay: Persian and emoji need them.
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
_INVISIBLE = "\u00ad\u200b\u2060\ufeff\ufffe\uffff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_C1 = re.compile(rb"\xc2[\x80-\x9f]")


def one_line(text: FeedText) -> str:
    """Plain text on one line, for titles and names."""
    value = _repaired(text.value[:_MARKUP_AT_MOST])
    if text.type == "html" or (text.type == "" and looks_like_html(value)):
        value = _from_html(value)
    return " ".join(without_controls(value).split())[:TITLE_AT_MOST].rstrip()


def paragraphs(text: FeedText) -> str:
    """Plain text with its paragraphs and lines, cut to TEXT_AT_MOST characters.

    Even what calls itself text is read as markup if it looks like it: many feeds forget to say so.
    """
    value = _repaired(text.value[:_MARKUP_AT_MOST])
    if ("<" in value or "&" in value) and (text.type == "html" or looks_like_html(value)):
        value = _from_html(value)
    return _tidy(value)[:TEXT_AT_MOST].rstrip()


def looks_like_html(value: str) -> bool:
    """Tell markup from text that only mentions it, such as "Vec<T>" or "the <select> element"."""
    if any(not name or f"{name};" in html5 for name in _ENTITY.findall(value)):
        return True
    sure = False
    for closing, name, attributes, selfclosing in _TAG.findall(value):
        if name.lower() not in _ELEMENTS:
            return False
        sure = sure or bool(closing or attributes or selfclosing) or name.lower() in ("br", "p", "hr")
    return sure


def summary_and_text(summary: str, content: str) -> tuple[str, str]:
    """Tell the short text of an entry from the whole one: (summary, text), text "" where there is only the summary."""
    if len(summary) > len(content):
        summary, content = content, summary
    if not content or content == summary:
        return (summary, "") if len(summary) <= SUMMARY_AT_MOST else (lead(summary), summary)
    if not summary:
        return (content, "") if len(content) <= SUMMARY_AT_MOST else (lead(content), content)
    return (summary if len(summary) <= SUMMARY_AT_MOST else lead(summary)), content


def lead(text: str) -> str:
    """The beginning of a text, cut after a sentence or else between words."""
    flat = " ".join(text[: 2 * _LEAD].split())
    if len(flat) <= _LEAD:
        return flat
    end = max(flat.rfind(mark, _LEAD // 2, _LEAD) for mark in (". ", "? ", "! "))
    return flat[: end + 1] if end > 0 else flat[:_LEAD].rsplit(" ", 1)[0] + " …"


def without_controls(value: str) -> str:
    """Drop control and invisible characters; C1 controls become the Windows-1252 characters they were meant as."""
    data = value.encode("utf-8", "ignore").translate(None, _CONTROLS)
    if data.isascii():
        return data.decode("ascii")
    value = _C1.sub(_from_windows, data).decode("utf-8") if b"\xc2" in data else data.decode("utf-8")
    for char in _INVISIBLE:
        value = value.replace(char, "")
    return value


def _from_html(value: str) -> str:
    if "<" not in value:
        return html.unescape(value)
    # huge_tree lifts the depth limit from 256 to 2,048; a feed that nests deeper loses that part, nothing else
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(value.encode("utf-8", "replace").translate(None, _CONTROLS), parser)
    if root is None:
        return ""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    return "".join(_pieces(root))


def _pieces(root: "etree._Element") -> list[str]:
    """Walk the tree once; block elements become the breaks that `_tidy` keeps."""
    pieces: list[str] = []
    preformatted = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag, starts = element.tag, event == "start"
        if tag in _PARAGRAPHS:
            pieces.append("\n\n")
        elif tag in _LINES and (starts or tag != "br"):
            pieces.append("\n")
        elif tag in _CELLS and starts:
            pieces.append(" ")
        if tag == "pre":
            preformatted += 1 if starts else -1
        text = element.text if starts else element.tail
        if text:
            pieces.append(text if preformatted else text.replace("\n", " ").replace("\r", " "))
    return pieces


def _tidy(value: str) -> str:
    lines = without_controls(value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _BREAKS.sub("\n\n", "\n".join([" ".join(line.split()) for line in lines])).strip()


def _repaired(value: str) -> str:
    """Undo mojibake: UTF-8 that was read as Latin-1 and encoded again."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _from_windows(match: re.Match[bytes]) -> bytes:
    return match[0][1:].decode("cp1252", "ignore").encode()
