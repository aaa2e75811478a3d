"""The digest as data."""

import json
from typing import Any

from hypothesis import given, settings

from digest.records import Issue, Wanting
from digest.render.digest_json import render_json
from tests import make
from tests.render.make import issue, week
from tests.render.test_markdown import issues


def test_what_a_program_finds() -> None:
    """Issues newest first, with picks, connections, themes and near misses."""
    document = json.loads(render_json([week(), make.issue(period="2026-W13")]))
    newest = document["issues"][0]
    (found,) = newest["picks"]

    assert [one["period"] for one in document["issues"]] == ["2026-W13", "2026-W12"]
    assert (found["pass"], found["on_question"], found["connections"][0]["relation"]) == (2, True, "repeats")
    assert newest["themes"][0]["term"] == "hard negatives"
    assert newest["near_misses"][0]["missing"] == "0.1 more relevance"
    assert newest["foundation"]["leaning"] == [found["item_id"]]
    assert newest["ends_at"] == "2026-03-23T07:00:00Z"


def test_what_is_unknown_is_null() -> None:
    """No empty string and no zero stands for what nobody knows."""
    document = json.loads(render_json([issue()]))

    assert document["issues"][0]["first"] is None
    assert document["issues"][0]["foundation"] is None
    assert document["issues"][0]["wanting"] is None


def test_an_issue_that_wants_says_what() -> None:
    """What came nearest and what could be added, for the renderers to show."""
    made = issue(seen=9, wanting=Wanting(nearest="Almost", relevance=2.5, floor=4.0, add=("paged cache",)))

    assert json.loads(render_json([made]))["issues"][0]["wanting"] == {
        "nearest": "Almost",
        "relevance": 2.5,
        "floor": 4.0,
        "add": ["paged cache"],
    }


def addresses(value: Any) -> list[str]:  # noqa: ANN401 - what JSON holds
    """Every address anywhere in a document."""
    if isinstance(value, dict):
        own = [value["url"]] if value.get("url") else []
        return own + [address for part in value.values() for address in addresses(part)]
    return [address for part in value for address in addresses(part)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:  # noqa: ANN401 - what JSON holds
    """Every text anywhere in a document."""
    if isinstance(value, dict | list):
        return [text for part in (value.values() if isinstance(value, dict) else value) for text in texts(part)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=60)
@given(issues)
def test_hostile_text_is_text(made: Issue) -> None:
    """Any issue is valid JSON in valid UTF-8, one line a text, and every address leads to the web."""
    text = render_json([made])
    document = json.loads(text.encode())

    assert all(address.startswith(("https://", "http://")) for address in addresses(document))
    assert "\\u0000" not in text
    assert not any("\n" in one for one in texts(document))
