"""Broken and unusual feeds -> FeedDocument, by feedparser.

It gets bytes, never an address. It is slower than `lxml_reader` and used only where that declines.
"""

import re
from typing import Any

from digest.errors import ParseError
from digest.sources.document import FeedDocument, FeedEntry, FeedLink, FeedText

#: feedparser takes some 25 µs a tag and is quadratic in a tag's attributes, so a document beyond these limits is
#: refused as an attack. The longest real ones have some ten thousand tags.
_TAGS_AT_MOST = 400_000
_ATTRIBUTES = re.compile(rb"<[A-Za-z][^<>=]*(?:=\s*[\"'\w][^<>=]*){300}")


def read(data: bytes) -> FeedDocument | None:
    """Read a feed in UTF-8; None where not even feedparser finds one."""
    import feedparser

    if data.count(b"<") > _TAGS_AT_MOST or _ATTRIBUTES.search(data):
        raise ParseError("is not well-formed XML, and too large to be mended")

    try:
        # Sanitizing takes most of feedparser's time, and we keep no markup.
        parsed = feedparser.parse(
            data,
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # of many kinds, on mutated documents
        raise ParseError(f"breaks the feed parser ({type(error).__name__})") from error
    version, entries = parsed.get("version", ""), parsed.get("entries", [])
    if not version and not entries:
        return None
    feed = parsed.get("feed", {})
    is_atom = version.startswith("atom")
    inherited = _authors(feed) if is_atom else ()
    total = str(feed.get("opensearch_totalresults", ""))
    return FeedDocument(
        title=_text(feed, "title", is_atom),
        entries=tuple(_entry(entry, is_atom, inherited) for entry in entries),
        total=int(total) if total.isascii() and total.isdigit() else None,
        remarks=_remarks(parsed),
    )


def _remarks(parsed: dict[str, Any]) -> tuple[str, ...]:
    problem = parsed.get("bozo_exception")
    if not parsed.get("bozo") or problem is None:
        return ()
    reason = getattr(problem, "getMessage", lambda: str(problem))()
    return (f"is not well-formed XML: {' '.join(str(reason).split())[:100]}",)


def _entry(entry: dict[str, Any], is_atom: bool, inherited: tuple[str, ...]) -> FeedEntry:
    return FeedEntry(
        id=_string(entry, "id").strip(),
        links=_links(entry),
        title=_text(entry, "title", is_atom),
        summary=_summary(entry),
        content=_content(entry),
        authors=_authors(entry) or inherited,
        dates=tuple(value for key in ("published", "updated", "created") if (value := _string(entry, key))),
        tags=tuple(str(tag.get("term") or tag.get("label") or "") for tag in _list(entry, "tags")),
        duration=_string(entry, "itunes_duration") or _media_duration(entry),
        comments=_string(entry, "comments").strip(),
        doi=next((v for key in ("arxiv_doi", "prism_doi", "dc_identifier") if (v := _string(entry, key))), ""),
        announce_type=_string(entry, "arxiv_announce_type"),
        primary_category=_primary_category(entry),
    )


def _string(holder: dict[str, Any], key: str) -> str:
    # dict.get, since feedparser's own lookup answers for other keys and warns about it
    value = dict.get(holder, key)
    return value if isinstance(value, str) else ""


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = dict.get(holder, key)
    return value if isinstance(value, list) else []


def _text(holder: dict[str, Any], key: str, is_atom: bool) -> FeedText:
    detail = dict.get(holder, f"{key}_detail") or {}
    return FeedText(_string(holder, key), _type(str(detail.get("type", "")), trusted=is_atom))


def _summary(entry: dict[str, Any]) -> FeedText:
    """The entry's own summary; without detail it is feedparser's copy of the content."""
    return _text(entry, "summary", is_atom=True) if dict.get(entry, "summary_detail") else FeedText()


def _content(entry: dict[str, Any]) -> FeedText:
    for content in _list(entry, "content"):
        type_, value = str(content.get("type", "")), content.get("value", "")
        if isinstance(value, str) and value and (type_.startswith("text/") or type_.endswith("xml") or not type_):
            return FeedText(value, _type(type_, trusted=True))
    return FeedText()


def _type(declared: str, *, trusted: bool) -> str:
    """feedparser guesses what RSS titles are; we guess by our own rule, so that both readers agree."""
    if declared == "application/xhtml+xml":
        return "html"
    if not trusted:
        return ""
    return "html" if declared == "text/html" else "text"


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for author in _list(holder, "authors"):
        if name := str(author.get("name") or author.get("email") or "").strip():
            names[name] = None
    if not names and (name := _string(holder, "author").strip()):
        names[name] = None
    return tuple(names)


def _links(entry: dict[str, Any]) -> tuple[FeedLink, ...]:
    links = [FeedLink(original)] if (original := _string(entry, "feedburner_origlink")) else []
    if first := _string(entry, "link"):
        links.append(FeedLink(first))
    for link in _list(entry, "links"):
        if href := str(link.get("href") or ""):
            links.append(FeedLink(href, str(link.get("rel") or "alternate"), str(link.get("type") or "")))
    return tuple(links)


def _media_duration(entry: dict[str, Any]) -> str:
    return next((str(media["duration"]) for media in _list(entry, "media_content") if media.get("duration")), "")


def _primary_category(entry: dict[str, Any]) -> str:
    primary = dict.get(entry, "arxiv_primary_category")
    return str(primary.get("term", "")) if isinstance(primary, dict) else ""
