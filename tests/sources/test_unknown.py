from dataclasses import replace

import pytest

from digest.errors import ParseError
from digest.records import Parsed, Response
from digest.sources import unknown
from tests.sources.make import NOW, answer, rss, source, state

HOME = "https://example.org/"
SOURCE = source(HOME, kind="")
LINK = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
LIST = '<a href="/blog/a">x</a><a href="/blog/b">x</a>'
ARTICLE = "<html><head><title>A title</title></head><body><p>Text</p></body></html>"


def visit(web: dict[str, str]) -> tuple[Parsed, list[str]]:
    """Ask as the fetcher does: one after the other, all that is wanted after each answer."""
    waiting = list(unknown.first_requests(SOURCE, state(), NOW, NOW))
    answers: tuple[Response, ...] = ()
    while waiting:
        request = waiting.pop(0)
        answers += (replace(answer(web[request.url], request.url), request=request),)
        waiting += unknown.follow_requests(SOURCE, state(), answers, NOW)
    return unknown.parse(SOURCE, state(), answers, NOW), [one.url for one in answers]


def test_a_feed_is_a_feed() -> None:
    """Nothing else is asked."""
    parsed, asked = visit({HOME: rss("<title>One</title>")})

    assert (parsed.kind, parsed.url, len(parsed.items), asked) == ("feed", "", 1, [HOME])


def test_a_page_with_a_feed_is_that_feed() -> None:
    """Even if it lists articles too."""
    parsed, asked = visit(
        {HOME: f"<html><head>{LINK}</head><body>{LIST}</body></html>", HOME + "rss.xml": rss("<title>One</title>")}
    )

    assert (parsed.kind, parsed.url, len(parsed.items)) == ("feed", HOME + "rss.xml", 1)
    assert asked == [HOME, HOME + "rss.xml"]


def test_a_page_without_a_feed_is_read_itself() -> None:
    """Its articles, each once."""
    web = {HOME: f"<html><body>{LIST}</body></html>", HOME + "blog/a": ARTICLE, HOME + "blog/b": ARTICLE}
    parsed, asked = visit(web)

    assert (parsed.kind, parsed.url, len(parsed.items)) == ("page", "", 2)
    assert asked == [HOME, HOME + "blog/a", HOME + "blog/b"]


def test_a_page_whose_feed_is_a_page_again_is_read_itself() -> None:
    """Servers answer lost feeds with their home page; that is no article either."""
    web = {
        HOME: f"<html><head>{LINK}</head><body>{LIST}</body></html>",
        HOME + "rss.xml": ARTICLE,
        HOME + "blog/a": ARTICLE,
        HOME + "blog/b": ARTICLE,
    }
    parsed, asked = visit(web)

    assert (parsed.kind, len(parsed.items)) == ("page", 2)
    assert asked == list(web)


def test_a_sitemap_stands_in_for_a_list() -> None:
    """Where the page links to no article."""
    web = {
        HOME: "<html><body>Hello</body></html>",
        HOME + "sitemap.xml": f"<urlset><url><loc>{HOME}blog/a</loc></url></urlset>",
        HOME + "blog/a": ARTICLE,
    }

    assert [item.title for item in visit(web)[0].items] == ["A title"]


def test_a_dead_end_is_named() -> None:
    """Neither feed nor articles."""
    with pytest.raises(ParseError, match=r"^Example: "):
        visit({HOME: "<html><body>Hello</body></html>", HOME + "sitemap.xml": "<urlset/>"})
