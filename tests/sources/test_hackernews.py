"""The kind "hackernews": an item is the article, and the talk is kept beside it."""

import pytest

from digest import sources
from digest.compose.deduplication import keys_of
from digest.records import Item, Source
from tests.sources.make import FEEDS, NOW, answer, rss, state

TALK = "https://news.ycombinator.com/item?id=1"
ARTICLE = "https://example.org/blog/a"


def read(*items: str) -> tuple[Item, ...]:
    source = Source(name="Example", url="https://news.ycombinator.com/rss")
    return sources.parse(source, state(), (answer(rss(*items), source.url),), NOW).items


@pytest.mark.parametrize(
    "url", ["https://news.ycombinator.com/", "https://hnrss.org/best", "https://news.ycombinator.com/rss"]
)
def test_it_is_known_by_its_address(url: str) -> None:
    """The site's own feed, and the mirror that many use."""
    assert sources.kind_of(Source(name="Example", url=url), state()) == "hackernews"


def test_the_site_s_own_feed() -> None:
    """Its description is a bare link to the comments, which is no text."""
    [item] = read(
        f'<title>A</title><link>{ARTICLE}</link><comments>{TALK}</comments><description><![CDATA[<a href="{TALK}">Comments</a>]]></description>'
    )

    assert (item.kind, item.url, item.discussion, item.body) == ("hackernews", ARTICLE, TALK, "")


def test_the_mirror_s_counts_are_no_text() -> None:
    """Points and addresses are dropped; what an author wrote stays."""
    counts = f'<p>Article URL: <a href="{ARTICLE}">{ARTICLE}</a></p><p>Comments URL: <a href="{TALK}">{TALK}</a></p><p>Points: 3</p><p># Comments: 0</p>'
    posted, asked = read(
        f"<title>A</title><link>{ARTICLE}</link><guid isPermaLink='false'>{TALK}</guid><description><![CDATA[{counts}]]></description>",
        f"<title>Ask</title><link>{TALK}</link><description><![CDATA[<p>How do you do it?</p><p>Comments URL: {TALK}</p>]]></description>",
    )

    assert (posted.discussion, posted.body) == (TALK, "")
    assert (asked.url, asked.discussion, asked.body) == (TALK, "", "How do you do it?")


def test_it_is_the_same_work_as_the_article() -> None:
    """By its address, so that a digest shows them once."""
    [item] = read(f"<title>A</title><link>{ARTICLE}?utm_source=hn</link><comments>{TALK}</comments>")
    blog = Item(source="Blog", kind="feed", entry_id="1", url=ARTICLE, title="Another title")

    assert set(keys_of(item).strong) & set(keys_of(blog).strong)


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")
def test_real_stories() -> None:
    """Fifty of one day, each with its article and its talk."""
    [path] = (FEEDS / "wild" / "series").glob("*hackernews_best_stories.xml@2026-03-13*")
    source = Source(name="Example", url="https://hnrss.org/best")

    items = sources.parse(source, state(), (answer(path.read_bytes(), source.url),), NOW).items

    assert len(items) == 50
    assert all((item.discussion or item.url).startswith("https://news.ycombinator.com/item?id=") for item in items)
    assert sum(1 for item in items if item.discussion) >= 45
    assert all("Score:" not in item.body for item in items)
