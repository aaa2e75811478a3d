import json

import pytest

from digest.errors import ParseError
from digest.sources import jsonfeed
from tests.sources.make import read_one


def feed(**item: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Example", "items": [item]})


def test_all_fields_of_an_entry() -> None:
    """Content, dates, authors, tags and attachments arrive."""
    item = read_one(
        feed(
            id=7,
            url="https://example.org/7",
            title="Seven & more",
            content_html="<p>The whole text</p>",
            summary="Short",
            date_published="2026-03-10T12:30:00Z",
            authors=[{"name": "Ada"}, {"name": "Grace"}],
            tags=["ml", 5],
            attachments=[{"url": "https://example.org/7.mp3", "duration_in_seconds": 62}],
        )
    )

    assert (item.entry_id, item.url, item.title) == ("7", "https://example.org/7", "Seven & more")
    assert (item.summary, item.text) == ("Short", "The whole text")
    assert (item.authors, item.tags, item.seconds) == (("Ada", "Grace"), ("ml",), 62)


def test_version_1_0_has_one_author() -> None:
    """The older form is read too."""
    assert read_one(feed(id="1", content_text="x", author={"name": "Ada"})).authors == ("Ada",)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"id": True},
        {"id": None, "title": 5, "url": [], "tags": "x", "authors": {}, "attachments": [1], "content_html": {}},
    ],
)
def test_fields_of_the_wrong_type_cost_only_themselves(fields: dict[str, object]) -> None:
    """An entry is kept whatever its fields hold."""
    assert read_one(feed(**fields)).title == ""


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"version": 5}', b'{"items": []}', b"[" * 100_000, b'{"a": ' * 5000])
def test_other_json_is_refused(data: bytes) -> None:
    """An API's answer is no feed."""
    with pytest.raises(ParseError, match="JSON"):
        jsonfeed.read(data)
