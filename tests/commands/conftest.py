"""The command line, run in this process, and one demo archive that all its tests read."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import typer.core
import typer.main

from digest import cli, pipeline
from digest.config import load_config
from digest.demo import serve_samples
from tests.make import sample_config

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
Command = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


@cache
def _commands() -> typer.core.TyperGroup:
    """All commands, read from their functions once; `app` does that at each call."""
    made = typer.main.get_command(cli.app)
    assert isinstance(made, typer.core.TyperGroup)
    return made


@pytest.fixture(name="digest")
def _digest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("DIGEST_CONFIG", raising=False)

    monkeypatch.setattr(cli, "app", _commands())

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["digest", *map(str, arguments)])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


@pytest.fixture(name="demo_folder", scope="session")
def _demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `digest demo --keep` leaves, ranked without the reranker; for reading only."""
    folder = tmp_path_factory.mktemp("demo")
    with serve_samples(NOW) as base_url:
        (folder / "sources.toml").write_text(sample_config(base_url), encoding="utf-8")
        pipeline.run(load_config(folder / "sources.toml"), NOW, end_period=True)
    return folder


@pytest.fixture(name="home")
def _home(demo_folder: Path, tmp_path: Path) -> Path:
    """A copy of the demo's folder, to change."""
    shutil.copytree(demo_folder, tmp_path / "home")
    return tmp_path / "home"
