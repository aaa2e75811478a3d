"""Serving on stdin and stdout, where stdout carries the protocol and nothing else, from the first line to the last.

The SDK moves stdout out of the way while it serves. What is printed before (by an import) and after (at exit, from
the buffers of C libraries) would still get there; so descriptor 1 leads to stderr for as long as this process lives.
"""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any

Serve = Callable[[TextIOWrapper], None]


def serve_on_stdio(make: Callable[[], Any]) -> None:
    """Serve what *make* makes until stdin ends; stdout is taken before, and given back to nobody."""
    wire = _take_stdout()
    server = make()  # imports the SDK, now that stdout is safe

    import anyio
    from mcp.server.stdio import stdio_server

    async def serve() -> None:
        async with stdio_server(stdout=anyio.wrap_file(wire)) as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)


def _take_stdout() -> TextIOWrapper:
    """Stdout for the protocol alone; all other writers, in Python, C and child processes, reach stderr."""
    sys.stdout.flush()
    wire = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    return TextIOWrapper(wire, encoding="utf-8", newline="\n")
