"""A poll comes to its next owner as it was, without secrets."""

from dataclasses import replace

import httpx2
import pytest

from digest.fetch.handed_polls import dump, load
from digest.fetch.request_steps import Poll, StepResult
from digest.records import Request, Source, SourceState

POLL = Poll(
    source=Source(name="A", url="https://a.example/feed", headers_env=(("X-Key", "A_KEY"),)),
    state=SourceState(source="A", etag='"1"', known=("https://a.example/1",)),
    requests=(Request(url="https://a.example/feed", etag='"1"'),),
    rules={"https://a.example/robots.txt": None, "https://b.example/robots.txt": "Disallow:"},
)
ANSWER = StepResult(
    status=200, headers={"etag": '"2"'}, body=b"\x00\xff\n<rss/>", wire_bytes=9, started=1.5, ended=2.25
)


def test_it_comes_as_it_was() -> None:
    """Source, state, requests, every answer with its bytes, and the rules it went by."""
    poll = replace(POLL, heard={"https://a.example/feed": ANSWER, "https://a.example/b": StepResult(error="cut off")})

    assert load(dump(poll)) == poll


def test_a_redirect_leads_where_it_led() -> None:
    """With the headers that go along, but for the source's secret ones."""
    following = httpx2.Request("GET", "https://b.example/x?y=1", headers={"If-None-Match": '"1"', "x-key": "s3cret"})
    moved = StepResult(status=302, next_request=following)
    poll = replace(POLL, heard={"https://a.example/feed": moved}, headers={"X-Key": "s3cret"})

    data = dump(poll)
    found = load(data).heard["https://a.example/feed"].next_request

    assert b"s3cret" not in data
    assert found is not None
    assert (str(found.url), found.headers["if-none-match"]) == ("https://b.example/x?y=1", '"1"')
    assert "x-key" not in found.headers


@pytest.mark.parametrize("data", [b"", b"{}", dump(POLL)[:-20]])
def test_what_is_damaged_is_a_value_error(data: bytes) -> None:
    """Which the caller names the file of."""
    with pytest.raises(ValueError):
        load(data)
