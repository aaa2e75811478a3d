"""Addresses of documents: made absolute, and rejected unless they are plain http or https."""

import re
from urllib.parse import urljoin, urlsplit

#: Real links are shorter; data: addresses and garbage are not.
_LONGEST = 4_000
#: what nearly all addresses look like; these need not be parsed
_PLAIN = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:/[!-~]*)?")
_HIDDEN = str.maketrans("", "", "\t\r\n")  # browsers drop these, and "java\nscript:" hides behind that


def resolve(base: str, href: str) -> str:
    """Join as a browser does; the address as written where it cannot be joined."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href.strip()


def web_address(base: str, href: str) -> str:
    """An absolute http or https address, or "" for all else (javascript:, data:, file:, garbage)."""
    href = href.strip().translate(_HIDDEN)
    if not href:
        return ""
    if len(href) <= _LONGEST and _PLAIN.fullmatch(href):
        return href
    absolute = resolve(base, href)
    try:
        parts = urlsplit(absolute)
        acceptable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        parts.port  # noqa: B018  (raises where the port is no number)
    except ValueError:
        return ""
    if not acceptable or len(absolute) > _LONGEST or not absolute.isprintable():
        return ""
    return absolute.replace(" ", "%20")
