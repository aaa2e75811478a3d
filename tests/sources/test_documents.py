"""Small documents of every form beside what they should give; test_wild.py asks the same of recorded ones."""

import gzip
import tomllib
from pathlib import Path

import pytest

from digest.errors import ParseError
from digest.records import Item
from digest.sources import feedparser_reader, lxml_reader
from digest.sources.document import FeedDocument
from digest.sources.feed import FEED
from digest.sources.items import items_of
from digest.sources.sniffing import utf8
from tests.sources.make import NOW, answer, source, state

FOLDER = Path(__file__).parent / "documents"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
TITLES: dict[str, list[str]] = EXPECTED["titles"]
REFUSED: dict[str, str] = EXPECTED["refused"]

#: what both readers understand: well-formed XML of the usual vocabularies
WELL_FORMED = ("rss.xml", "atom.xml", "rdf.xml", "repeated.xml", "latin1.xml")


def read(body: bytes) -> tuple[Item, ...]:
    return FEED.parse(source(), state(), (answer(body, media="application/xml"),), NOW).items


def test_every_document_has_its_expectation() -> None:
    """None lies there unread, and none is expected twice."""
    names = {path.name for path in FOLDER.iterdir()} - {"expected.toml"}

    assert names == TITLES.keys() | REFUSED.keys()
    assert not TITLES.keys() & REFUSED.keys()


@pytest.mark.parametrize("name", TITLES)
def test_every_entry_is_an_item(name: str) -> None:
    """With its title as text, and an id that no other item of the document has."""
    items = read((FOLDER / name).read_bytes())

    assert [item.title for item in items] == TITLES[name]
    assert len({item.entry_id for item in items}) == len(items)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_refused(name: str) -> None:
    """The refusal says what the document is instead."""
    with pytest.raises(ParseError) as caught:
        read((FOLDER / name).read_bytes())

    assert str(caught.value).endswith(f" {REFUSED[name]}")


@pytest.mark.parametrize("name", WELL_FORMED)
def test_both_readers_agree(name: str) -> None:
    """The fast one finds what feedparser finds, to the last field."""
    data = utf8((FOLDER / name).read_bytes(), {})
    fast, slow = lxml_reader.read(data), feedparser_reader.read(data)

    assert fast is not None
    assert slow is not None
    assert made_of(fast) == made_of(slow) != ()


def made_of(document: FeedDocument) -> tuple[Item, ...]:
    return items_of(document, source="s", base="https://example.org/", now=NOW)[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_encodings_without_a_declaration(encoding: str) -> None:
    """A byte order mark, or every second byte zero, says it as well."""
    text = (FOLDER / "repeated.xml").read_text(encoding="utf-8")

    assert [item.title for item in read(text.encode(encoding))] == TITLES["repeated.xml"]


def test_a_gzip_file_is_unpacked() -> None:
    """Some servers hand out a file that is packed, and not a packed answer."""
    assert [item.title for item in read(gzip.compress((FOLDER / "rss.xml").read_bytes()))] == TITLES["rss.xml"]
