"""Mutated documents: every reader gives items or a ParseError, never another failure."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.records import Parsed, Response, Source
from digest.sources import KINDS, follow_requests, parse
from digest.sources.discovery import feed_candidates, parse_page
from digest.sources.opml import read_opml
from digest.sources.polling_hints import hints
from tests.sources.make import NOW, answer, state
from tests.sources.test_arxiv import announced, daily, paper, results
from tests.sources.test_lxml_reader import AGREED

JSON = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "content_html": "<p>x", "title": "\\ud800"}]}'
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/f"></head><a href="/blog/a">x</a></html>'
SEEDS = [
    *(document.encode() for document in AGREED.values()),
    results(paper("2603.00001"), total=2).body,
    daily(announced("2603.00001")).body,
    JSON.encode(),
    PAGE.encode(),
    gzip.compress(PAGE.encode()),
    AGREED["rss"].encode("utf-16"),
    b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>',
]
#: what breaks parsers when it comes in the wrong place
SHARDS = [
    *(
        b"<",
        b">",
        b"&",
        b"\x00",
        b"\xff\xfe",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"<item>",
        b"</item>",
        b"&#x1;",
        b"&#xD800;",
    ),
    *(
        b'xmlns="',
        b"<title>",
        b"<?xml?>",
        b"\xed\xa0\x80",
        b'encoding="utf-16"',
        b"<entry>",
        b"%00",
        b"http://[",
        b"{",
        b"]",
    ),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        until = min(len(data), at + draw(st.integers(0, 40)))
        data[at:until] = draw(st.sampled_from(SHARDS) | st.binary(max_size=8))
    return bytes(data)


def parsed_or_refused(one: Source, answers: tuple[Response, ...]) -> Parsed | str:
    try:
        return parse(one, state(), answers, NOW)
    except ParseError as error:
        return str(error)


@pytest.mark.parametrize("kind", KINDS)
@given(body=mutated())
def test_items_or_a_parse_error(kind: str, body: bytes) -> None:
    """Whatever a server sends; what comes out can be stored and shown."""
    one = Source(name="Example", url="https://example.org/feed", kind=kind)
    answers = (answer(body),)
    follow_requests(one, state(), answers, NOW)
    outcome = parsed_or_refused(one, answers)
    if isinstance(outcome, str):
        assert outcome.startswith("Example: ")
        assert "\n" not in outcome
        return
    for item in outcome.items:
        assert item.item_id
        assert item.entry_id
        assert item.url == "" or item.url.lower().startswith(("http://", "https://"))
        assert "\n" not in item.title
        repr(item).encode()


@given(body=mutated())
def test_quick_looks_never_fail(body: bytes) -> None:
    """Hints, candidates and lists of feeds."""
    hints(body)
    feed_candidates(parse_page(body), "https://example.org/")
    with suppress(ParseError):
        read_opml(body)
