"""Many small hosts of this machine, 127.1.0.1 and on, served by one process that writes down what it is asked.

    python scripts/loopback_hosts.py HOSTS [SECONDS]

It prints its port, answers each request SECONDS late, and ends with its standard input.

    /feed/NAME        a feed of three entries; 304 where its ETag is known
    /to/HOST/NAME     302 to /feed/NAME on another host, which is given by its number
    /chain/H,H/NAME   302 to the same on the first of these hosts, with those that are left
    /count            how many answers there were
    /log              every answer so far: host, path, status, started, ended (seconds of the monotonic clock)
"""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

_HEAD = "HTTP/1.1 {} -\r\nContent-Length: {}\r\nContent-Type: application/rss+xml\r\n{}\r\n"
_ITEM = (
    "<item><guid>{0}-{1}</guid><title>{0} {1}</title><pubDate>Fri, 20 Nov 2026 0{1}:00:00 GMT</pubDate>"
    "<description>{2}</description></item>"
)
_TEXT = "Notes on batching, caching and latency of models in production, and on what each of them costs. " * 4


class Asked(TypedDict):
    """One request as the server saw it."""

    host: str
    path: str
    status: int
    started: float
    ended: float


@dataclass(frozen=True, slots=True)
class Hosts:
    """The running server."""

    port: int
    count: int

    def url(self, number: int, path: str) -> str:
        return f"http://{address(number)}:{self.port}{path}"

    def log(self) -> list[Asked]:
        with urllib.request.urlopen(self.url(0, "/log")) as answer:
            asked: list[Asked] = json.load(answer)
        return asked

    def count_asked(self) -> int:
        with urllib.request.urlopen(self.url(0, "/count")) as answer:
            return int(answer.read())


def address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


@contextmanager
def serving(count: int, seconds: float = 0.0) -> Iterator[Hosts]:
    """Run the hosts in a process of their own."""
    command = [sys.executable, str(Path(__file__)), str(count), str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Hosts(int(process.stdout.readline()), count)
        finally:
            process.communicate("")


class _Server:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.log: list[Asked] = []
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                started = time.monotonic()
                path = head.split(b" ", 2)[1].decode()
                status, headers, body = self.answer(path, head)
                if path not in ("/log", "/count"):
                    await asyncio.sleep(self.seconds)
                    ended = time.monotonic()
                    self.log.append(Asked(host=host, path=path, status=status, started=started, ended=ended))
                writer.write(_HEAD.format(status, len(body), headers).encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, path: str, head: bytes) -> tuple[int, str, bytes]:
        """Status, headers and body."""
        words = path.split("/")
        if words[1] == "log":
            return 200, "", json.dumps(self.log).encode()
        if words[1] == "count":
            return 200, "", str(len(self.log)).encode()
        if words[1] == "to":
            return 302, f"Location: http://{address(int(words[2]))}:{self.port}/feed/{words[3]}\r\n", b""
        if words[1] == "chain":
            host, _, rest = words[2].partition(",")
            following = f"/chain/{rest}/{words[3]}" if rest else f"/feed/{words[3]}"
            return 302, f"Location: http://{address(int(host))}:{self.port}{following}\r\n", b""
        if words[1] != "feed":
            return 404, "", b"not here"
        if b"if-none-match:" in head.lower():
            return 304, f'ETag: "{path}"\r\n', b""
        items = "".join(_ITEM.format(path, number, _TEXT) for number in range(1, 4))
        body = f"<rss version='2.0'><channel><title>{path}</title>{items}</channel></rss>".encode()
        return 200, f'ETag: "{path}"\r\n', body


async def _serve(count: int, seconds: float) -> None:
    server = _Server(seconds)
    first = await asyncio.start_server(server.talk, address(0), 0, backlog=1024)
    server.port = first.sockets[0].getsockname()[1]
    others = [address(number) for number in range(1, count)]
    for start in range(0, len(others), 200):
        await asyncio.start_server(server.talk, others[start : start + 200], server.port, backlog=64)
    print(server.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]) if sys.argv[2:] else 0.0))
