"""The kinds that differ from a feed by their name alone: podcasts, and channels and playlists on YouTube."""

from datetime import UTC, datetime

import pytest

from digest import sources
from digest.records import Parsed, Source
from tests.sources.make import FEEDS, NOW, answer, atom, rss, state

ITUNES = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
EPISODE = (
    "<title>Episode</title><guid isPermaLink='false'>1</guid><itunes:duration>1:02:03</itunes:duration>"
    '<enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="1"/>'
)
POST = "<title>A post</title><guid>2</guid><link>https://example.org/2</link>"
SAMPLES = {"nightvale": 26 * 60 + 53, "anchorfm": 2227, "spiegel": 312}
CHANNEL = "UCA7LqFpF_Zlty4Yg2iGJppw"
FEED = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
VIDEOS = [
    "kagisearch+fastfeedparser__benchmark_data__1e4ab389e139d659",
    "kagisearch+fastfeedparser__benchmark_data__021a787a782817fc",
]


def parsed(body: str | bytes, kind: str = "") -> Parsed:
    source = Source(name="Example", url="https://example.org/feed", kind=kind)
    return sources.parse(source, state(), (answer(body),), NOW)


def test_a_feed_of_recordings_is_a_podcast() -> None:
    """Found out where no kind is declared; the declared one stands."""
    feed = rss(EPISODE, attributes=ITUNES)

    assert parsed(feed).kind == "podcast"
    assert [(item.kind, item.seconds) for item in parsed(feed).items] == [("podcast", 3723)]
    assert [item.url for item in parsed(feed).items] == ["https://example.org/1.mp3"]
    assert parsed(feed, "feed").items[0].kind == "feed"
    assert parsed(rss(POST), "podcast").items[0].kind == "podcast"


def test_a_blog_with_one_recording_is_none() -> None:
    """Most entries decide."""
    assert parsed(rss(EPISODE, POST, POST.replace("2", "3"), attributes=ITUNES)).kind == "feed"


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")
@pytest.mark.parametrize(("name", "seconds"), SAMPLES.items())
def test_real_podcasts(name: str, seconds: int) -> None:
    """Durations come as 26:53, 00:37:07 and plain seconds."""
    body = (FEEDS / "wild" / f"feed-rs+feed-rs__feed-rs__fixture__rss2__rss_2.0_{name}.xml").read_bytes()

    assert parsed(body).kind == "podcast"
    assert parsed(body).items[0].seconds == seconds


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (f"https://www.youtube.com/channel/{CHANNEL}", FEED),
        (FEED, FEED),
        (
            "https://www.youtube.com/playlist?list=PLx",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx",
        ),
        ("https://www.youtube.com/@someone", "https://www.youtube.com/@someone"),
    ],
)
def test_its_feed_is_known_by_its_address(url: str, asked: str) -> None:
    """Only the page of a handle has to be asked, for the channel it belongs to."""
    source = Source(name="Example", url=url)

    assert sources.kind_of(source, state()) == "youtube"
    assert [request.url for request in sources.first_requests(source, state(), NOW, NOW)] == [asked]


def test_a_handle_leads_to_its_channel() -> None:
    """The page names the channel, whose feed is followed; kind and address are remembered."""
    source = Source(name="Example", url="https://www.youtube.com/@someone")
    page = answer(f'<html><head><meta itemprop="identifier" content="{CHANNEL}"></head></html>', source.url)
    [request] = sources.follow_requests(source, state(), (page,), NOW)
    video = "<entry><id>yt:video:x</id><title>A talk</title><link href='https://www.youtube.com/watch?v=x'/></entry>"
    feed = answer(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Ada</title>{video}</feed>', FEED)

    parsed = sources.parse(source, state(), (page, feed), NOW)

    assert request.url == FEED
    assert (parsed.kind, parsed.url, parsed.title) == ("youtube", FEED, "Ada")
    assert [(item.kind, item.seconds) for item in parsed.items] == [("youtube", 0)]


def test_a_video_has_its_page_its_description_and_its_date() -> None:
    """The description lies in a group of the media vocabulary; how long it plays is not said."""
    video = (
        "<id>yt:video:x</id><title>A talk</title><link rel='alternate' href='https://www.youtube.com/watch?v=x'/>"
        "<published>2026-03-20T15:00:00+00:00</published>"
        "<media:group><media:title>A talk</media:title><media:description>How tides are measured.</media:description>"
        "</media:group>"
    )
    body = atom(video, attributes=' xmlns:media="http://search.yahoo.com/mrss/"')

    [item] = sources.parse(Source(name="Example", url=FEED), state(), (answer(body, FEED),), NOW).items

    assert (item.kind, item.url, item.seconds) == ("youtube", "https://www.youtube.com/watch?v=x", 0)
    assert item.body == "How tides are measured."
    assert item.published_at == datetime(2026, 3, 20, 15, tzinfo=UTC)


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")
@pytest.mark.parametrize("name", VIDEOS)
def test_real_channels(name: str) -> None:
    """Every video has its page, its description and its date; how long it plays is not said."""
    body = (FEEDS / "wild" / name).read_bytes()

    items = sources.parse(Source(name="Example", url=FEED), state(), (answer(body, FEED),), NOW).items

    assert len(items) == 15
    assert all(item.url.startswith("https://www.youtube.com/") for item in items)
    assert all(item.kind == "youtube" and item.published_at and item.seconds == 0 for item in items)
    assert any(item.words > 20 for item in items)
