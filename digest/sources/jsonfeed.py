"""JSON Feed 1.0 and 1.1 -> FeedDocument. Every field may be missing or of the wrong type."""

import json
from typing import Any

from digest.errors import ParseError
from digest.sources.document import FeedDocument, FeedEntry, FeedLink, FeedText


def read(data: bytes) -> FeedDocument:
    """Read a JSON Feed in UTF-8; ParseError for any other JSON."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"is not readable as JSON: {error}") from error
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in _string(feed, "version"):
        raise ParseError("is JSON but not a JSON Feed")
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    inherited = _authors(feed)
    return FeedDocument(
        title=FeedText(_string(feed, "title"), "text"), entries=tuple(_entry(item, inherited) for item in items)
    )


def _entry(item: dict[str, Any], inherited: tuple[str, ...]) -> FeedEntry:
    content = FeedText(_string(item, "content_html"), "html") if item.get("content_html") else None
    return FeedEntry(
        id=_identifier(item.get("id")),
        links=tuple(_links(item)),
        title=FeedText(_string(item, "title"), "text"),
        summary=FeedText(_string(item, "summary"), "text"),
        content=content or FeedText(_string(item, "content_text"), "text"),
        authors=_authors(item) or inherited,
        dates=tuple(filter(None, (_string(item, "date_published"), _string(item, "date_modified")))),
        tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        duration=next(
            (seconds for part in _attachments(item) if (seconds := _identifier(part.get("duration_in_seconds")))), ""
        ),
    )


def _string(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _identifier(value: object) -> str:
    """Ids should be strings, but numbers occur."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _attachments(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in _list(item, "attachments") if isinstance(part, dict)]


def _links(item: dict[str, Any]) -> list[FeedLink]:
    links = [FeedLink(href) for key in ("url", "external_url") if (href := _string(item, key))]
    return links + [FeedLink(href, "enclosure") for part in _attachments(item) if (href := _string(part, "url"))]


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """1.1 has a list, 1.0 has one."""
    people = [*_list(holder, "authors"), holder.get("author")]
    return tuple(dict.fromkeys(name for one in people if isinstance(one, dict) and (name := _string(one, "name"))))
