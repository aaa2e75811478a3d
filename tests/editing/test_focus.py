"""Changing [focus]: the new values are read back as they were typed, and all else stays byte for byte."""

import tomllib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editing import FocusEdit, set_focus
from digest.errors import ConfigError
from tests.strategies import TEXT

FILE = """\
# My sources
[learner]
name = "Ada"

[focus]   # what I read for
# In my own words.
statement = "I build search."   # the gist
#lean = "balanced"               # or "letter"
topics = [  # by hand
    "bm25",  # the old one
    # still to sort:
    'hard "negatives"',

    "rerankers"
]
mute = ["sponsored"]

# What I build.
[focus.project]
name = "Notes"

[[sources]]
name = "First"
url = "https://first.example.org/feed"
"""
SAME = FocusEdit(
    statement="I build search.", lean="balanced", topics=("bm25", 'hard "negatives"', "rerankers"), avoid=()
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ['"""', "'''", "\\", 'a\n"""\nb', "\r\n", '"', "# no comment", "a\n\n  b  \n", "\x00\x7f", "\u2028"]
)


def edited(text: str, edit: FocusEdit) -> str:
    return set_focus(text, edit, where="sources.toml")


def comments(text: str) -> list[str]:
    return [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]


def test_nothing_changed_is_the_same_text() -> None:
    """A list in another form, or a lean that is only the default, is no change."""
    assert edited(FILE, SAME) == FILE


@given(st.builds(FocusEdit, statement=TEXTS, lean=st.sampled_from(["letter", 0.3]), topics=st.lists(TEXTS).map(tuple),
                 avoid=st.lists(TEXTS).map(tuple)), st.sampled_from(["\n", "\r\n"]), st.booleans())  # fmt: skip
def test_any_text_comes_back_as_it_was_typed(edit: FocusEdit, newline: str, with_mark: bool) -> None:
    """Quotes, lines and controls survive in any file; every other value stays, and the order of its tables."""
    before = ("\ufeff" if with_mark else "") + FILE.replace("\n", newline)

    after = edited(before, edit)

    was, now = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    assert now["focus"]["statement"] == edit.statement
    assert (now["focus"]["lean"], now["focus"]["topics"]) == (edit.lean, list(edit.topics))
    assert now["focus"].get("avoid", []) == list(edit.avoid)
    assert {**now, "focus": None} == {**was, "focus": None}
    assert now["focus"]["mute"] == ["sponsored"]


@given(st.lists(st.sampled_from(["bm25", 'hard "negatives"', "rerankers", "new", "newer"]), unique=True))
def test_every_comment_stays(topics: list[str]) -> None:
    """Also the one beside a topic that goes, whatever is added, removed or moved."""
    after = edited(FILE, replace(SAME, topics=tuple(topics), statement="Another."))

    assert sorted(comments(after)) == sorted(comments(FILE))


def test_only_what_changed_is_another_line() -> None:
    """A new topic is one new line; the form of the others stays."""
    after = edited(FILE, replace(SAME, topics=("bm25", "colbert", 'hard "negatives"', "rerankers")))

    gained = [line for line in after.splitlines() if line not in FILE.splitlines()]
    assert gained == ['    "colbert",', '    "rerankers",']


def test_a_new_key_stands_beside_the_comment_that_shows_its_default() -> None:
    """So that the starter file stays in its order; without one it stands behind the statement."""
    after = edited(FILE, replace(SAME, lean="letter", avoid=("crypto",))).splitlines()

    assert after[after.index('#lean = "balanced"               # or "letter"') + 1] == 'lean = "letter"'
    assert after[after.index('statement = "I build search."   # the gist') + 1] == 'avoid = ["crypto"]'


def test_a_file_that_ends_within_the_focus_gets_a_line_of_its_own() -> None:
    """Where the last line has no end yet."""
    after = edited('[focus]\nstatement = "I"', FocusEdit(statement="I", lean="letter", topics=(), avoid=()))

    assert after == '[focus]\nstatement = "I"\nlean = "letter"\n'


@pytest.mark.parametrize(
    "text",
    ['focus = {statement = "I"}\n', 'focus.statement = "I"\n', "x = 1\n", '[focus]\nstatement = "I"\ntopics = [1]\n'],
)
def test_a_layout_that_cannot_be_edited_is_left_to_its_owner(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ConfigError, match="edit it by hand"):
        edited(text, FocusEdit(statement="You", lean="balanced", topics=("a",), avoid=()))


@given(TEXT)
def test_no_text_of_a_file_is_a_crash(text: str) -> None:
    """A file that is no TOML is said to be none."""
    with suppress(ConfigError):
        edited(text, SAME)
