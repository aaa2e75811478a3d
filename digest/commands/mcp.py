"""`digest mcp`: the archive for assistants."""

from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import LOOK, add_command
from digest.commands.options import WAIT, ConfigOption, WaitOption, config_path
from digest.errors import DigestError

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

MISSING = '`digest mcp` needs the extra: pip install "mldigest[mcp]"'


def register(root: typer.Typer) -> None:
    add_command(
        root, mcp, "digest mcp --config ~/digest/sources.toml", "digest mcp --marks", panel=LOOK, name="mcp"
    )  # fmt: skip


def mcp(
    context: typer.Context,
    marks: Annotated[bool, typer.Option("--marks", help="Offer a tool that marks items.")] = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Serve the archive to an assistant, by the Model Context Protocol on stdin and stdout."""
    if find_spec("mcp") is None:
        raise DigestError(MISSING)
    from digest.mcp.stdio import serve_on_stdio

    def make() -> "Server":
        from digest.mcp.server import Setting, make_server

        return make_server(
            Setting(
                config_path=lambda: config_path(context, config),
                clock=lambda: datetime.now(UTC),
                marks=marks,
                wait=wait,
            )
        )

    serve_on_stdio(make)
