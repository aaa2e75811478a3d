"""project and group: what they print, how they say what is missing, and what they refuse."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Command

NOW = ("--now", "2026-11-21T09:00:00Z")
FOCUS = '[focus]\nstatement = "I build retrieval systems."\n'
PROJECT = '[focus.project]\nname = "Notes"\nquestion = "How do I rank without labels?"\nuntil = 2026-12-31\n'
SOURCE = '[[sources]]\nname = "Blog"\nurl = "https://blog.example.org/feed"\n'
TWO = "".join(
    f'[[learner]]\nname = "{name}"\n[learner.focus]\nstatement = "I build retrieval systems."\n'
    for name in ("Ada", "Ben")
)


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> tuple[str, Path]:
    """A project, and an archive that there is not."""
    return written(tmp_path, FOCUS + PROJECT + SOURCE)


def written(folder: Path, text: str) -> tuple[str, Path]:
    (folder / "sources.toml").write_text(f'{text}\n[learner]\ntimezone = "UTC"\n' if "[[learner" not in text else text)
    return ("--config", folder / "sources.toml")


class TestProject:
    def test_without_one_it_says_how(self, digest: Command, tmp_path: Path) -> None:
        """That is no failure; as JSON it is nothing."""
        config = written(tmp_path, FOCUS + SOURCE)
        done = digest("project", *config)

        assert done.code == 0
        assert "[focus.project]\n" in done.out
        assert json.loads(digest("project", "--json", *config).out) == []
        assert digest("project", "--milestone", "x", *config).code == 1

    def test_before_anything_was_fetched(self, digest: Command, config: tuple[str, Path], tmp_path: Path) -> None:
        """The question is open, and looking makes no archive."""
        done = digest("project", *NOW, *config)

        assert done.code == 0
        assert "# Project: Notes" in done.out
        assert "(40 days left)" in done.out
        assert "- “rank without labels”" in done.out
        assert not (tmp_path / "digest.duckdb").exists()

    def test_a_milestone_is_on_the_trail(self, digest: Command, config: tuple[str, Path]) -> None:
        """With its date; one without words is refused."""
        assert digest("project", "--milestone", "BM25 runs", *NOW, *config).code == 0
        [trail] = json.loads(digest("project", "--json", *NOW, *config).out)

        assert trail["milestones"] == [{"milestone": "BM25 runs", "reached_at": "2026-11-21T09:00:00Z"}]
        assert "- **21 November 2026** BM25 runs" in digest("project", *NOW, *config).out
        assert "needs words" in digest("project", "--milestone", " ", *config).err

    def test_a_review_of_an_empty_archive(self, digest: Command, config: tuple[str, Path], tmp_path: Path) -> None:
        """It is empty, says so, and lies in its file."""
        done = digest("project", "--review", *NOW, *config)

        assert done.code == 0
        assert "Nothing in your archive is near the question yet." in done.out
        assert (tmp_path / "digests" / "projects" / "notes.md").exists()

    def test_what_does_not_go_together(self, digest: Command, config: tuple[str, Path]) -> None:
        """arXiv is asked for a review only."""
        assert digest("project", "--ask-arxiv", *config).code == 2
        assert digest("project", "--review", "--milestone", "x", *config).code == 2


class TestGroup:
    def test_without_one_it_says_how(self, digest: Command, config: tuple[str, Path]) -> None:
        """That is no failure; to change its turns is one."""
        done = digest("group", *config)

        assert (done.code, "[group]\n" in done.out) == (0, True)
        assert json.loads(digest("group", "--json", *config).out) == []
        assert digest("group", "--skip", "Ada", *config).code == 1

    def test_before_its_first_paper(self, digest: Command, tmp_path: Path) -> None:
        """It has members and nothing to read; nobody can skip yet."""
        config = written(tmp_path, TWO + '[group]\nname = "Readers"\n' + SOURCE)
        done = digest("group", *config)

        assert done.code == 0
        assert "Ada and Ben." in done.out
        assert "No paper was chosen yet." in done.out
        assert json.loads(digest("group", "--json", *config).out) == []
        assert "the group has no paper yet" in digest("group", "--skip", "Ada", *config).err
        assert "'Eve' is no member of Readers" in digest("group", "--present", "Eve", *config).err
        assert digest("group", "--skip", "Ada", "--present", "Ben", *config).code == 2
