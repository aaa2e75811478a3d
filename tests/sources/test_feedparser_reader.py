import pytest

from digest.errors import ParseError
from digest.sources import feedparser_reader
from tests.sources.make import rss


def test_broken_documents_give_what_can_be_read_and_say_what_is_wrong() -> None:
    """An unclosed tag costs no entry."""
    document = feedparser_reader.read(rss("<title>One & two</title>", "<title>Three").encode())

    assert document is not None
    assert len(document.entries) == 2
    assert document.remarks[0].startswith("is not well-formed XML")


def test_what_is_no_feed_is_none() -> None:
    """feedparser never complains, so the version and the entries have to."""
    assert feedparser_reader.read(b"<html><body>Hello</body></html>") is None
    assert feedparser_reader.read(b"") is None
    assert feedparser_reader.read(b"just words") is None


@pytest.mark.parametrize("data", [b"<rss>" + b"<a>" * 500_000, b"<rss " + b"a='1' " * 500 + b">"])
def test_what_would_take_for_ever_is_refused(data: bytes) -> None:
    """feedparser's time grows with the tags, and with the square of a tag's attributes."""
    with pytest.raises(ParseError, match="too large"):
        feedparser_reader.read(data)
