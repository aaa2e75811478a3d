"""mcp: what it prints instead of serving."""

import json
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import Command


def test_without_the_extra_it_says_how_to_install_it(digest: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, and nothing else happens."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = digest("mcp")

    assert (done.code, done.out) == (1, "")
    assert done.err == 'digest: `digest mcp` needs the extra: pip install "mldigest[mcp]"\n'


def test_it_prints_what_a_client_needs(digest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With absolute paths, as a client starts it somewhere else."""
    pytest.importorskip("mcp", reason="the extra mcp is not installed")
    monkeypatch.chdir(tmp_path)
    done = digest("mcp", "--print", "cursor", "--config", "sources.toml")
    [server] = json.loads(done.out)["mcpServers"].values()

    assert server["command"] == sys.executable
    assert server["args"][-2:] == ["--config", str(tmp_path / "sources.toml")]


def test_an_unknown_client_is_named(digest: Command) -> None:
    """With those that are known."""
    pytest.importorskip("mcp", reason="the extra mcp is not installed")
    done = digest("mcp", "--print", "emacs")

    assert done.code == 2
    assert "'emacs' is none of claude-code, claude-desktop, cursor, vscode" in " ".join(
        done.err.replace("│", " ").split()
    )
