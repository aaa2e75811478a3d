"""The server: lists the tools, calls them, and turns whatever goes wrong into one line.

sources.toml is read, and the archive opened, within each call: changes are seen at once, nothing is held in between,
and what is missing or broken is told to the one who asks.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import mcp_types
from anyio import CapacityLimiter, to_thread
from mcp.server.lowlevel import Server

from digest import __version__
from digest.config import Config, load_config
from digest.errors import ArchiveBusy, DigestError
from digest.mcp import arguments as given
from digest.mcp.answers import quoted_line
from digest.mcp.tools import INSTRUCTIONS, ToolSpec, offered
from digest.mcp.untrusted import seen
from digest.printable import one_line

_log = logging.getLogger(__name__)

#: Calls that read side by side; what they take of memory is bounded for all together.
_READERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the server was started with."""

    #: finds sources.toml; asked at each call, and may raise ConfigError
    config_path: Callable[[], Path]
    clock: Callable[[], datetime]
    marks: bool = False
    #: whose archive it shows, by id or name; "" where there is one learner
    learner: str = ""
    #: seconds to wait for an archive that is held
    wait: float = 10.0


def make_server(setting: Setting) -> Server[Any]:
    """A server that offers the tools over any transport of the SDK."""
    specs = {spec.name: spec for spec in offered(marks=setting.marks)}
    caller = _Caller(setting)

    async def list_tools(*_: object) -> mcp_types.ListToolsResult:
        return mcp_types.ListToolsResult(tools=[_as_listed(spec) for spec in specs.values()])

    async def call_tool(_: object, params: mcp_types.CallToolRequestParams) -> mcp_types.CallToolResult:
        return await caller.call(specs, params.name, params.arguments or {})

    return Server(
        "digest",
        title="The digest",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _as_listed(spec: ToolSpec) -> mcp_types.Tool:
    return mcp_types.Tool(
        name=spec.name,
        description=spec.description,
        input_schema=given.schema(spec.arguments),
        annotations=mcp_types.ToolAnnotations(
            title=spec.title,
            read_only_hint=spec.reads,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


class _Caller:
    """Calls tools: those that read in threads, a query in a process, one at a time."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._readers = CapacityLimiter(_READERS)
        self._queries = CapacityLimiter(1)

    async def call(self, specs: dict[str, ToolSpec], name: str, said: dict[str, Any]) -> mcp_types.CallToolResult:
        """The answer, or an error that is one line."""
        try:
            spec = specs.get(name)
            if spec is None:
                raise DigestError(f"there is no tool {name!r}; there are {', '.join(specs)}")
            return _result(await self._answer(spec, given.read(spec.arguments, said)))
        except ArchiveBusy as busy:
            return _result(f"{_shown(busy)}; nothing was done, try again in a moment", failed=True)
        except DigestError as error:
            return _result(_shown(error), failed=True)
        except Exception as bug:
            _log.exception("a bug in the tool %s", name)
            return _result(f"a bug in digest: {type(bug).__name__}; the log on stderr tells where", failed=True)

    async def _answer(self, spec: ToolSpec, asked: given.Arguments) -> str:
        if isinstance(asked, given.QueryArchive):
            return await self._query(asked)
        # A query runs in another process, which a mark would wait for in vain.
        if not spec.reads:
            async with self._queries:
                return await self._in_thread(asked)
        return await self._in_thread(asked)

    async def _in_thread(self, asked: given.Arguments) -> str:
        return await to_thread.run_sync(_answered, self._setting, asked, limiter=self._readers)

    async def _query(self, asked: given.QueryArchive) -> str:
        from digest.mcp.querying import query_archive

        path = self._setting.config_path()
        # Says what is wrong with it, without marks.
        config = await to_thread.run_sync(_config, self._setting, limiter=self._readers)
        async with self._queries:
            try:
                return await query_archive(path, config.learner_id, asked, wait=self._setting.wait)
            except ArchiveBusy:
                raise
            except DigestError as error:  # DuckDB quotes values in what it says
                raise DigestError(quoted_line(one_line(str(error)))) from error


def _answered(setting: Setting, asked: given.Arguments) -> str:
    """What a tool answers; its module, and with it the archive and the model, is loaded when first called."""
    return _tool(_config(setting), setting, setting.wait, asked)


def _config(setting: Setting) -> Config:
    return load_config(setting.config_path()).chosen(setting.learner)


def _tool(config: Config, setting: Setting, wait: float, asked: given.Arguments) -> str:
    from digest.mcp import describing, marking, reading

    match asked:
        case given.SearchItems():
            return reading.search_items(config, asked, wait=wait)
        case given.GetItem():
            return reading.get_item(config, asked, wait=wait)
        case given.ExplainItem():
            return reading.explain_item(config, asked, wait=wait)
        case given.GetIssue():
            return reading.get_issue(config, asked, wait=wait)
        case given.DescribeArchive():
            return describing.describe_archive(config, asked, setting.clock(), wait=wait)
        case given.MarkItem():
            return marking.mark_item(config, asked, setting.clock(), wait=wait)
    raise AssertionError(asked)


def _shown(error: DigestError) -> str:
    return seen(one_line(str(error), most=600))


def _result(text: str, *, failed: bool = False) -> mcp_types.CallToolResult:
    return mcp_types.CallToolResult(content=[mcp_types.TextContent(type="text", text=text)], is_error=failed)
