"""share and review: what is printed and written, for which days, and what is refused."""

from pathlib import Path

import pytest

from tests.commands.conftest import Command
from tests.make import FOCUS, SOURCE


@pytest.fixture(name="new")
def _new(tmp_path: Path) -> tuple[str, Path]:
    """A home without an archive."""
    (tmp_path / "sources.toml").write_text(f'[learner]\ntimezone = "Europe/Berlin"\n{FOCUS}{SOURCE}', encoding="utf-8")
    return ("--config", tmp_path / "sources.toml")


NOW = ("--now", "2026-11-21T12:00:00Z")


def test_nothing_yet_is_said_and_no_failure(digest: Command, new: tuple[str, Path]) -> None:
    """One honest sentence."""
    share, review = digest("share", "--since", "2026-11", *NOW, *new), digest("review", "2026", *NOW, *new)

    assert (share.code, review.code) == (0, 0)
    assert share.out.startswith("# What I read, 1 to 21 November 2026\n\nNothing was marked")
    assert "There is no issue yet" in review.out
    assert not (new[1].parent / "digest.duckdb").exists()


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2026-11-03", "2026-11-03", "3 November 2026"),
        ("2026-02", "2026-02", "1 to 28 February 2026"),
        ("2025", "2025", "1 January to 31 December 2025"),
    ],
)
def test_both_ends_are_included(digest: Command, new: tuple[str, Path], since: str, until: str, days: str) -> None:
    """As people say days, months and years."""
    assert digest("share", "--since", since, "--until", until, *NOW, *new).out.startswith(f"# What I read, {days}\n")


def test_a_file_is_written_in_the_format_of_its_name(digest: Command, new: tuple[str, Path], tmp_path: Path) -> None:
    """And said so."""
    done = digest("share", "--since", "2026", "--output", tmp_path / "recap.html", *NOW, *new)
    looked = digest("review", "--output", tmp_path / "review.md", *NOW, *new)

    assert done.out == f"{tmp_path / 'recap.html'}: 0 works\n"
    assert (tmp_path / "recap.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert looked.code == 0
    assert (tmp_path / "review.md").read_text(encoding="utf-8").startswith("# Your 2026 in review")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("share",), "--since"),
        (("share", "--since", "soon"), "is no date"),
        (("share", "--since", "2026-12"), "is after today"),
        (("share", "--since", "2026-03", "--until", "2026-01"), "is before"),
        (("share", "--since", "2026", "--format", "pdf"), "none of markdown, html"),
        (("review", "26"), "is no year"),
        (("review", "2026", "--since", "2026-01"), "a year, or --since"),
        (("review", "--until", "2026-01"), "a year, or --since"),
    ],
)
def test_what_cannot_be_is_refused(
    digest: Command, new: tuple[str, Path], command: tuple[str, ...], words: str
) -> None:
    """As wrong usage, with what is wrong."""
    done = digest(*command, *NOW, *new)

    assert done.code == 2
    assert words in " ".join(done.err.replace("│", " ").split())


def test_a_folder_that_cannot_be_written_is_a_failure(digest: Command, new: tuple[str, Path], tmp_path: Path) -> None:
    """One line that names it."""
    (tmp_path / "file").write_text("")
    done = digest("share", "--since", "2026", "--output", tmp_path / "file" / "recap.md", *NOW, *new)

    assert done.code == 1
    assert "cannot be written" in done.err


def test_posts_are_shown_where_there_are_any(digest: Command, home: Path, tmp_path: Path) -> None:
    """Without the address; without an entry it says so."""
    config = home / "sources.toml"
    refused = digest("send", "--preview", tmp_path / "posts.json", "--config", config)
    config.write_text(f'[[notify]]\nkind = "slack"\nurl_env = "NOT_SET"\n{config.read_text(encoding="utf-8")}')
    done = digest("send", "--preview", tmp_path / "posts.json", "--config", config)

    assert "no [[notify]] entry" in refused.err
    assert done.code == 0
    assert '"slack": {' in (tmp_path / "posts.json").read_text(encoding="utf-8")
