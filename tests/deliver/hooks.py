"""A small web server that takes posts: a function from a number to an answer, and what arrived."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One post as the server saw it."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was posted
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    #: read all, and never answer
    hang: bool = False
    #: close the connection after reading all
    cut: bool = False


class Hooks:
    """A running server; `log` holds what was posted, in order."""

    def __init__(self, replies: Callable[[int], Reply]) -> None:
        self.replies = replies
        self.log: list[Posted] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hooks": self}))
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hooks: Hooks

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own signature
        pass

    def do_GET(self) -> None:
        self._take(b"")

    def do_POST(self) -> None:
        self._take(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _take(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.hooks.replies(len(self.hooks.log))
        self.hooks.log.append(Posted(path=f"{self.command} {self.path}", headers=headers, body=body))
        if reply.hang:
            self.hooks.closing.wait(10)
        if reply.hang or reply.cut:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)


@contextmanager
def hooks(*replies: Reply) -> Iterator[Hooks]:
    """Run a server that gives these answers in turn, the last one for ever."""
    given = replies or (Reply(),)
    server = Hooks(lambda number: given[min(number, len(given) - 1)])
    try:
        yield server
    finally:
        server.close()
