"""The kind "podcast": its playing time is its reading time."""

import pytest

from digest import sources
from digest.records import Parsed, Source
from tests.sources.make import FEEDS, NOW, answer, rss, state

ITUNES = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
EPISODE = (
    "<title>Episode</title><guid isPermaLink='false'>1</guid><itunes:duration>1:02:03</itunes:duration>"
    '<enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="1"/>'
)
POST = "<title>A post</title><guid>2</guid><link>https://example.org/2</link>"
SAMPLES = {"nightvale": 26 * 60 + 53, "anchorfm": 2227, "spiegel": 312}


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


@pytest.mark.parametrize(("told", "seconds"), [("26:53", 1613), ("00:37:07", 2227), ("312", 312), ("soon", 0)])
def test_durations(told: str, seconds: int) -> None:
    """Minutes and seconds, hours too, or plain seconds; what is none of these is not known."""
    [item] = parsed(rss(EPISODE.replace("1:02:03", told), attributes=ITUNES)).items

    assert item.seconds == seconds


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")
@pytest.mark.parametrize(("name", "seconds"), SAMPLES.items())
def test_real_podcasts(name: str, seconds: int) -> None:
    """Durations come as 26:53, 00:37:07 and plain seconds."""
    body = (FEEDS / "wild" / f"feed-rs+feed-rs__feed-rs__fixture__rss2__rss_2.0_{name}.xml").read_bytes()

    assert parsed(body).kind == "podcast"
    assert parsed(body).items[0].seconds == seconds
