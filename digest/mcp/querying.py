"""The tool that queries: `digest query` itself, in a process of its own, of which one page of rows is read.

So SQL has the same sandbox and the same limits as on the command line, the hard ones included, which end the process
that went astray and not the server. The file is that process's own: no other thread has it in another configuration.
"""

import json
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.text import TextReceiveStream

from digest.errors import StoreError
from digest.mcp import answers
from digest.mcp.arguments import QueryArchive
from digest.workflows import query_process

#: More rows than an answer can hold.
_ENOUGH = answers.MOST // 4
#: One row of JSON; more is not for an answer.
_LONGEST_ROW = 20_000_000
#: Seconds for a query to stop when nobody waits for it any more; it needs two at most.
_PATIENCE = 4.0
_MOST_COMPLAINTS = 10_000


async def query_archive(config_path: Path, learner: str, asked: QueryArchive, *, wait: float) -> str:
    """One page of the rows of a SELECT, or of a query by its name."""
    async with _started(query_process.command(config_path, learner, asked.sql, form="json", wait=wait)) as process:
        rows = _Rows(skip=asked.offset, most=_ENOUGH)
        complaints: list[str] = []
        async with anyio.create_task_group() as both:
            assert process.stdout is not None
            assert process.stderr is not None
            both.start_soon(_listen, process.stderr, complaints)
            await rows.read(process.stdout)
            if rows.ended_early:
                process.kill()  # it has closed the archive and is only writing
        if rows.too_long:
            raise StoreError("the query failed: one of its rows has more than 20 MB; select less of it")
        if not rows.more and await process.wait() != 0:
            raise query_process.failure("".join(complaints), otherwise="its process ended without a word")
    answers.check_offset(asked.offset, rows.passed, "rows")
    return answers.page_of_rows("rows", rows.rows, offset=asked.offset, more=rows.more)


class _Rows:
    """The rows of `digest query --format json`, read until there are enough.

    Each is an object on lines of its own: within one every line is indented further than its braces are.
    """

    def __init__(self, *, skip: int, most: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self.passed = 0
        self.more = False
        self.too_long = False
        self._skip = skip
        self._most = most
        self._lines: list[str] = []
        self._size = 0

    @property
    def ended_early(self) -> bool:
        """Whether the process has more to say."""
        return self.more or self.too_long

    async def read(self, stream: ByteReceiveStream) -> None:
        rest = ""
        async for chunk in TextReceiveStream(stream):
            *lines, rest = (rest + chunk).split("\n") if "\n" in chunk else [rest + chunk]
            for line in lines:
                self._take(line)
            self.too_long = self.too_long or len(rest) > _LONGEST_ROW
            if self.ended_early:
                return

    def _take(self, line: str) -> None:
        if line == "  {":
            self._lines, self._size = ["{"], 0
        elif line in ("  }", "  },"):
            self._end_row()
        elif self._lines:
            self._lines.append(line)
            self._size += len(line)
            self.too_long = self.too_long or self._size > _LONGEST_ROW

    def _end_row(self) -> None:
        if len(self.rows) == self._most:
            self.more = True
        if self.more:
            return
        if self.passed >= self._skip:
            self.rows.append(json.loads("".join([*self._lines, "}"])))
        self.passed += 1
        self._lines = []


@asynccontextmanager
async def _started(command: list[str]) -> AsyncIterator[Process]:
    """The process, which has ended at the end: interrupted, so that it clears away what it spilled, else killed."""
    process = await anyio.open_process(command, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                with anyio.move_on_after(_PATIENCE):
                    await process.wait()
            if process.returncode is None:
                process.kill()
            await process.aclose()


async def _listen(stream: ByteReceiveStream, complaints: list[str]) -> None:
    """Take what the process says on stderr, of which the end counts."""
    async for chunk in TextReceiveStream(stream, errors="replace"):
        complaints[:] = ["".join([*complaints, chunk])[-_MOST_COMPLAINTS:]]
