"""Works and notes that a search found, in one list."""

from digest.compose.found_notes import Row, merge
from digest.records import NoteHit


def row(name: str, similarity: float | None) -> Row:
    return (name, similarity, f"Title of {name}")


def hit(name: str, similarity: float) -> NoteHit:
    return NoteHit(item_id=name, path=f"{name}.md", quote=f"noted on {name}", similarity=similarity)


WORKS = {"a": "a", "b": "b", "a2": "a"}
NOTED = {name: (WORKS.get(name, name), row(name, None)) for name in ("a", "a2", "c")}


def test_by_meaning_a_note_counts_as_the_text_does() -> None:
    """A work is where its note or its text puts it, whichever is nearer, and stands there once."""
    rows = merge([row("b", 0.6), row("a", 0.5)], WORKS, [hit("c", 0.7), hit("a2", 0.65)], [], NOTED, limit=10)

    assert [(one[0], one[1], one[-1]) for one in rows] == [
        ("c", 0.7, "noted on c"), ("a", 0.65, "noted on a2"), ("b", 0.6, None),
    ]  # fmt: skip


def test_a_full_list_takes_nearer_notes_only() -> None:
    """And stays as long as was asked for."""
    rows = merge([row("b", 0.6), row("a", 0.5)], WORKS, [hit("c", 0.4)], [], NOTED, limit=2)

    assert [one[0] for one in rows] == ["b", "a"]


def test_notes_with_the_words_lead() -> None:
    """Their works are not listed again below."""
    rows = merge([row("b", 9.0), row("a", 8.0)], WORKS, [], [hit("a", 1.0)], NOTED, limit=10)

    assert [(one[0], one[-1]) for one in rows] == [("a", "noted on a"), ("b", None)]


def test_what_is_not_wanted_stays_out() -> None:
    """A search narrowed to a source does not find notes on others."""
    assert merge([row("b", 0.5)], WORKS, [hit("z", 0.9)], [hit("z", 3.0)], NOTED, limit=5) == [(*row("b", 0.5), None)]
