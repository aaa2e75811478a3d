"""Whole articles for feeds that carry only teasers."""

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from digest import sources
from digest.records import Request, Response, Source
from digest.sources.full_text import ARTICLES_AT_MOST
from tests.sources.make import NOW, answer, rss, state
from tests.sources.test_article import WORDS

SOURCE = Source(name="Example", url="https://example.org/feed", full_text=True)
KNOWN = state(declared_url=SOURCE.url, known=("https://example.org/old",))


def entry(name: str, days: float = 1) -> str:
    date = format_datetime(NOW - timedelta(days=days))
    return f"<guid>{name}</guid><title>{name}</title><link>https://example.org/{name}</link><pubDate>{date}</pubDate><description>A teaser.</description>"


def article(name: str) -> Response:
    page = f"<html><body><article><h1>{name}</h1><p>{WORDS}</p></article></body></html>"
    url = f"https://example.org/{name}"
    return replace(answer(page, url), request=Request(url=url, page=True))


def test_only_new_articles_are_asked_for() -> None:
    """As pages, for which robots.txt counts."""
    feed = answer(rss(entry("new"), entry("old")))

    assert sources.follow_requests(SOURCE, KNOWN, (feed,), NOW) == (Request(url="https://example.org/new", page=True),)
    assert sources.follow_requests(replace(SOURCE, full_text=False), KNOWN, (feed,), NOW) == ()


def test_the_first_visit_reads_news_and_no_history() -> None:
    """Ten years of posts are not read page by page; afterwards all of them are known."""
    feed = answer(rss(entry("news"), entry("history", days=400)))

    asked = sources.follow_requests(SOURCE, state(), (feed,), NOW)

    assert [request.url for request in asked] == ["https://example.org/news"]
    assert len(sources.parse(SOURCE, state(), (feed,), NOW).known) == 2


def test_a_visit_reads_so_many_and_the_next_goes_on() -> None:
    """What was not read stays unknown."""
    feed = answer(rss(*(entry(f"a{n}") for n in range(50))))

    first = sources.follow_requests(SOURCE, KNOWN, (feed,), NOW)
    after = replace(KNOWN, known=sources.parse(SOURCE, KNOWN, (feed,), NOW).known)
    second = sources.follow_requests(SOURCE, after, (feed,), NOW)

    assert len(first) == len(second) == ARTICLES_AT_MOST
    assert not set(first) & set(second)


def test_the_text_comes_from_the_article_and_the_rest_from_the_feed() -> None:
    """Id, title and date stay the feed's; what was not read is a teaser."""
    feed = answer(rss(entry("new"), entry("old")))

    parsed = sources.parse(SOURCE, KNOWN, (feed, article("new")), NOW)
    whole, teaser = parsed.items

    assert (whole.entry_id, whole.title, whole.summary) == ("new", "new", "A teaser.")
    assert whole.words > 200
    assert teaser.body == "A teaser."
    assert parsed.teasers == {teaser.item_id}


def test_a_page_shorter_than_the_feed_changes_nothing() -> None:
    """A login wall is not the text."""
    feed = answer(rss(entry("new").replace("A teaser.", WORDS)))
    wall = replace(article("new"), body=b"<html><body><p>Please subscribe to read on.</p></body></html>")

    [item] = sources.parse(SOURCE, KNOWN, (feed, wall), NOW).items

    assert "hard negatives" in item.body
