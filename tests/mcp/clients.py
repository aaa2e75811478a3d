"""Calls over the SDK's own client: to a server in this process, or to `digest mcp` in another."""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import anyio
import mcp_types
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.server.lowlevel import Server

from digest.config import Config
from digest.mcp.server import Setting, make_server

Result = TypeVar("Result")
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """What one call brought."""

    text: str
    failed: bool

    @property
    def data(self) -> dict[str, Any]:
        """The answer of a call that did not fail; it keeps within its limit, as it is sent."""
        assert not self.failed, self.text
        assert len(json.dumps(self.text, ensure_ascii=False)) < 20_000
        return dict(json.loads(self.text))


def server(config: Config | Path, *, marks: bool = False, wait: float = 0.2) -> Server[Any]:
    path = config if isinstance(config, Path) else config.folder / "sources.toml"
    return make_server(Setting(config_path=lambda: path, clock=lambda: NOW, marks=marks, wait=wait))


def started(config: Config, *options: str) -> StdioServerParameters:
    """How a client starts the real command."""
    arguments = ["-P", "-m", "digest", "mcp", "--config", str(config.folder / "sources.toml"), *options]
    keep = {name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "COVERAGE", "XDG"))}
    return StdioServerParameters(command=sys.executable, args=arguments, env=keep)


def call(to: Server[Any] | StdioServerParameters, tool: str, **arguments: object) -> Reply:
    return talk(to, lambda client: ask(client, tool, **arguments))


def tools(to: Server[Any] | StdioServerParameters) -> list[mcp_types.Tool]:
    async def listed(client: Client) -> list[mcp_types.Tool]:
        return (await client.list_tools()).tools

    return talk(to, listed)


async def ask(client: Client, tool: str, **arguments: object) -> Reply:
    result = await client.call_tool(tool, dict(arguments))
    assert isinstance(result, mcp_types.CallToolResult)
    [content] = result.content
    assert isinstance(content, mcp_types.TextContent)
    return Reply(content.text, bool(result.is_error))


def talk(to: Server[Any] | StdioServerParameters, work: Callable[[Client], Awaitable[Result]]) -> Result:
    async def connected() -> Result:
        async with Client(to) as client:
            return await work(client)

    return anyio.run(connected)
