"""The client of one host: asks one question at a time through httpx2 and reads a bounded answer.

Redirects are not followed here, since each step waits for the turn of its own host. No cookies are kept.
"""

import ssl
import threading
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from digest.errors import FetchError
from digest.fetch import guard
from digest.fetch.body import Permit, WireStream, read_body, read_start, size
from digest.fetch.doors import Clock, Doors, NoConnection, Resolve, environment_proxy, look_up, proxy_of
from digest.fetch.messages import Answer, Hop, Limits, Place
from digest.fetch.transport import GuardedTransport

#: what an answer's headers are needed for here or later; the rest is dropped
KEPT_HEADERS = frozenset(
    {"cache-control", "content-encoding", "content-length", "content-location", "content-type", "date",
     "etag", "expires", "last-modified", "link", "location", "retry-after"}
)  # fmt: skip
#: of a refusal's body: enough for a server's own words, and read to keep the connection usable
_REFUSAL_BODY = 1 << 16


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
        self._clock = clock
        self._declared = declared
        self._proxied = bool(proxy)
        guarded = None if proxy else declared
        self._backend = Doors(guarded=guarded, limits=limits, clock=clock, resolve=resolve or look_up)
        self._client = httpx2.Client(
            transport=GuardedTransport(self._backend, tls=tls, proxy=proxy_of(proxy) if proxy else None),
            timeout=httpx2.Timeout(limits.read, connect=limits.connect),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    def ask(self, hop: Hop, max_body: int, permit: Permit) -> Answer:
        """Put one question; whatever comes of it is an Answer, an error in words included."""
        started = self._clock()
        self._backend.start(hop.seconds)
        hop.request.extensions = {"max_body": max_body, "retry": not hop.arxiv}
        try:
            if self._proxied and (why := guard.refusal_by_name(hop.place[0], declared=self._declared)):
                raise FetchError(why)
            response = self._client.send(hop.request, stream=True)
            try:
                body = self._body(response, max_body, permit)
            finally:
                response.close()
        except FetchError as error:
            strike = isinstance(error, NoConnection)
            return Answer(error=str(error), status=error.status, started=started, ended=self._clock(), strike=strike)
        return Answer(status=response.status_code, headers=_kept(response.headers), body=body,
                      wire_bytes=response.num_bytes_downloaded, next_request=response.next_request,
                      started=started, ended=self._clock(), strike=response.status_code == 429)  # fmt: skip

    def close(self) -> None:
        self._client.close()

    def _body(self, response: httpx2.Response, max_body: int, permit: Permit) -> bytes:
        if response.status_code != 200:
            return read_start(response, _REFUSAL_BODY)
        wire: WireStream = response.extensions["wire"]
        try:
            length = response.headers.get("content-length", "")
            if length.isdigit() and int(length) > max_body:
                raise FetchError(f"body larger than {size(max_body)}")
            return read_body(response, wire, max_body, lambda: permit.take(self._backend.deadline - self._clock()))
        except FetchError as error:
            error.status = response.status_code
            raise


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
        self._tls = self._tls or httpx2.create_ssl_context()
        return self._tls


def _kept(headers: httpx2.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name in KEPT_HEADERS}
