import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.sources.opml import Subscription, read_opml, write_opml
from tests.sources.make import FEEDS, NOW

LIST = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Letter"><outline text="Papers"><outline type="rss" text="Ada &amp; co" xmlUrl="https://example.org/a"/></outline></outline>
<outline xmlUrl="https://www.example.com/b"/>
<outline text="Again" xmlUrl="https://example.org/a"/>
<outline text="Command" xmlUrl="|~/fetch.py"/>
</body></opml>"""


def test_folders_names_and_repetitions() -> None:
    """Folders from the outside in, the host where there is no name, each address once, no commands."""
    assert read_opml(LIST.encode()) == (
        Subscription(name="Ada & co", url="https://example.org/a", folders=("Letter", "Papers")),
        Subscription(name="example.com", url="https://www.example.com/b"),
    )


def test_lists_that_are_not_well_formed() -> None:
    """Bare ampersands are the rule rather than the exception."""
    body = '<opml><body><outline text="R&D — Zürich" xmlUrl="https://example.org/?a=1&b=2"></body></opml>'

    assert read_opml(body.encode()) == (Subscription(name="R&D — Zürich", url="https://example.org/?a=1&b=2"),)


def test_names_are_made_distinct() -> None:
    """Sources are told apart by them."""
    body = (
        '<opml><body><outline text="A" xmlUrl="https://a.org"/><outline text="A" xmlUrl="https://b.org"/></body></opml>'
    )

    assert [one.name for one in read_opml(body.encode())] == ["A", "A (2)"]


@pytest.mark.parametrize("data", [b"", b"words", b"<html></html>", b"{}", b"<rss/>"])
def test_other_documents_are_refused(data: bytes) -> None:
    """Rather than read as an empty list."""
    with pytest.raises(ParseError, match="OPML"):
        read_opml(data)


names = st.text(
    st.characters(codec="ascii", exclude_categories=["C", "Z"]) | st.sampled_from("éЖ日👩"), min_size=1, max_size=20
)


@given(st.lists(st.tuples(names, st.lists(names, max_size=3)), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, list[str]]]) -> None:
    """Names, addresses and folders survive the way there and back."""
    written = [
        Subscription(name=f"{number} {name}", url=f"https://example.org/{number}?a=1&b=<2>", folders=tuple(folders))
        for number, (name, folders) in enumerate(rows)
    ]

    assert set(read_opml(write_opml(written, title="Mine", now=NOW))) == set(written)


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded lists are not here")
def test_recorded_lists() -> None:
    """Every list gives the feeds that its index counts, except for repetitions and commands."""
    rows = [json.loads(line) for line in (FEEDS / "opml" / "index.jsonl").read_text().splitlines()]
    lists = [row for row in rows if row["kind"].startswith("opml")]
    differing = {}
    for row in lists:
        found = len(read_opml((FEEDS / "opml" / row["file"]).read_bytes()))
        if found != row["feeds"]:
            differing[row["file"].rpartition("__")[2]] = row["feeds"] - found

    assert len(lists) == 70
    assert differing == {
        "engineering_blogs.opml": 2,  # two addresses are there twice
        "Android_Development.opml": 1,  # one is there twice
        "Economy.opml": 1,  # one is there twice
        "Programming.opml": 1,  # one is there twice
        "piped.opml": 1,  # one is a command to run
    }
