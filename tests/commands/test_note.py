"""note and notes: in a small archive, without a network."""

import json
from io import StringIO
from pathlib import Path

import pytest

from digest.store import export
from digest.store.archive import open_archive
from tests import make
from tests.commands.conftest import Command
from tests.store.archives import fill

ITEM = make.item(1, title="Hard negatives", arxiv_id="2603.01234")
OTHER = make.item(2, title="Serving tides")
NOW = ("--now", "2026-03-23T07:00:00Z")


@pytest.fixture(name="here")
def _here(tmp_path: Path, made_archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources.toml").write_text(f'[learner]\ntimezone = "UTC"\n{make.FOCUS}{make.SOURCE}')
    monkeypatch.setenv("DIGEST_CONFIG", str(tmp_path / "sources.toml"))
    monkeypatch.chdir(tmp_path)
    with open_archive(made_archive) as db:
        fill(db, [ITEM, OTHER])
    return tmp_path


def editor(folder: Path, script: str) -> str:
    path = folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"{path} --wait"


def test_a_note_is_written_shown_and_listed(digest: Command, here: Path) -> None:
    """By words of the shell, and from another program."""
    written = digest("note", ITEM.item_id, "mined", "weekly", *NOW)

    assert written.code == 0
    assert written.out.startswith(f"{ITEM.item_id}: begun {here}/notes/2026-03-23-hard-negatives.md · Hard negatives")
    assert digest("note", ITEM.item_id).out == "## 2026-03-23\n\nmined weekly\n"
    assert [row["title"] for row in json.loads(digest("notes", "--json").out)] == ["Hard negatives"]
    assert "2026-03-23-hard-negatives.md" in digest("note", "--list").out
    assert json.loads(digest("note", ITEM.item_id, "--json").out)[0]["tags"] == ["digest", "paper"]


def test_a_note_may_come_from_stdin(digest: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many lines as there are."""
    monkeypatch.setattr("sys.stdin", StringIO("one\n\ntwo\n"))

    digest("note", ITEM.item_id, "-", *NOW)

    assert digest("note", ITEM.item_id).out.endswith("one\n\ntwo\n")


def test_an_editor_is_opened(digest: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of $VISUAL, with its options; what it leaves as it was is not kept."""
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", editor(here, 'echo "by hand" >> "$2"'))

    assert "begun" in digest("note", ITEM.item_id, "--edit", *NOW).out
    assert "by hand" in digest("note", ITEM.item_id).out
    monkeypatch.setenv("VISUAL", "true")
    assert "nothing was noted" in digest("note", OTHER.item_id, "--edit", *NOW).out
    assert len(list((here / "notes").iterdir())) == 1


@pytest.mark.parametrize(
    ("command", "told"), [("false", "ended with status 1"), ("no-such-editor", "cannot be started")]
)
def test_an_editor_that_fails_is_one_line(
    command: str, told: str, digest: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is lost."""
    monkeypatch.setenv("VISUAL", command)

    done = digest("note", ITEM.item_id, "--edit", *NOW)

    assert done.code == 1
    assert told in done.err
    assert done.err.count("\n") == 1
    assert "goes on" in digest("notes").err


@pytest.mark.parametrize(
    "words", [("--list", "x"), ("x", "text", "--edit"), ("--edit",)], ids=lambda words: " ".join(words)
)
def test_wrong_usage_is_refused(words: tuple[str, ...], digest: Command, here: Path) -> None:
    """With what is wrong."""
    assert digest("note", *words).code == 2


def test_an_archive_that_is_not_there_has_no_notes(digest: Command, tmp_path: Path) -> None:
    """Lists are empty, an item is unknown, and no note is made."""
    (tmp_path / "sources.toml").write_text(f"{make.FOCUS}{make.SOURCE}")
    config = ("--config", tmp_path / "sources.toml")

    assert digest("notes", *config).out.startswith("there are no notes yet")
    assert json.loads(digest("notes", "--json", *config).out) == []
    assert digest("note", "zzzz", "text", *config).code == 1
    assert not (tmp_path / "notes").exists()


def test_notes_go_with_an_export(digest: Command, here: Path, tmp_path: Path) -> None:
    """And what was read and planned; an import has them without the files."""
    digest("note", ITEM.item_id, "mined weekly", *NOW)
    digest("read", ITEM.item_id, "--minutes", "12", *NOW)
    digest("mark", OTHER.item_id, "save", *NOW)
    digest("plan", *NOW)

    export.export(here / "digest.duckdb", tmp_path / "out", wait=1)
    export.import_archive(tmp_path / "out", tmp_path / "copy.duckdb")

    with open_archive(tmp_path / "copy.duckdb") as db:
        assert db.execute("select item_id from notes").fetchall() == [(ITEM.item_id,)]
        assert db.execute("select pass, minutes from readings").fetchall() == [(1, 12)]
        assert db.execute("select item_id, why from plan_entries").fetchall() == [(OTHER.item_id, "save")]


def test_a_search_shows_notes(digest: Command, here: Path) -> None:
    """As a column of its own, which a search that finds none has not."""
    digest("note", ITEM.item_id, "staleness matters most of all", *NOW)

    [found] = json.loads(digest("search", "staleness", "--mode", "words", "--json").out)

    assert (found["item_id"], found["note"]) == (ITEM.item_id, "staleness matters most of all")
    assert "note" not in json.loads(digest("search", "tides", "--mode", "words", "--json").out)[0]
    assert json.loads(digest("search", "staleness", "--mode", "words", "--since", "2027", "--json").out) == []
