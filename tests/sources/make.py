"""Small documents and answers for the tests of this package."""

from datetime import UTC, datetime
from pathlib import Path

from digest.records import Item, Request, Response, Source, SourceState
from digest.sources.items import items_of
from digest.sources.reading import read_document

NOW = datetime(2026, 3, 23, 7, tzinfo=UTC)
#: real documents lie beside the project on some machines; tests that want them skip where they are absent
FEEDS = Path(__file__).parents[3] / "shared" / "feeds"


def answer(body: bytes | str, url: str = "https://example.org/feed", *, asked: str = "", media: str = "") -> Response:
    return Response(
        request=Request(url=asked or url),
        status=200,
        url=url,
        headers={"content-type": media} if media else {},
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=NOW,
    )


def unchanged(url: str = "https://example.org/feed") -> Response:
    return Response(request=Request(url=url), status=304, url=url, fetched_at=NOW)


def source(url: str = "https://example.org/feed", kind: str = "feed", **more: object) -> Source:
    return Source(name="Example", url=url, kind=kind, **more)  # type: ignore[arg-type]


def state(**more: object) -> SourceState:
    return SourceState(source="Example", **more)  # type: ignore[arg-type]


def rss(*items: str, channel: str = "", attributes: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"{attributes}><channel><title>Example</title>{channel}{body}</channel></rss>'


def atom(*entries: str, attributes: str = "") -> str:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>Example</title>{body}</feed>'


def read_items(body: bytes | str, url: str = "https://example.org/feed") -> tuple[Item, ...]:
    return items_of(read_document(answer(body, url)), source="Example", base=url, now=NOW)[0]


def read_one(body: bytes | str, url: str = "https://example.org/feed") -> Item:
    (item,) = read_items(body, url)
    return item
