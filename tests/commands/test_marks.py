"""mark: by command, by ticks, and what it does to the views."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Command


def ask(digest: Command, home: Path, sql: str) -> list[dict[str, object]]:
    return list(json.loads(digest("query", sql, "--json", "--config", home / "sources.toml").out))


def test_a_mark_shows_in_the_views_and_in_the_next_ranking(digest: Command, home: Path) -> None:
    """Marked, ranked, taken back: `marks` has what holds, `marks_all` everything."""
    config = ("--config", home / "sources.toml")
    [first] = ask(digest, home, "select item_id from picks order by rank limit 1")
    item = first["item_id"]

    marked = digest("mark", item, "like", "--now", "2026-11-21T09:00:00Z", *config)
    assert marked.code == 0
    assert marked.out.startswith(f"{item}: like · ")
    assert digest("rank", *config).code == 0
    assert ask(digest, home, "select item_id, mark, marked_at, origin from marks") == [
        {"item_id": item, "mark": "like", "marked_at": "2026-11-21T09:00:00Z", "origin": "command"}
    ]
    assert ask(digest, home, f"select parts['marks'] <> 0 as heard from scores where item_id = '{item}'") == [
        {"heard": True}
    ]

    digest("mark", item, "like", "--undo", "--now", "2026-11-21T10:00:00Z", *config)
    assert ask(digest, home, "select count(*) as n from marks") == [{"n": 0}]
    assert ask(digest, home, "select mark from marks_all") == [{"mark": "like"}, {"mark": "not like"}]


def test_a_tick_is_heard_by_the_next_ranking(digest: Command, home: Path) -> None:
    """Ticking a box in the written digest is all it takes; drawing it anew forgets nothing."""
    config = ("--config", home / "sources.toml")
    written = home / "digests" / "2026-W47.md"
    written.write_text(written.read_text(encoding="utf-8").replace("- [ ] save", "- [x] save", 1), encoding="utf-8")

    digest("rank", *config)
    digest("build", "2026-W47", *config)
    digest("rank", *config)

    assert ask(digest, home, "select mark, origin from marks") == [{"mark": "save", "origin": "markdown"}]
    assert "- [x]" not in written.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [("mark", "a", "love"), ("mark", "a"), ("mark", "a", "", "--undo", "more")])
def test_what_cannot_be_meant_is_wrong_usage(digest: Command, demo_folder: Path, arguments: tuple[str, ...]) -> None:
    """Exit 2, as for any mistyped command."""
    assert digest(*arguments, "--config", demo_folder / "sources.toml").code == 2


def test_an_unknown_item_is_a_named_failure(digest: Command, demo_folder: Path) -> None:
    """Exit 1 and one line."""
    done = digest("mark", "zzzz", "like", "--config", demo_folder / "sources.toml")

    assert (done.code, done.err) == (1, "digest: there is no item 'zzzz'\n")
