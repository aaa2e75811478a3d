"""plan and read: in a small archive, without a network."""

import json
from pathlib import Path

import pytest

from digest.store.archive import open_archive
from tests import make
from tests.commands.conftest import Command
from tests.store.archives import fill

PAPER = make.item(1, title="Hard $\\ell_0$ negatives", arxiv_id="2603.01234")
POST = make.item(2, title="Serving tides", summary="word " * 2400)
NOW = ("--now", "2026-03-23T07:00:00Z")


@pytest.fixture(name="here")
def _here(tmp_path: Path, made_archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources.toml").write_text(f'[learner]\ntimezone = "UTC"\n{make.FOCUS}{make.SOURCE}')
    monkeypatch.setenv("DIGEST_CONFIG", str(tmp_path / "sources.toml"))
    with open_archive(made_archive) as db:
        fill(db, [PAPER, POST])
    return tmp_path


def test_a_plan_is_markdown(digest: Command, here: Path) -> None:
    """What to read in order, the default time by its name, the pace, and how to have a lighter week."""
    digest("mark", PAPER.item_id, POST.item_id, "save", *NOW)

    plan = digest("plan", *NOW).out

    assert plan.startswith("# Your week from 23 March 2026\n\n22 min to read of 2 h.\n\n1. [")
    assert f"10 min · first pass · saved · `{PAPER.item_id}`" in plan
    assert f"12 min · saved · `{POST.item_id}`" in plan
    assert "[digest] minutes" in plan
    assert "`digest plan --lighter`" in plan
    assert "| 2026-W13 | 0 | 0 |" in plan


def test_what_is_read_leaves_the_plan(digest: Command, here: Path) -> None:
    """And comes back when that is taken back."""
    digest("mark", PAPER.item_id, POST.item_id, "save", *NOW)
    before = digest("plan", "--json", *NOW).out

    done = digest("read", PAPER.item_id, "--pass", "1", "--minutes", "25", *NOW)

    assert done.out == f"{PAPER.item_id}: read: pass 1, 25 minutes · Hard ℓ₀ negatives\n"
    assert [row["read"] for row in json.loads(digest("plan", "--json", *NOW).out)] == [True, False]
    assert "25 min read" in digest("plan", *NOW).out
    assert [row["minutes"] for row in json.loads(digest("read", "--list", "--json").out)] == [25]
    assert digest("read", PAPER.item_id, "--undo", *NOW).out.startswith(f"{PAPER.item_id}: taken back: pass 1")
    assert digest("plan", "--json", *NOW).out == before
    assert digest("read", PAPER.item_id, "--undo", *NOW).code == 1


@pytest.mark.parametrize(
    "words",
    [("plan", "--minutes", "0"), ("plan", "--minutes", "9", "--lighter"), ("read", "--undo"), ("read", "x", "--pass", "4"),
     ("read", "x", "--undo", "--pass", "1"), ("read", "x", "--list")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_refused(words: tuple[str, ...], digest: Command, here: Path) -> None:
    """With what is wrong."""
    assert digest(*words).code == 2


def test_an_archive_that_is_not_there_has_a_plan_without_entries(digest: Command, tmp_path: Path) -> None:
    """In words, and as an empty list."""
    (tmp_path / "sources.toml").write_text(f"{make.FOCUS}{make.SOURCE}")
    config = ("--config", tmp_path / "sources.toml")

    assert "Nothing is to be read" in digest("plan", *NOW, *config).out
    assert digest("plan", "--json", *NOW, *config).out == "[]\n"
    assert digest("read", "--list", "--json", *config).out == "[]\n"
    assert not (tmp_path / "digest.duckdb").exists()


def test_a_pause_is_said(digest: Command, here: Path) -> None:
    """And that nothing is proposed meanwhile."""
    digest("pause", "--until", "2026-04-30")

    assert digest("plan", *NOW).out.count("Paused until 2026-04-30: nothing is proposed.") == 1
