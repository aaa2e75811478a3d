"""Sentences and bullets of a statement, as spans."""

import pytest

from digest.judge.spans import is_bullet, is_english, sentence_spans


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One thing. Another!", ["One thing.", "Another!"]),
        ("caches, e.g. paged ones. Done", ["caches, e.g. paged ones.", "Done"]),
        ("- graphs\n- speech", ["graphs", "speech"]),
        ("1. graphs\n2. speech", ["graphs", "speech"]),
        ("short\nlines", ["short", "lines"]),
        (
            "a long line that an editor has wrapped at some such\nplace or other",
            ["a long line that an editor has wrapped at some such\nplace or other"],
        ),
        ("我喜欢。你呢？", ["我喜欢。", "你呢？"]),
        ("version 2.4 is out", ["version 2.4 is out"]),
        ("  \n ... \n", []),
    ],
)
def test_end_where_they_end(text: str, parts: list[str]) -> None:
    """At full stops, lines and bullets, but not at an abbreviation or where an editor wrapped a line."""
    spans = sentence_spans(text)

    assert [text[slice(*span)] for span in spans] == parts


def test_bullets_are_known() -> None:
    """What stands under a heading belongs to it."""
    text = "No:\n- crypto\nYes"
    assert [is_bullet(text, span) for span in sentence_spans(text)] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("I want to understand retrieval", True),
        ("retrieval, ranking", True),
        ("Ich möchte verstehen, wie man Suche misst", False),
        ("Quiero entender cómo funciona la recuperación de información", False),
        ("我想学习图神经网络", False),
        ("Je veux comprendre les modèles de langue", False),
    ],
)
def test_english_is_told_from_others_by_its_small_words(text: str, english: bool) -> None:
    """Keywords alone pass for English: they are cut at commas in any language."""
    assert is_english(text) is english
