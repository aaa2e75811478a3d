"""The digest's own feed, read back by an XML parser and by a feed reader."""

from datetime import timedelta
from xml.etree import ElementTree

import feedparser
from hypothesis import given, settings
from lxml import html

from digest.records import Issue
from digest.render.atom import render_atom
from tests.render.make import issue, week
from tests.render.test_markdown import issues

NAMES = {"a": "http://www.w3.org/2005/Atom"}
TAGS = {"div", "p", "a", "span", "h2", "h3", "html", "body"}


def three() -> list[Issue]:
    return [issue(*week().picks, period=f"2026-W1{n}", built_at=week().built_at + timedelta(weeks=n)) for n in range(3)]


def texts(feed: str, path: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(feed).findall(path, NAMES)]


def test_a_feed_reader_reads_it() -> None:
    """Newest first, with titles, dates, links and the picks."""
    read = feedparser.parse(render_atom(three(), url="https://ada.example.org/digest/").encode())

    assert (read.bozo, read.version) == (False, "atom10")
    assert [entry.link for entry in read.entries] == [
        f"https://ada.example.org/digest/2026-W{week}.html" for week in (12, 11, 10)
    ]
    assert read.entries[0].title == "Ada’s digest · week 12 of 2026"
    assert "Hard negatives, part 1" in read.entries[0].content[0].value


def test_ids_never_change() -> None:
    """They do not depend on where the pages stand, nor on what else is in the feed."""
    everywhere = texts(render_atom(three(), url="https://ada.example.org/"), "a:entry/a:id")

    assert len(set(everywhere)) == 3
    assert texts(render_atom(three()[:1]), "a:entry/a:id") == everywhere[-1:]
    assert all(one.startswith("urn:uuid:") for one in everywhere)


def test_what_atom_requires_is_there() -> None:
    """Feed and entries have an id, a title and a moment; the feed has an author, and moves with its newest entry."""
    feed = render_atom(three())

    for path in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:entry/a:id", "a:entry/a:title"):
        assert all(texts(feed, path)), path
    assert texts(feed, "a:updated") == texts(feed, "a:entry/a:updated")[:1]


def test_an_empty_archive_is_a_feed() -> None:
    """Without entries, and the same each time."""
    assert feedparser.parse(render_atom([]).encode()).entries == []
    assert render_atom([]) == render_atom([])


def test_long_archives_are_cut() -> None:
    """Twenty issues are in the feed; the others stand in the pages."""
    many = [issue(period=f"2026-W{n:02}") for n in range(1, 31)]

    assert len(texts(render_atom(many), "a:entry/a:id")) == 20


@settings(max_examples=60)
@given(issues)
def test_hostile_text_is_text(made: Issue) -> None:
    """Any issue is well-formed XML, and the markup inside is ours alone."""
    feed = render_atom([made], url="https://ada.example.org/")
    (content,) = texts(feed, "a:entry/a:content")
    page = html.document_fromstring(f"<div>{content}</div>")

    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= TAGS
    assert all(link.get("href").startswith(("https://", "http://")) for link in page.iter("a"))
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on") or name == "src"]
