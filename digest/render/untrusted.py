"""Untrusted text and addresses made harmless before any markup is put around them.

The result is one line without control characters; escaping for a markup language comes after.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

from digest.render.latex import to_unicode

#: Bidirectional overrides can show a text or an address backwards; the others are not seen at all.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
#: Control characters, surrogates, private use, line and paragraph separators. Unassigned ones stay:
#: they may be letters and signs that are newer than this Python.
_NOT_SHOWN = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*(?=\s)")
#: No real article needs a longer address, and mail must stay small.
_LONGEST_URL = 2000
#: Takes no space, and keeps a chat from reading what it stands in as more than text.
ZERO_WIDTH = "\u200b"


def one_line(text: str) -> str:
    """Return *text* on one line: no controls, no lone surrogates, no invisible or direction marks."""
    text = _INVISIBLE.sub("", text)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(letter) in _NOT_SHOWN else letter for letter in text)
    return " ".join(text.split())


def shown(text: str, limit: int) -> str:
    """Return *text* as a reader should see it, LaTeX as Unicode, in about *limit* characters."""
    # Twice the limit holds enough source for the LaTeX to shrink and keeps a hostile megabyte cheap.
    return cut(one_line(to_unicode(one_line(text[: 4 * limit]))), limit)


def cut(text: str, limit: int) -> str:
    """Shorten *text* to *limit* characters, at the end of a sentence if one is near, else of a word."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: limit + 1])]
    if ends and ends[-1] >= limit * 0.6:  # an earlier end would throw away too much
        return text[: ends[-1]]
    head = text[: limit - 1]
    space = head.rfind(" ")
    if space >= limit * 0.6:
        head = head[:space]
    return head.rstrip(" ,;:–—-") + "…"


def inert(text: str) -> str:
    """Return *text* without the mentions and bare addresses that a chat would bring to life."""
    text = re.sub(r"@(?=\w)|<(?=[!@#])", lambda found: f"{found[0]}{ZERO_WIDTH}", text)
    return re.sub(r"(?<=:)//|(?<=\bwww)\.", lambda found: f"{ZERO_WIDTH}{found[0]}", text)


def web_address(url: str) -> str:
    """Return *url* in ASCII if it is a plain http or https address, else ""; a user name in it is dropped."""
    if len(url) > _LONGEST_URL or any(letter.isspace() or not letter.isprintable() for letter in url):
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", ascii_host):
        return ""
    place = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    if port is not None:
        place += f":{port}"
    rest = map(_encoded, (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, place, *rest))


def _encoded(part: str) -> str:
    """Percent-encode what ends a link in one markup or another; what is encoded already stays."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe="/%:@!$&*+,;=~?-._"))
