import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.discovery import FeedCandidate, feed_candidates, feed_of_site, parse_page

URL = "https://example.org/blog/"


def certain(html: str, url: str = URL) -> list[str]:
    return [candidate.url for candidate in feed_candidates(parse_page(html.encode()), url) if candidate.certain]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" href="/f">',
        '<LINK REL=" foo ALTERNATE bar" TYPE=" Application/ATOM+xml " HREF=" /f ">',
        '<link rel=alternate type="application/feed+json" href="//example.org/f">',
        '<link rel="alternate" type="application/json; charset=utf-8" href="https://example.org/f">',
        '<link rel="feed" href="../f">',
    ],
)
def test_links_as_browsers_see_them(link: str) -> None:
    """The relation is a list of words, case and spaces make no difference."""
    assert certain(f"<html><head>{link}</head></html>") == ["https://example.org/f"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="stylesheet" type="text/css" href="/f">',
        '<link rel="disabled-alternate" type="application/rss+xml" href="/f">',
        '<link rel="alternate" type="text/html" href="/f">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/f"> -->',
    ],
)
def test_what_is_no_feed_link(link: str) -> None:
    """Other relations, other types, WordPress's interface, and comments."""
    assert certain(f"<html><head>{link}</head></html>") == []


def test_order_and_repetitions() -> None:
    """The first is the default, comments come last, each address once."""
    names = ("comments/feed/", "feed/", "feed/", "atom/")
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{name}" title="{name}">' for name in names)

    assert certain(links) == [URL + "feed/", URL + "atom/", URL + "comments/feed/"]


def test_the_base_element_counts() -> None:
    """Addresses are relative to it."""
    html = '<base href="https://example.com/x/"><link rel="alternate" type="application/rss+xml" href="f">'

    assert certain(html) == ["https://example.com/x/f"]


def test_anchors_and_known_places_come_after_links() -> None:
    """One on the same site is followed, a friend's is offered, a guess is a guess."""
    html = (
        '<link rel="alternate" type="application/atom+xml" href="/a" title="Posts">'
        '<a href="/rss.xml">RSS</a><a href="https://friend.example/feed.xml">A friend</a><a href="/feedback">No</a>'
    )
    candidates = feed_candidates(parse_page(html.encode()), URL)

    assert candidates[:3] == (
        FeedCandidate("https://example.org/a", "Posts", "application/atom+xml"),
        FeedCandidate("https://example.org/rss.xml", "RSS"),
        FeedCandidate("https://friend.example/feed.xml", "A friend", certain=False),
    )
    assert not any(candidate.certain for candidate in candidates[3:])
    assert "https://example.org/blog/index.xml" in [candidate.url for candidate in candidates]


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        ("https://www.youtube.com/channel/UCabc", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc"),
        ("https://youtube.com/playlist?list=PLx&si=y", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx"),
        ("https://github.com/ada/engine/releases", "https://github.com/ada/engine/releases.atom"),
        ("https://github.com/sponsors/ada", ""),
        ("https://github.com/ada", ""),
        ("https://old.reddit.com/r/MachineLearning/", "https://www.reddit.com/r/MachineLearning/.rss"),
        ("https://news.ycombinator.com", "https://news.ycombinator.com/rss"),
        ("https://arxiv.org/list/cs.LG/recent", "https://rss.arxiv.org/rss/cs.LG"),
        ("https://example.org/channel/UCabc", ""),
        ("https://[bad", ""),
    ],
)
def test_sites_with_known_feeds(url: str, feed: str) -> None:
    """Their pages need not be loaded at all."""
    assert feed_of_site(url) == feed


def test_a_youtube_handle_names_its_channel() -> None:
    """In the metadata of its page."""
    channel = "UC" + "x" * 22
    html = f'<meta itemprop="identifier" content="{channel}">'

    assert certain(html, "https://www.youtube.com/@ada") == [
        f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
    ]
    assert certain(html) == []


SHARDS = [
    b"<link rel=alternate type=application/rss+xml href=", b"<a href=", b"javascript:alert(1)", b"/feed", b"//x.example/rss.xml",
    b"data:text/xml,x", b'"', b">", b"<base href=", b"https://a.example/", b"\x00", b"\xff", b" ",
]  # fmt: skip


@given(st.lists(st.sampled_from(SHARDS) | st.binary(max_size=5), max_size=12), st.text(max_size=30))
def test_hostile_pages_name_web_addresses_or_none(shards: list[bytes], url: str) -> None:
    """Whatever a page names for certain can be asked for."""
    page = b"<a href=/rss.xml>RSS</a>".join([b"".join(shards), b""])

    certain = [
        candidate.url
        for candidate in feed_candidates(parse_page(page), f"https://example.org/{url}")
        if candidate.certain
    ]

    assert all(found.lower().startswith(("http://", "https://")) for found in certain)


def test_an_address_that_is_none_is_no_candidate() -> None:
    """The rule above has something to hold against."""
    page = b"<link rel=alternate type=application/rss+xml href='javascript:alert(1)'><link rel=alternate type=application/rss+xml href='/a'>"

    certain = [
        candidate.url for candidate in feed_candidates(parse_page(page), "https://example.org/") if candidate.certain
    ]

    assert certain == ["https://example.org/a"]
