"""How often a visit reads a document: once to know what else to request, once to make the items.

The two are apart because the answers wait on disk in between.
"""

from collections import Counter
from dataclasses import replace

import pytest

from digest import sources
from digest.records import Parsed, Response, Source
from digest.sources import article, discovery, feed, lxml_reader, page, unknown
from tests.sources.make import NOW, answer, rss, state
from tests.sources.test_full_text import entry

HOME = "https://example.org/"
ARTICLE = "<html><body><article><h1>A title</h1><p>A text of some words.</p></article></body></html>"
SITEMAP = f"<urlset><url><loc>{HOME}blog/a</loc></url></urlset>"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """Counts by document how often a feed or a page is parsed."""
    counted: Counter[bytes] = Counter()
    read_feed, parse_page = lxml_reader.read, discovery.parse_page

    def count_feed(data: bytes) -> object:
        counted[data] += 1
        return read_feed(data)

    def count_page(html: bytes) -> object:
        counted[html] += 1
        return parse_page(html)

    monkeypatch.setattr(lxml_reader, "read", count_feed)
    for module in (article, feed, page, unknown):
        monkeypatch.setattr(module, "parse_page", count_page)
    return counted


def visit(one: Source, web: dict[str, str]) -> tuple[Parsed, Counter[bytes]]:
    """Ask in rounds as the fetcher does, then parse; also what had been asked for when the items were made."""
    waiting = sources.first_requests(one, state(), NOW, NOW)
    answers: tuple[Response, ...] = ()
    while waiting:
        answers += tuple(replace(answer(web[request.url], request.url), request=request) for request in waiting)
        asked = {response.request.url for response in answers}
        following = sources.follow_requests(one, state(), answers, NOW)
        waiting = tuple(request for request in following if request.url not in asked)
    return sources.parse(one, state(), answers, NOW), Counter(response.body for response in answers)


def test_a_feed_is_read_once(reads: Counter[bytes]) -> None:
    """Nothing else is to be requested, so that only its items are made."""
    parsed, asked = visit(Source(name="Example", url=HOME), {HOME: rss(entry("a"))})

    assert len(parsed.items) == 1
    assert reads == asked


def test_a_full_text_feed_is_read_once_to_ask_and_once_to_parse(reads: Counter[bytes]) -> None:
    """However many rounds its articles take."""
    body = rss(entry("a"), entry("b"))
    parsed, _ = visit(
        Source(name="Example", url=HOME, full_text=True), {HOME: body, HOME + "a": ARTICLE, HOME + "b": ARTICLE}
    )

    assert len(parsed.known) == 2
    assert reads[body.encode()] == 2


@pytest.mark.parametrize("kind", ["", "page"])
@pytest.mark.parametrize("listed", ['<a href="/blog/a">x</a>', ""])
def test_a_page_is_read_once_to_ask_and_once_to_parse(reads: Counter[bytes], kind: str, listed: str) -> None:
    """Its feeds, its title and its articles come from one reading, also where a sitemap stands in for it."""
    home = f"<html><head><title>Home</title></head><body>{listed}</body></html>"
    web = {HOME: home, HOME + "sitemap.xml": SITEMAP, HOME + "blog/a": ARTICLE}

    parsed, _ = visit(Source(name="Example", url=HOME, kind=kind), web)

    assert (len(parsed.items), parsed.title) == (1, "Home")
    assert reads[home.encode()] == 2
