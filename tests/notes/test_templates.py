"""What a note opens with, and when it says nothing."""

import datetime as dt

import pytest

from digest.notes.front_matter import Subject
from digest.notes.templates import Kind, kind_of, questions, says_nothing, source_line, without_source_line

DAY = dt.date(2026, 3, 23)


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ({"arxiv_id": "2401.00001"}, Kind.PAPER),
        ({"doi": "10.1/2"}, Kind.PAPER),
        ({"seconds": 60}, Kind.TALK),
        ({"kind": "youtube"}, Kind.TALK),
        ({"url": "https://github.com/ada/engine"}, Kind.REPOSITORY),
        ({"kind": "releases"}, Kind.REPOSITORY),
        ({"url": "https://github.com/ada/engine/blob/main/notes.md"}, Kind.POST),
        ({}, Kind.POST),
    ],
)
def test_each_kind_has_its_questions(about: dict[str, object], kind: Kind) -> None:
    """A paper's are those of a reader in passes."""
    given = {"kind": "feed", "url": "", "arxiv_id": "", "doi": "", "seconds": 0} | about

    assert kind_of(**given) == kind  # type: ignore[arg-type]
    assert questions(kind, DAY).startswith("## 2026-03-23\n\n### What ")
    assert ("re-implement" in questions(kind, DAY)) == (kind == Kind.PAPER)


def test_questions_alone_say_nothing() -> None:
    """Nor do some of them; a word does."""
    begun = questions(Kind.PAPER, DAY)

    assert says_nothing(begun, begun)
    assert says_nothing("## 2026-03-23\n\n\n### What I knew", begun)
    assert says_nothing("", begun)
    assert not says_nothing(begun + "much", begun)


def test_the_source_is_a_link_and_not_part_of_the_note() -> None:
    """Brackets in a title do not end it."""
    subject = Subject(item_id="a1b", title="On [RFC] rules\nand more", url="https://example.org/a_(b)", source="Blog")
    line = source_line(subject)

    assert line == r"Source: [On \[RFC\] rules and more](<https://example.org/a_(b)>), Blog"
    assert without_source_line(f"\n{line}\n\nMine.\n") == "Mine."
    assert without_source_line("Mine.\n\nSource: hearsay") == "Mine.\n\nSource: hearsay"
