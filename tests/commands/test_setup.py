"""init, check, demo: the first things a newcomer types."""

import re
from pathlib import Path

import pytest

from digest import demo
from digest.config import load_config
from tests.commands.conftest import Command
from tests.make import sample_config


def test_init_writes_a_starter_that_is_valid(digest: Command, tmp_path: Path) -> None:
    """The starter can be used as it is."""
    done = digest("init", tmp_path / "sources.toml")

    assert done.code == 0
    assert load_config(tmp_path / "sources.toml").sources


def test_init_never_writes_over_a_file(digest: Command, tmp_path: Path) -> None:
    """What the learner wrote stays, and one line says so."""
    path = tmp_path / "sources.toml"
    path.write_text("mine")

    done = digest("init", path)

    assert (done.code, path.read_text()) == (1, "mine")
    assert len(done.err.splitlines()) == 1
    assert str(path) in done.err


def test_a_missing_configuration_is_one_line(digest: Command, tmp_path: Path) -> None:
    """The line names the file and what would make one."""
    done = digest("run", "--config", tmp_path / "none.toml")

    assert done.code == 1
    assert done.err == f"digest: {tmp_path / 'none.toml'}: there is no such file; `digest init` writes a starter\n"


def test_config_may_stand_before_the_command(digest: Command, tmp_path: Path) -> None:
    """`digest --config X check` and `digest check --config X` are the same."""
    digest("init", tmp_path / "sources.toml")

    before = digest("--config", tmp_path / "sources.toml", "check")
    after = digest("check", "--config", tmp_path / "sources.toml")

    assert before == after
    assert before.code == 0


def test_wrong_usage_exits_2(digest: Command) -> None:
    """Unknown commands, options and moments are usage errors, not failures."""
    assert digest("no-such-command").code == 2
    assert digest("run", "--no-such-option").code == 2
    assert digest("status", "--now", "yesterday").code == 2


def test_version(digest: Command) -> None:
    """--version names the distribution and a version."""
    assert re.fullmatch(r"mldigest \d+\.\d+\.\d+\n", digest("--version").out)


@pytest.mark.reranker
def test_demo_prints_a_digest_and_names_its_folder(digest: Command) -> None:
    """Raw Markdown on stdout when that is no terminal; the folder on stderr."""
    done = digest("demo")

    assert done.code == 0
    assert done.out.startswith("# ")
    assert "**Why:**" in done.out
    assert "digest-demo-" in done.err


def test_demo_keeps_a_folder_that_is_its_own(digest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--keep DIR leaves configuration, archive and digest there, and never writes over another configuration."""
    monkeypatch.setattr(demo, "demo_config", sample_config)
    kept = digest("demo", "--keep", tmp_path / "demo")
    again = digest("demo", "--keep", tmp_path / "demo")

    names = {path.name for path in (tmp_path / "demo").iterdir()}
    assert kept.code == 0
    assert {"sources.toml", "digest.duckdb", "digests"} <= names
    assert again.code == 1
    assert len(again.err.splitlines()) == 1
