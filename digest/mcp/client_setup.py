"""What a client is told so that it starts the server: its configuration with the right paths. Pure."""

import json
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

#: What the server is called there.
NAME = "digest"


def command(python: str, config: Path, *, marks: bool, learner: str = "") -> list[str]:
    """The command line that a client starts.

    `-P` keeps a folder that the client works in, and that may have a module of the same name, out of the way.
    """
    whose = ["--learner", learner] if learner else []
    return [python, "-P", "-m", "digest", "mcp", "--config", str(config), *whose, *(["--marks"] if marks else [])]


def claude_code(started: Sequence[str]) -> str:
    """A command to run once, for all projects."""
    return shlex.join(["claude", "mcp", "add", "--scope", "user", NAME, "--", *started])


def desktop(started: Sequence[str]) -> str:
    """For Claude Desktop's claude_desktop_config.json, and for Cursor's ~/.cursor/mcp.json."""
    program, *arguments = started
    return _json({"mcpServers": {NAME: {"command": program, "args": arguments}}})


def vscode(started: Sequence[str]) -> str:
    """For .vscode/mcp.json, or the user's own mcp.json."""
    program, *arguments = started
    return _json({"servers": {NAME: {"type": "stdio", "command": program, "args": arguments}}})


CLIENTS: dict[str, Callable[[Sequence[str]], str]] = {
    "claude-code": claude_code,
    "claude-desktop": desktop,
    "cursor": desktop,
    "vscode": vscode,
}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
