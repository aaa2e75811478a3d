"""The kind "reddit": links to articles elsewhere, and texts of its own."""

from html import escape

import pytest

from digest import sources
from digest.records import Item, Source
from tests.sources.make import FEEDS, NOW, answer, atom, state

TALK = "https://www.reddit.com/r/ml/comments/1/a_title/"
FEED = "https://www.reddit.com/r/ml/.rss"


def read(link: str, text: str = "") -> Item:
    content = f'{text} submitted by &#32; <a href="https://www.reddit.com/user/ada"> /u/ada </a> <br/> <span><a href="{escape(link)}">[link]</a></span> &#32; <span><a href="{TALK}">[comments]</a></span>'
    entry = f"<id>t3_1</id><title>A title</title><link href='{TALK}'/><content type='html'>{escape(content)}</content>"
    [item] = sources.parse(Source(name="Example", url=FEED), state(), (answer(atom(entry), FEED),), NOW).items
    return item


@pytest.mark.parametrize(
    "url", ["https://www.reddit.com/r/ml/", "https://old.reddit.com/r/ml", "https://reddit.com/r/ml/top"]
)
def test_its_feed_is_known_by_its_address(url: str) -> None:
    """Of a board in any of its dresses."""
    source = Source(name="Example", url=url)

    assert sources.kind_of(source, state()) == "reddit"
    assert [request.url for request in sources.first_requests(source, state(), NOW, NOW)] == [FEED]


def test_a_link_to_an_article_is_the_article() -> None:
    """Its talk is kept, and a paper is known as one."""
    item = read("https://arxiv.org/abs/2603.00001?a=1&b=2")

    assert (item.url, item.discussion) == ("https://arxiv.org/abs/2603.00001?a=1&b=2", TALK)
    assert (item.kind, item.arxiv_id, item.body) == ("reddit", "2603.00001", "")


@pytest.mark.parametrize("link", [TALK, "https://i.redd.it/x.png", "https://v.redd.it/x", "javascript:alert(1)"])
def test_a_text_or_picture_of_its_own_is_the_talk(link: str) -> None:
    """There is nothing else to read; who submitted it is no part of the text."""
    item = read(link, "<p>What do you think of hard negatives?</p>")

    assert (item.url, item.discussion) == (TALK, "")
    assert item.body == "What do you think of hard negatives?"


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")
def test_a_real_board() -> None:
    """Its posts are texts of its own, pictures and links elsewhere."""
    body = (FEEDS / "wild" / "feed-rs+feed-rs__feed-rs__fixture__atom__atom_mediarss_reddit_1.xml").read_bytes()

    items = sources.parse(Source(name="Example", url=FEED), state(), (answer(body, FEED),), NOW).items

    assert len(items) == 25
    assert all(item.kind == "reddit" and "[comments]" not in item.body for item in items)
    assert all(item.discussion != item.url for item in items)
