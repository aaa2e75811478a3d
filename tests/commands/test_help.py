"""Help: plain text, in panels, with examples, and the program's own name."""

import re

import pytest
import typer

from digest.cli import app
from tests.commands.conftest import Command

PANELS = ("Use", "Look", "Teach", "Care", "Set up")


def command_names() -> list[str]:
    """Every command with its full name."""
    root = typer.main.get_command(app)
    names: list[str] = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # a group
        names += [f"{name} {inner}" for inner in getattr(command, "commands", {})] or [name]
    return names


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_commands_stand_in_panels(digest: Command) -> None:
    """By what they are for, in the order of need; none stands outside of them."""
    out = digest("--help").out
    titles = re.findall(r"╭─ ([\w ]+?) ─", out)

    assert titles == ["Options", *PANELS]


@pytest.mark.parametrize("name", command_names())
def test_every_help_is_whole(digest: Command, name: str) -> None:
    """It says `digest`, ends with examples of that command, and no switch takes a <bool>."""
    done = digest(*name.split(), "--help")
    head, _, examples = done.out.partition("Examples:")

    assert done.code == 0
    assert head.strip().startswith(f"Usage: digest {name} ")
    assert f"digest {name}" in examples
    assert "<" not in done.out
    assert re.search(r"--json +Print JSON: \S", done.out) or "--json" not in done.out


def test_square_brackets_are_text(digest: Command) -> None:
    """They are no markup: `[focus]` is the name of a table."""
    assert "whose [focus], [digest] and [embedding]" in digest("replay", "--help").out


def test_help_fits_a_narrow_terminal(digest: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is longer than 60 columns."""
    monkeypatch.setenv("COLUMNS", "60")

    assert max(len(line) for line in digest("search", "--help").out.splitlines()) <= 60
