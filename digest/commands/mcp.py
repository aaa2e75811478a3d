"""`digest mcp`: the archive for assistants."""

import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import LOOK, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    WaitOption,
    config_path,
)
from digest.errors import DigestError

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

MISSING = '`digest mcp` needs the extra: pip install "mldigest[mcp]"'


def register(root: typer.Typer) -> None:
    add_command(
        root, mcp, "digest mcp --config ~/digest/sources.toml", "digest mcp --print claude-code", panel=LOOK, name="mcp"
    )


def mcp(
    context: typer.Context,
    marks: Annotated[bool, typer.Option("--marks", help="Offer a tool that marks items.")] = False,
    client: Annotated[
        str,
        typer.Option(
            "--print",
            metavar="CLIENT",
            help="Print how a client starts it: claude-code, claude-desktop, cursor or vscode.",
        ),
    ] = "",
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Serve the archive to an assistant, by the Model Context Protocol on stdin and stdout."""
    if find_spec("mcp") is None:
        raise DigestError(MISSING)
    from digest.commands.output import warn

    if client:
        _print_setup(client, config_path(context, config).absolute(), marks=marks, learner=learner)
        return
    if sys.stdin.isatty():  # somebody tries it out, and would wait for an answer
        warn("a client starts this and speaks on stdin and stdout; `digest mcp --print CLIENT` prints what it needs")
    from digest.mcp.stdio import serve_on_stdio

    def make() -> "Server":
        from digest.mcp.server import Setting, make_server

        return make_server(
            Setting(
                config_path=lambda: config_path(context, config),
                clock=lambda: datetime.now(UTC),
                marks=marks,
                learner=learner,
                wait=wait,
            )
        )

    serve_on_stdio(make)


def _print_setup(client: str, path: Path, *, marks: bool, learner: str) -> None:
    from digest.mcp.client_setup import CLIENTS, command

    if client not in CLIENTS:
        raise typer.BadParameter(f"{client!r} is none of {', '.join(CLIENTS)}", param_hint="--print")
    print(CLIENTS[client](command(sys.executable, path, marks=marks, learner=learner)))
