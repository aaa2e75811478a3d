"""574 recorded documents: every entry that another parser finds is an item, and both our readers agree."""

import json
import re
from functools import cache
from typing import Any

import pytest

from digest.errors import ParseError
from digest.records import Item, Response
from digest.sources import feedparser_reader, lxml_reader
from digest.sources.document import FeedDocument
from digest.sources.feed import FEED
from digest.sources.items import items_of
from digest.sources.sniffing import utf8
from tests.sources.make import FEEDS, NOW, answer, source, state

pytestmark = pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")

#: the recordings are newer than the usual clock of these tests
LATER = NOW.replace(year=2027)

#: where our number of items is not feedparser's number of entries: feedparser's, ours, and why
DIFFERING = {
    "jsonfeed_example_1.json": (0, 2, "feedparser does not read JSON Feed"),
    "empty.json": (0, 1, "feedparser does not read JSON Feed"),
    "compressed.xml": (0, 10, "a gzip file, which the index did not unpack"),
    "feed-utf16be.xml": (0, 1, "UTF-16 without mark or declaration"),
    "7ef13a42fa7e177a": (0, 34, "a prefix that nobody declared; one of 35 entries is repeated"),
    "malformed_rss_namespaced.xml": (0, 2, "a prefix that nobody declared"),
    "72fea1ebfd02e90a": (20, 11, "repetitions with the same id and title"),
    "feed_paulgraham.xml": (231, 228, "repetitions with the same id and title"),
    "feed_windsurf_changelog.xml": (118, 115, "repetitions with the same id and title"),
    "claude-blog.xml": (20, 10, "repetitions with the same id and title"),
    "illegally-nested.xml": (20, 11, "ten items each lie in an empty one; those ten are one"),
}

#: what is no feed, and what its refusal says
REFUSED = {
    "empty_feed.xml": "the answer is empty",
    "xml_sample_1.xml": "is XML of another kind (<catalog>), not a feed",
    "iso88591.xml": "is XML of another kind (<note>), not a feed",
    "iso88591_utf8_mismatch.xml": "is XML of another kind (<note>), not a feed",
    "notafeed.html": "is an HTML page, and no feed could be found from it",
    "sitemap.xml": "is a sitemap, not a feed",
    "sitemap2.xml": "is a sitemap, not a feed",
    "hf_models.json": "is JSON but not a JSON Feed",
    "hf_papers.json": "is JSON but not a JSON Feed",
}

#: where the two readers make different items, and why ours stands
DISAGREEING = {
    "atom10_feed_entry_content_html_div_escaped_markup.xml": "feedparser undoes an escape too many, for an old TypePad",
    "entry_id_xml_base.xml": "an id is a name; feedparser resolves it like an address",
    "issue_217_enclosure_children.xml": "feedparser takes the title of the enclosure for the item's",
    "rdf_item_links.xml": "of several links feedparser takes the last",
    "feed_item_links_-_rss_channel_item_links.xml": "of several links feedparser takes the last",
    "feed_item_fallbacks_-_rss_channel_item_extensions.xml": "the order of tags",
    "rss_2.0_anchorfm.xml": "feedparser takes the second of two descriptions for the content",
    "rss_2.0_nightvale.xml": "feedparser takes the second of two descriptions for the content",
    "rss_2.0_relurl_1.xml": "feedparser cuts a mail address with a long ending in two",
    "14333881097406c7": "feedparser takes a picture's caption for the summary",
    "78f77fae2e1ffc14": "feedparser takes a picture's caption for the summary",
}


@cache
def rows() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (FEEDS / "wild" / "index.jsonl").read_text().splitlines())


def short(row: dict[str, Any]) -> str:
    return str(row["file"]).rpartition("__")[2]


def response(row: dict[str, Any]) -> Response:
    return answer((FEEDS / "wild" / row["file"]).read_bytes(), media="application/xml")


@cache
def outcomes() -> dict[str, tuple[Item, ...] | str]:
    """Items, or the refusal, of every document by its file name."""
    return {row["file"]: read(row) for row in rows()}


def read(row: dict[str, Any]) -> tuple[Item, ...] | str:
    try:
        return FEED.parse(source(), state(), (response(row),), LATER).items
    except ParseError as error:
        return str(error).partition("/feed ")[2]


def test_every_entry_is_an_item() -> None:
    """The numbers are feedparser's, except for the documents listed above."""
    differing = {}
    for row in rows():
        found = outcomes()[row["file"]]
        expected = row.get("feedparser_6_0_14", {}).get("entries") or 0
        number = 0 if isinstance(found, str) else len(found)
        if number != expected:
            differing[short(row)] = (expected, number)

    assert len(rows()) == 574
    assert differing == {name: numbers[:2] for name, numbers in DIFFERING.items()}


def test_only_what_is_no_feed_is_refused() -> None:
    """Each refusal says what the document is instead; recorded API calls are JSON around a feed."""
    refused = {
        short(row): found
        for row in rows()
        if isinstance(found := outcomes()[row["file"]], str) and "cassette" not in row["kind"]
    }

    assert refused == REFUSED


def test_ids_are_unique_within_a_document() -> None:
    """The archive keys items by them."""
    for found in outcomes().values():
        if not isinstance(found, str):
            assert len({item.entry_id for item in found}) == len(found)


@pytest.mark.slow
def test_both_readers_agree() -> None:
    """The fast one is no other opinion than feedparser's, except where that is listed."""
    disagreeing = set()
    compared = 0
    for row in rows():
        if isinstance(outcomes()[row["file"]], str) or row["kind"] == "jsonfeed":
            continue
        one = response(row)
        data = utf8(one.body, one.headers).lstrip()
        fast = lxml_reader.read(data)
        if fast is not None:
            slow = feedparser_reader.read(data) or FeedDocument()
            compared += len(fast.entries)
            if made_of(fast) != made_of(slow):
                disagreeing.add(short(row))

    assert compared > 6_800
    assert disagreeing == set(DISAGREEING)


def made_of(document: FeedDocument) -> tuple[Item, ...]:
    return items_of(document, source="s", base="https://example.org/", now=LATER)[0]


def test_other_parsers_find_the_same_entries_and_titles() -> None:
    """gofeed, feed-rs and fastfeedparser say what they expect; their titles may keep markup, ours do not."""
    compared = 0
    for row in rows():
        found = outcomes()[row["file"]]
        name = row.get("expected")
        if not isinstance(name, str) or not name.endswith(".json") or isinstance(found, str):
            continue  # a few expect mails
        expected = json.loads((FEEDS / "wild" / name).read_text())
        entries = expected.get("items") or expected.get("entries") or []
        assert len(entries) == len(found), row["file"]
        for entry, item in zip(entries, found, strict=True):
            title = entry.get("title") or ""
            text = " ".join((title["content"] if isinstance(title, dict) else title).split())
            assert item.title == text or re.search(r"[<&]", text), row["file"]
            compared += 1

    assert compared == 300
