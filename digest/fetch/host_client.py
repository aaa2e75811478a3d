"""An httpx2 client for each host: sends one request at a time and reads a bounded answer.

Redirects are not followed here, because each step waits for its own host. No cookies are kept.
"""

import ssl
import threading
import time
from collections.abc import Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from digest.errors import FetchError
from digest.fetch import address_guard
from digest.fetch.body import WireStream, read_body, read_start, size
from digest.fetch.limits import FetchLimits
from digest.fetch.memory_semaphore import MemorySlot
from digest.fetch.network_backend import Clock, GuardedBackend, HostUnreachable, Resolve, look_up
from digest.fetch.proxies import environment_proxy, proxy_of
from digest.fetch.request_steps import HostPort, RequestStep, StepResult
from digest.fetch.transport import GuardedTransport

#: the headers of an answer that are needed, here or later; the rest is dropped
KEPT_HEADERS = frozenset(
    {"cache-control", "content-encoding", "content-length", "content-location", "content-type", "date",
     "etag", "expires", "last-modified", "link", "location", "retry-after"}
)  # fmt: skip
#: bytes of a refusal's body: enough for a server's explanation, and read to keep the connection usable
_REFUSAL_BODY = 1 << 16


class HostClient:
    """The connection to one host, kept open between requests; for one thread at a time."""

    def __init__(
        self,
        *,
        declared: bool,
        limits: FetchLimits,
        tls: ssl.SSLContext | None = None,
        proxy: str = "",
        clock: Clock = time.monotonic,
        resolve: Resolve | None = None,
        confirm: Callable[[], None] = lambda: None,
    ) -> None:
        """*declared* hosts may be private ones; see `address_guard.refusal`."""
        self._clock = clock
        self._declared = declared
        self._proxied = bool(proxy)
        guarded = None if proxy else declared
        self._backend = GuardedBackend(
            guarded=guarded, limits=limits, clock=clock, resolve=resolve or look_up, confirm=confirm
        )
        self._client = httpx2.Client(
            transport=GuardedTransport(self._backend, tls=tls, proxy=proxy_of(proxy) if proxy else None),
            timeout=httpx2.Timeout(limits.read, connect=limits.connect),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    def send(self, step: RequestStep, max_body: int, slot: MemorySlot) -> StepResult:
        """Send one request. Whatever comes of it is a StepResult, an error in words included."""
        started = self._clock()
        self._backend.start(step.seconds)
        step.request.extensions = {"max_body": max_body, "retry": not step.arxiv}
        try:
            if self._proxied and (why := address_guard.refusal_by_name(step.host[0], declared=self._declared)):
                raise FetchError(why)
            response = self._client.send(step.request, stream=True)
            try:
                body = self._body(response, max_body, slot)
            finally:
                response.close()
        except FetchError as error:
            return StepResult(error=str(error), status=error.status, started=started, ended=self._clock(),
                              host_failed=isinstance(error, HostUnreachable))  # fmt: skip
        return StepResult(
            status=response.status_code,
            headers={name: value for name, value in response.headers.items() if name in KEPT_HEADERS},
            body=body,
            wire_bytes=response.num_bytes_downloaded,
            next_request=response.next_request,
            started=started,
            ended=self._clock(),
            host_failed=response.status_code == 429,
        )

    def close(self) -> None:
        self._client.close()

    def _body(self, response: httpx2.Response, max_body: int, slot: MemorySlot) -> bytes:
        if response.status_code != 200:
            return read_start(response, _REFUSAL_BODY)
        wire: WireStream = response.extensions["wire"]
        try:
            length = response.headers.get("content-length", "")
            if length.isdigit() and int(length) > max_body:
                raise FetchError(f"body larger than {size(max_body)}")
            return read_body(response, wire, max_body, lambda: slot.acquire(self._backend.seconds_left()))
        except FetchError as error:
            error.status = response.status_code
            raise


class HostClients:
    """The open clients of one run; each is used by the thread whose turn it is at that host.

    Those that wait for their next turn keep their connection, as far as the limit on idle ones goes.
    """

    def __init__(
        self, limits: FetchLimits, clock: Clock, resolve: Resolve | None, confirm: Callable[[], None] = lambda: None
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._resolve = resolve
        self._confirm = confirm
        self._open: dict[tuple[HostPort | None, bool], HostClient] = {}
        #: hosts in the order in which they were asked last, none of them being asked now
        self._idle: dict[HostPort, None] = {}
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def find(self, step: RequestStep) -> HostClient:
        """Return the client for a step.

        A host that one source declares and another is redirected to has two clients, because a
        connection opened for the first must not let the second past the guard. All of arXiv's
        hosts share one, because arXiv asks for a single connection.
        """
        key = (None if step.arxiv else step.host, step.declared)
        with self._lock:
            self._idle.pop(step.host, None)
            if key not in self._open:
                self._open[key] = HostClient(
                    declared=step.declared,
                    limits=self._limits,
                    tls=self._context() if step.url.startswith("https:") else None,
                    proxy=environment_proxy(step),
                    clock=self._clock,
                    resolve=self._resolve,
                    confirm=self._confirm,
                )
            return self._open[key]

    def rest(self, host: HostPort) -> None:
        """Keep the connections to a host that is not being asked, and close the longest idle ones beyond the limit."""
        with self._lock:
            self._idle.pop(host, None)
            self._idle[host] = None
            while len(self._idle) > self._limits.idle:
                self._close(next(iter(self._idle)))

    def close_host(self, host: HostPort) -> None:
        """Close the connections to a host that is not being asked."""
        with self._lock:
            self._close(host)

    def _close(self, host: HostPort) -> None:
        self._idle.pop(host, None)
        for declared in (True, False):
            if client := self._open.pop((host, declared), None):
                client.close()

    def close(self) -> None:
        for client in list(self._open.values()):
            client.close()

    def _context(self) -> ssl.SSLContext:
        self._tls = self._tls or httpx2.create_ssl_context()
        return self._tls
