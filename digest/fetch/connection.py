"""The wire to one host: asks one question at a time and reads bounded answers.

It speaks HTTP through httpcore2, the engine under httpx2: that lets `doors` check the address
that is really connected to, and a request costs half of what it costs through the client
above it. Nothing here follows redirects or keeps cookies.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpcore2

from digest.errors import FetchError
from digest.fetch import guard
from digest.fetch.body import Body, Permit, size
from digest.fetch.doors import Clock, Doors, NoConnection, Resolve, environment_proxy, look_up, proxy_of
from digest.fetch.messages import Answer, Hop, Limits, Place

#: what an answer's headers are needed for here or later; the rest is dropped
KEPT_HEADERS = frozenset(
    {"cache-control", "content-encoding", "content-length", "content-location", "content-type", "date",
     "etag", "expires", "last-modified", "link", "location", "retry-after"}
)  # fmt: skip
#: of a refusal's body: enough for a server's own words, and read to keep the connection usable
_REFUSAL_BODY = 1 << 16
#: seconds an idle connection is trusted; longer than arXiv's gap
_KEPT_ALIVE = 30.0


class Wire:
    """The connection to one host, kept open between questions; for one thread at a time."""

    def __init__(
        self,
        *,
        declared: bool,
        limits: Limits,
        tls: ssl.SSLContext | None = None,
        proxy: str = "",
        clock: Clock = time.monotonic,
        resolve: "Resolve | None" = None,
    ) -> None:
        """*declared* hosts may be private ones; see `guard.refusal`."""
        self._limits = limits
        self._clock = clock
        self._declared = declared
        self._proxied = bool(proxy)
        guarded = None if proxy else declared
        self._doors = Doors(guarded=guarded, limits=limits, clock=clock, resolve=resolve or look_up)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            proxy=proxy_of(proxy) if proxy else None,
            max_connections=1,
            keepalive_expiry=_KEPT_ALIVE,
            network_backend=self._doors,
        )

    def ask(self, hop: Hop, max_body: int, permit: Permit) -> Answer:
        """Put one question; whatever comes of it is an Answer, an error in words included."""
        started = self._clock()
        self._doors.deadline = started + hop.seconds
        try:
            status, headers, body, wire_bytes = self._exchange(hop, max_body, permit, started)
        except FetchError as error:
            strike = isinstance(error, NoConnection)
            return Answer(error=str(error), status=error.status, started=started, ended=self._clock(), strike=strike)
        return Answer(status=status, headers=headers, body=body, wire_bytes=wire_bytes,
                      started=started, ended=self._clock(), strike=status == 429)  # fmt: skip

    def close(self) -> None:
        self._pool.close()

    def _exchange(
        self, hop: Hop, max_body: int, permit: Permit, started: float
    ) -> tuple[int, dict[str, str], bytes, int]:
        if self._proxied and (why := guard.refusal_by_name(hop.place[0], declared=self._declared)):
            raise FetchError(why)
        with _in_words(self._limits, self._doors), self._answer(hop) as raw:
            headers = _kept(raw.headers)
            if raw.status != 200:
                refusal = _start_of(raw, headers)
                return raw.status, headers, refusal, len(refusal)
            try:
                body = self._read(raw, headers, max_body, permit, started)
                return raw.status, headers, body.whole(), body.wire_bytes
            except FetchError as error:
                error.status = raw.status
                raise

    @contextmanager
    def _answer(self, hop: Hop) -> Iterator[httpcore2.Response]:
        """Send the question, once more where the kept connection turns out to have been closed."""
        reused = bool(self._pool.connections)
        request = _request(hop, self._limits)
        try:
            raw = self._pool.handle_request(request)
        except (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpcore2.WriteError):
            if not reused or hop.arxiv:
                raise
            raw = self._pool.handle_request(request)
        try:
            yield raw
        finally:
            raw.close()

    def _read(
        self, raw: httpcore2.Response, headers: Mapping[str, str], max_body: int, permit: Permit, started: float
    ) -> Body:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > max_body:
            raise FetchError(f"body larger than {size(max_body)}")
        body = Body(headers.get("content-encoding", ""), max_body)
        for piece in _pieces(raw):
            body.add(piece)
            if body.large and not permit.take(self._doors.deadline - self._clock()):
                raise FetchError("too many large documents at once; it will be asked again")
            spent = self._clock() - started
            if spent > self._limits.read and body.wire_bytes < spent * self._limits.slowest:
                raise FetchError(f"too slow: {size(body.wire_bytes)} in {spent:.0f} s")
        return body


class Wires:
    """The open connections of one run; each is used by whoever holds the turn of its host."""

    def __init__(self, limits: Limits, clock: Clock, resolve: Resolve | None) -> None:
        self._limits = limits
        self._clock = clock
        self._resolve = resolve
        self._open: dict[tuple[Place | None, bool], Wire] = {}
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def find(self, hop: Hop) -> Wire:
        """Give the wire for a hop.

        A host declared by one source and reached by another's redirect has two wires, since a
        connection made for the first must not let the second past the guard. All of arXiv's
        hosts share one, because one connection is what arXiv asks for.
        """
        key = (None if hop.arxiv else hop.place, hop.declared)
        with self._lock:
            if key not in self._open:
                self._open[key] = Wire(
                    declared=hop.declared,
                    limits=self._limits,
                    tls=self._context() if hop.url.startswith("https:") else None,
                    proxy=environment_proxy(hop),
                    clock=self._clock,
                    resolve=self._resolve,
                )
            return self._open[key]

    def hang_up(self, place: Place) -> None:
        """Close the connections to a host that nothing waits for any more."""
        for declared in (True, False):
            if wire := self._open.pop((place, declared), None):
                wire.close()

    def close(self) -> None:
        for wire in list(self._open.values()):
            wire.close()

    def _context(self) -> ssl.SSLContext:
        self._tls = self._tls or httpcore2.default_ssl_context()
        return self._tls


@contextmanager
def _in_words(limits: Limits, doors: Doors) -> Iterator[None]:
    """Say the library's errors in one line of plain words."""
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise NoConnection(f"no connection within {limits.connect:g} s") from error
    except httpcore2.TimeoutException as error:
        words = f"took longer than {limits.whole:g} s" if doors.overdue else f"no answer within {limits.read:g} s"
        raise FetchError(words) from error
    except httpcore2.RemoteProtocolError as error:
        raise FetchError(_protocol_words(str(error))) from error
    except httpcore2.ProxyError as error:
        raise NoConnection(f"the proxy refused: {error}") from error
    except httpcore2.NetworkError as error:
        raise FetchError("the connection broke off") from error
    except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise FetchError(f"cannot be asked: {error}") from error


def _protocol_words(complaint: str) -> str:
    if "complete message body" in complaint:
        return "the answer broke off in the middle"
    if "without sending" in complaint:
        return "closed the connection without an answer"
    return f"does not speak HTTP properly: {complaint}"


def _request(hop: Hop, limits: Limits) -> httpcore2.Request:
    timeout = {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect}
    headers = [("Host", urlsplit(hop.url).netloc), *hop.headers]
    encoded = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]
    return httpcore2.Request(b"GET", hop.url, headers=encoded, extensions={"timeout": timeout})


def _kept(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        if name in KEPT_HEADERS:
            value = _text(raw_value)
            kept[name] = f"{kept[name]}, {value}" if name in kept else value
    return kept


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _start_of(raw: httpcore2.Response, headers: Mapping[str, str]) -> bytes:
    """Read the beginning of a refusal, which may be anything."""
    if raw.status in (204, 304):
        return b""
    taken = bytearray()
    for piece in _pieces(raw):
        taken += piece
        if len(taken) > _REFUSAL_BODY:
            break
    try:
        body = Body(headers.get("content-encoding", ""), _REFUSAL_BODY * 10)
        body.add(bytes(taken))
    except FetchError:
        return b""
    return body.so_far()


def _pieces(raw: httpcore2.Response) -> Iterable[bytes]:
    stream = raw.stream
    if not isinstance(stream, Iterable):
        raise TypeError("a blocking pool gives a blocking stream")
    return stream
