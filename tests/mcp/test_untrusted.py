"""Strangers' texts: nothing in them is unseen."""

import json
import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mcp.untrusted import random_mark, seen, seen_in


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a\u200bb", "a\\u200bb"),  # zero width
        ("a\u202eb", "a\\u202eb"),  # turns the line around
        ("a\U000e0041b", "a\\U000e0041b"),  # a tag, which is a letter to a model and nothing to a reader
        ("a\ufe0fb", "a\\ufe0fb"),  # variation selectors can carry bytes
        ("a\u3164b", "a\\u3164b"),  # a filler, a letter by its category
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\x00b", "a\\x00b"),
        ("a\udc00b", "a\\udc00b"),
        ("a\u2028b", "a\\u2028b"),
        ("a\rb", "a\\rb"),
    ],
)
def test_what_is_not_seen_is_shown(hidden: str, shown: str) -> None:
    """Whatever a reader would miss stands there as an escape."""
    assert seen(hidden) == shown


@pytest.mark.parametrize(
    "text", ["plain", "two\n\nparagraphs\tand a tab", "Dvořák, ℓ₀ ≤ √n, 検索, कुत्ता", "“quoted” 🙂"]
)
def test_what_is_seen_stays(text: str) -> None:
    """In any script, with its lines."""
    assert seen(text) == text


def test_line_ends_of_other_systems_are_line_ends() -> None:
    """A text from Windows is not full of escapes."""
    assert seen("a\r\nb") == "a\nb"


@given(st.text())
def test_any_text_can_be_sent_and_seen(text: str) -> None:
    """It is valid Unicode without controls, and showing it twice changes nothing."""
    shown = seen(text)

    shown.encode()
    assert not [letter for letter in shown if letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cf")]
    assert seen(shown) == shown


def test_values_become_json() -> None:
    """Moments in UTC, numbers that are none as null, texts shown at any depth, keys too."""
    made = seen_in(
        {
            "at": datetime(2026, 3, 1, tzinfo=UTC),
            "day": date(2026, 3, 1),
            "nan": float("nan"),
            "more": [("a\u200b",), {"k\u200b": None}],
        }
    )

    assert json.loads(json.dumps(made)) == {
        "at": "2026-03-01T00:00:00Z",
        "day": "2026-03-01",
        "nan": None,
        "more": [["a\\u200b"], {"k\\u200b": None}],
    }


def test_marks_are_not_foreseen() -> None:
    """Each answer has another."""
    assert len({random_mark() for _ in range(50)}) == 50
