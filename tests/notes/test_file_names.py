"""Names of notes: readable, short, ASCII, and free."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.notes.file_names import file_name

DAY = dt.date(2026, 3, 23)


@given(st.text())
def test_any_title_has_a_name_that_is_safe_everywhere(title: str) -> None:
    """On Windows, in a vault that is synchronised, on file systems that fold case or normalise letters."""
    name = file_name(title, "zqgaa01mg2", DAY)

    assert re.fullmatch(r"2026-03-23-[a-z0-9]+(-[a-z0-9]+)*\.md", name)
    assert len(name) <= 80


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Learned Sparse Retrieval: ℓ₀ & Co.", "2026-03-23-learned-sparse-retrieval-l0-co.md"),
        ("Überraschend: naïve Bayes", "2026-03-23-uberraschend-naive-bayes.md"),
        ("U\u0308berraschend", "2026-03-23-uberraschend.md"),
        ("検索", "2026-03-23-zqgaa01mg2.md"),
        ("../../.bashrc", "2026-03-23-bashrc.md"),
        ("CON", "2026-03-23-con.md"),
        ("", "2026-03-23-zqgaa01mg2.md"),
    ],
)
def test_names_are_the_titles_words(title: str, name: str) -> None:
    """After the day; without letters of ASCII it is the item's id."""
    assert file_name(title, "zqgaa01mg2", DAY) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    """Two works may have one title."""
    taken = {"2026-03-23-a-b.md", "2026-03-23-a-b-2.md"}

    assert file_name("A B", "zqgaa01mg2", DAY, taken) == "2026-03-23-a-b-3.md"


def test_long_titles_end_between_words() -> None:
    """Where there is such a place."""
    assert file_name("word " * 40, "x", DAY).endswith("-word.md")
    assert len(file_name("w" * 400, "x", DAY)) < 80
