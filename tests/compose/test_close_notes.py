"""Which picks are close to a note."""

import numpy as np

from digest.compose.close_notes import CLOSE, NotedPassage, close_notes


def passage(name: str, text: str = "said of it") -> NotedPassage:
    return NotedPassage(item_id=name, work_id=name, title=f"On {name}", url="", text=text)


def rows(*cosines: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([[cosine, np.sqrt(1 - cosine**2)] for cosine in cosines], dtype=np.float32)


AXIS = rows(1.0)


def test_the_nearest_passage_is_quoted() -> None:
    """One note for a pick, by its passage that fits best."""
    passages = [passage("a", "far"), passage("a", "near"), passage("b", "middling")]

    found = close_notes({"p": "p"}, AXIS, passages, rows(0.5, 0.9, 0.6))

    assert (found["p"].item_id, found["p"].quote, found["p"].title) == ("a", "near", "On a")


def test_what_is_not_close_is_not_said() -> None:
    """Nor is a note on the pick's own work."""
    assert close_notes({"p": "p"}, AXIS, [passage("a")], rows(CLOSE - 0.01)) == {}
    assert close_notes({"p": "p"}, AXIS, [passage("p")], rows(1.0)) == {}
    assert close_notes({"p": "p"}, AXIS, [], rows()) == {}


def test_one_note_is_quoted_at_most_twice() -> None:
    """An issue about one thing would say the same under every pick."""
    works = {name: name for name in "pqr"}

    found = close_notes(works, np.repeat(AXIS, 3, axis=0), [passage("a"), passage("b")], rows(0.9, 0.8))

    assert [found[name].item_id for name in "pqr"] == ["a", "a", "b"]
