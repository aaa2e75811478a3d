"""Every parser on bytes that strangers choose: what leaves is a result or a ParseError of one line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.records import Response, Source
from digest.sources import KINDS, follow_requests, parse
from digest.sources.article import read_article
from digest.sources.discovery import feed_candidates, parse_page
from digest.sources.opml import read_opml
from digest.sources.polling_hints import hints
from digest.sources.references import read_references
from tests.attacks.test_poisoned_visits import POISON
from tests.sources.make import NOW, answer, state

#: the beginnings by which a parser is chosen; what follows is arbitrary
BEGINNINGS = (
    *(b"", b"<rss><channel><item>", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", b"<html><body><a href=/a/b>"),
    *(b"<urlset><url><loc>", b"<opml><body><outline ", b"\x1f\x8b\x08\x00", b"\xff\xfe<\x00r\x00", b"TY  - JOUR\n"),
    *(
        b'{"version": "https://jsonfeed.org/version/1", "items": [',
        b"@article{",
        b"<!DOCTYPE rss [",
        b'"Key","Title"\n',
    ),
    *(
        b"From: ",
        b"Subject: =?utf-8?b?",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=",
        b"[{",
        b"Subject: x\n\n",
    ),
)
ANY = st.builds(bytes.__add__, st.sampled_from(BEGINNINGS), st.binary(max_size=200)) | st.sampled_from(
    [*POISON.values()]
)


@pytest.mark.parametrize("kind", KINDS)
@given(bodies=st.lists(ANY, min_size=1, max_size=3))
def test_every_kind_of_source(kind: str, bodies: list[bytes]) -> None:
    """Its follow-up requests, and its items."""
    source = Source(name="Example", url="https://example.org/feed", kind=kind, full_text=True)
    answers: tuple[Response, ...] = tuple(answer(body) for body in bodies)
    for read in (follow_requests, parse):
        line = "Example: "
        try:
            read(source, state(), answers, NOW)
        except ParseError as error:
            line = str(error)
        assert line.startswith("Example: ")
        assert "\n" not in line


@given(body=ANY)
def test_everything_that_is_read_besides(body: bytes) -> None:
    """Lists of feeds, references, articles, pages, hints."""
    with suppress(ParseError):
        read_opml(body)
    with suppress(ParseError):
        read_references(body, NOW)
    read_article(answer(body), "Example", NOW)
    feed_candidates(parse_page(body), "https://example.org/")
    hints(body)
