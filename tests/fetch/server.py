"""A small threaded web server of our own: a function from what is asked to what is said, and a log."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FEED = b"<rss version='2.0'><channel><title>Made for a test</title><item><guid>1</guid></item></channel></rss>"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as the server saw it; times in seconds of the monotonic clock."""

    path: str
    headers: Mapping[str, str]
    connection: int
    started: float
    ended: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Said:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = FEED
    #: bytes of the body really sent before the connection is closed; all of them unless given
    cut_at: int | None = None
    #: never answer at all
    hang: bool = False
    #: send one byte at a time for ever
    drip: bool = False


Answering = Callable[[Asked], Said]


class World:
    """A running server; `log` holds the requests that have been answered."""

    def __init__(self, answering: Answering, tls: ssl.SSLContext | None = None) -> None:
        self.answering = answering
        self.log: list[Asked] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": self}))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._server.server_address[1]
        self._scheme = "https" if tls else "http"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for the world it belongs to."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    world: World

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own signature
        pass

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(path=self.path, headers=headers, connection=self.client_address[1], started=time.monotonic())
        said = self.world.answering(asked)
        self.world.log.append(replace(asked, ended=time.monotonic()))
        if said.hang:
            self.world.closing.wait(10)
            self.close_connection = True
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status not in (204, 304):
            self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        try:
            self._send(said)
        except OSError:  # the client had enough
            self.close_connection = True

    def _send(self, said: Said) -> None:
        if said.drip:
            for index in range(len(said.body)):
                self.wfile.write(said.body[index : index + 1])
                self.wfile.flush()
                if self.world.closing.wait(0.01):
                    return
        elif said.status not in (204, 304):
            self.wfile.write(said.body[: said.cut_at])
        self.close_connection = said.cut_at is not None


@contextmanager
def serving(answering: Answering | Mapping[str, Said], tls: ssl.SSLContext | None = None) -> Iterator[World]:
    """Run a server over a function, or over a mapping from paths (404 for others)."""
    if isinstance(answering, Mapping):
        table = answering
        world = World(lambda asked: table.get(asked.path, Said(status=404, body=b"not here")), tls)
    else:
        world = World(answering, tls)
    try:
        yield world
    finally:
        world.close()


def moved(status: int, where: str) -> Said:
    return Said(status=status, headers={"Location": where}, body=b"")


def peak_memory(work: Callable[[], object]) -> int:
    """Bytes that Python held at once, at most, while *work* ran."""
    import tracemalloc

    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
