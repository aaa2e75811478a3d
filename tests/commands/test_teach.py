"""teach: by keyboard, by pipe, by options; and back."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.commands.teach import converse
from digest.workflows.teaching import Question
from tests.commands.conftest import Command

NOW = ("--now", "2026-11-21T09:00:00Z")
QUESTIONS = [
    Question(item_id=name, title=f"On {name}", source="Blog", published_at=None, url="", excerpt="") for name in "abcd"
]


@pytest.fixture(name="config")
def _config(home: Path) -> tuple[str, Path]:
    return ("--config", home / "sources.toml")


def said(*lines: str) -> dict[str, bool]:
    typed: Iterator[str] = iter([f"{line}\n" for line in lines])
    return converse(QUESTIONS, lambda: next(typed, ""), lambda text: None)


def test_a_conversation() -> None:
    """Yes, no, skip; back takes the answer before with it; enough ends it, and so does the end of what is typed."""
    assert said("y", "n", "s", "yes") == {"a": True, "b": False, "d": True}
    assert said("y", "u", "n", "q") == {"a": False}
    assert said("u", "y", "n", "u", "u", "s", "Y", "q") == {"b": True}
    assert said("y") == {"a": True}
    assert said() == {}


def test_what_is_no_answer_is_asked_again() -> None:
    """With a hint, and an empty line is none."""
    shown: list[str] = []
    typed = iter(["perhaps\n", "\n", "y\n"])

    assert converse(QUESTIONS[:1], lambda: next(typed), shown.append) == {"a": True}
    assert sum("y yes" in text for text in shown) == 3


def test_by_pipe_and_back(digest: Command, config: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line each, about what --list shows; one batch, taken back as a whole."""
    asked = json.loads(digest("teach", "--list", "--json", *NOW, *config).out)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\nn\ns\ny\nq\n"))

    done = digest("teach", *NOW, *config)
    marks = digest("query", "select item_id, mark, origin from marks", "--json", *config)
    undone, again = (digest("teach", "--undo", *NOW, *config) for _ in range(2))

    assert len(asked) == 10
    assert "2 likes and 1 dislike; the next ranking learns from them" in done.out
    assert "would be others now" in done.out.splitlines()[-1]
    assert {(row["item_id"], row["mark"], row["origin"]) for row in json.loads(marks.out)} == {
        (asked[0]["item_id"], "like", "teach"),
        (asked[1]["item_id"], "dislike", "teach"),
        (asked[3]["item_id"], "like", "teach"),
    }
    assert undone.out == "took back the lesson of 2026-11-21 09:00 UTC: 3 marks\n"
    assert (again.code, again.err) == (1, "digest: there is no lesson to take back\n")


def test_by_options(digest: Command, config: tuple[str, Path]) -> None:
    """Several items with commas or one by one; nothing is asked."""
    ids = [row["item_id"] for row in json.loads(digest("teach", "--json", *NOW, *config).out)]

    done = digest("teach", "--yes", f"{ids[0]},{ids[1]}", "--yes", ids[2], "--no", ids[3], *NOW, *config)

    assert done.out.startswith("3 likes and 1 dislike;")


def test_nothing_answered_is_nothing_said(
    digest: Command, config: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And there is no batch to take back."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("s\nq\n"))

    assert digest("teach", *NOW, *config).out.endswith("nothing was answered\n")
    assert digest("teach", "--undo", *NOW, *config).code == 1


@pytest.mark.parametrize("arguments", [("--list", "--undo"), ("--yes", "a", "--undo"), ("--json", "--no", "a")])
def test_one_thing_at_a_time(digest: Command, config: tuple[str, Path], arguments: tuple[str, ...]) -> None:
    """Exit 2, as for any mistyped command."""
    assert digest("teach", *arguments, *config).code == 2
