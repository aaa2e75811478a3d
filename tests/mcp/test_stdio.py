"""`digest mcp` as clients start it: a process that speaks the protocol on stdout, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

import anyio
from mcp import Client

from digest.config import Config
from digest.store import archive, marks
from digest.workflows import feedback
from tests.mcp.clients import NOW, ask, call, started, tools

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

#: The command in a process whose libraries print in every way there is, while it serves and when it ends.
NOISY = """
import atexit, logging, os, subprocess, sys
import digest.mcp.tools
from digest.mcp import reading
quiet = reading.get_issue
def noisy(*given, **named):
    print('printed')
    os.write(1, b'written\\n')
    subprocess.run([sys.executable, '-c', "print('a child')"], check=True)
    logging.getLogger('library').warning('logged')
    return quiet(*given, **named)
reading.get_issue = noisy
atexit.register(print, 'at exit')
atexit.register(os.write, 1, b'at exit too\\n')
from digest.cli import main
main()
"""


def message(method: str, number: int | None = None, **params: Any) -> str:  # noqa: ANN401 - what JSON holds
    made = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
    return json.dumps(made)


HELLO = (
    message(
        "initialize",
        0,
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "a test", "version": "1"},
    ),
    message("notifications/initialized"),
)


def spoken(command: Sequence[str], lines: Sequence[str], expect: int) -> tuple[list[dict[str, Any]], str]:
    """Everything that a process writes on stdout, each line a message, and what it says on stderr.

    Its stdin is closed after *expect* answers, as a client does that goes away.
    """
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        found = [process.stdout.readline() for _ in range(expect)]
        rest, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    return [json.loads(line) for line in [*found, *rest.splitlines()]], errors


class TestStdout:
    def test_carries_messages_alone(self, built: Config) -> None:
        """Whatever is printed, written, logged or said by children goes to stderr, up to the very end."""
        command = [sys.executable, "-P", "-c", NOISY, "mcp", "--config", str(built.folder / "sources.toml")]
        calls = [
            message("tools/list", 1),
            message("tools/call", 2, name="get_issue", arguments={}),
            "no message at all",
            message("tools/call", 3, name="get_issue", arguments={"period": "x"}),
        ]
        answers, errors = spoken(command, [*HELLO, *calls], 4)

        assert all(answer["jsonrpc"] == "2.0" for answer in answers)
        assert {answer.get("id") for answer in answers} >= {0, 1, 2, 3}
        for noise in ("printed", "written", "a child", "logged", "at exit", "at exit too"):
            assert noise in errors

    def test_is_silent_where_the_extra_is_missing(self, built: Config) -> None:
        """One line on stderr says how to install it."""
        code = "import sys; sys.modules['mcp'] = None; from digest.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, "mcp"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )  # fmt: skip

        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == 'digest: `digest mcp` needs the extra: pip install "mldigest[mcp]"\n'


class TestCommand:
    def test_offers_marking_only_with_its_option(self, built: Config) -> None:
        """The command line decides, not the client."""
        assert "mark_item" not in [tool.name for tool in tools(started(built))]
        reply = call(started(built, "--marks"), "mark_item", item="arXiv:2601.99003", mark="save")

        assert reply.data["marks"] == ["save"]

    def test_starts_without_a_configuration(self, tmp_path: Path, built: Config) -> None:
        """A client that finds no server would only say that it ended; here the first call says what is missing."""
        there = started(built)
        elsewhere = there.model_copy(update={"args": [*there.args[:-1], str(tmp_path / "no.toml")]})

        assert "no.toml: there is no such file; `digest init` writes a starter" in call(elsewhere, "get_issue").text


def test_two_copies_answer_beside_one_that_writes(built: Config) -> None:
    """Clients start a server for every window: none holds the archive between its calls, and no mark is lost."""

    async def reader(replies: list[bool]) -> None:
        async with Client(started(built)) as client:
            for _ in range(5):
                replies.append((await ask(client, "search_items", words="retrieval")).failed)
                replies.append((await ask(client, "query_archive", sql="select count(*) as n from marks")).failed)

    def write(number: int) -> None:
        feedback.mark(built, ["arXiv:2601.99003"], ["save"], NOW, undo=bool(number % 2), wait=20)

    async def all_at_once() -> list[bool]:
        replies: list[bool] = []
        async with anyio.create_task_group() as group:
            group.start_soon(reader, replies)
            group.start_soon(reader, replies)
            for number in range(11):
                await anyio.to_thread.run_sync(write, number)
                await anyio.sleep(0.1)
        return replies

    assert anyio.run(all_at_once) == [False] * 20
    with archive.open_archive(built.archive, read_only=True) as db:
        assert [held for held in marks.standing(db).values()] == [("save",)]
