"""What `digest mcp --print` prints is what each client reads, with paths that hold wherever the client starts it."""

import json
import shlex
from pathlib import Path

import pytest

from digest.mcp.client_setup import CLIENTS, command

STARTED = command("/opt/py 3/bin/python", Path("/home/ada/my digest/sources.toml"), marks=True)


def test_the_command_takes_no_module_from_where_it_is_started() -> None:
    """A project open in an editor may have a folder called digest."""
    assert STARTED[:4] == ["/opt/py 3/bin/python", "-P", "-m", "digest"]
    assert STARTED[-1] == "--marks"
    assert "--marks" not in command("python", Path("sources.toml"), marks=False)


def test_claude_code_gets_a_command_for_the_shell() -> None:
    """Spaces in paths survive it."""
    words = shlex.split(CLIENTS["claude-code"](STARTED))

    assert words[: words.index("--")] == ["claude", "mcp", "add", "--scope", "user", "digest"]
    assert words[words.index("--") + 1 :] == STARTED


@pytest.mark.parametrize(
    ("client", "key", "more"),
    [
        ("claude-desktop", "mcpServers", {}),
        ("cursor", "mcpServers", {}),
        ("vscode", "servers", {"type": "stdio"}),
    ],
)
def test_others_get_json(client: str, key: str, more: dict[str, str]) -> None:
    """Program and arguments apart, under the key that the client reads."""
    made = json.loads(CLIENTS[client](STARTED))

    assert made == {key: {"digest": {"command": STARTED[0], "args": STARTED[1:]} | more}}
