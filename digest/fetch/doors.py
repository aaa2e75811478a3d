"""Opens connections: looks names up, lets the guard judge every address, keeps waits within a deadline.

What is judged is the address that is then connected to, so that a name which answers
differently the second time gains nothing.
"""

import errno
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from digest.errors import FetchError
from digest.fetch import guard
from digest.fetch.body import size
from digest.fetch.messages import Hop, Limits

#: addresses tried for one name
_ADDRESSES = 4

Resolve = Callable[[str, int], list[str]]
Clock = Callable[[], float]


class NoConnection(FetchError):
    """The host itself could not be reached, whatever was to be asked of it."""


class Doors(httpcore2.NetworkBackend):
    """Opens connections to addresses that the guard lets through, and keeps every wait within the deadline."""

    def __init__(self, *, guarded: bool | None, limits: Limits, clock: Clock, resolve: Resolve) -> None:
        """*guarded* is the guard's `declared`, or None where only the proxy is connected to."""
        self.deadline = 0.0
        self.limits = limits
        self._guarded = guarded
        self._started = 0.0
        self._read = 0
        self._clock = clock
        self._resolve = resolve
        self._inner = httpcore2.SyncBackend()

    @property
    def overdue(self) -> bool:
        return self._clock() >= self.deadline

    def start(self, seconds: float) -> None:
        """Begin a request, which may take so many seconds in all."""
        self._started, self._read = self._clock(), 0
        self.deadline = self._started + seconds

    def count(self, length: int) -> None:
        """Note how many bytes came; FetchError once they trickle."""
        self._read += length
        spent = self._clock() - self._started
        if spent > self.limits.read and self._read < spent * self.limits.slowest:
            raise FetchError(f"too slow: {size(self._read)} in {spent:.0f} s")

    def left(self, timeout: float | None) -> float:
        """Cut a wait so that it ends with the deadline."""
        left = self.deadline - self._clock()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._allowed(host, port)
        until = self._clock() + self.left(timeout)
        error: Exception | None = None
        for tries_left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            # A dead first address (IPv6 that leads nowhere) must leave time for the second.
            share = max((until - self._clock()) / tries_left, 0.001)
            try:
                return _TimedStream(self._inner.connect_tcp(address, port, share), self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
        raise NoConnection(_no_connection(error, self.limits)) from error

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NoConnection(f"host not found: {host}") from error
        if self._guarded is None:
            return addresses[:_ADDRESSES]
        reasons = {a: guard.refusal(a, host, declared=self._guarded) for a in addresses}
        allowed = [address for address, reason in reasons.items() if not reason]
        if not allowed:
            raise FetchError(next(iter(reasons.values()), f"host not found: {host}"))
        return allowed[:_ADDRESSES]


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every wait ends with its owner's deadline."""

    def __init__(self, inner: httpcore2.NetworkStream, doors: Doors) -> None:
        self._inner = inner
        self._doors = doors

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = self._inner.read(max_bytes, self._doors.left(timeout))
        self._doors.count(len(piece))
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._doors.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            stream = self._inner.start_tls(ssl_context, server_hostname, self._doors.left(timeout))
        except httpcore2.ConnectError as error:
            # Said here, because the pool above drops the cause.
            raise NoConnection(_no_tls(error.__cause__)) from error
        return _TimedStream(stream, self._doors)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's own signature
        return self._inner.get_extra_info(info)


def look_up(host: str, port: int) -> list[str]:
    """Find a host's addresses, its families in turn so that one broken family costs one try."""
    families: dict[int, list[str]] = {}
    for family, _, _, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        families.setdefault(family, []).append(str(place[0]))
    ranked = [(rank, address) for addresses in families.values() for rank, address in enumerate(addresses)]
    return list(dict.fromkeys(address for _, address in sorted(ranked, key=lambda pair: pair[0])))


def environment_proxy(hop: Hop) -> str:
    """Name the proxy that the environment wants for this hop, or ""; this machine itself needs none."""
    host, port = hop.place
    proxies = getproxies()
    proxy = proxies.get(urlsplit(hop.url).scheme) or proxies.get("all", "")
    if not proxy or proxy_bypass(f"{host}:{port}") or guard.refusal_by_name(host, declared=False):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_of(url: str) -> httpcore2.Proxy:
    """Read a proxy's address, user name and password; FetchError where it is of another kind."""
    try:
        proxy = httpx2.Proxy(url)
    except (ValueError, httpx2.InvalidURL) as error:
        raise FetchError(f"the proxy in the environment has no usable address: {guard.brief(url)}") from error
    if proxy.url.scheme not in ("http", "https"):
        raise FetchError(f"proxies of kind {proxy.url.scheme} are not supported")
    return httpcore2.Proxy(str(proxy.url), auth=proxy.raw_auth)


def _no_connection(error: Exception | None, limits: Limits) -> str:
    if isinstance(error, httpcore2.ConnectTimeout):
        return f"no connection within {limits.connect:g} s"
    cause = error.__cause__ if error else None
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return "connection refused"
    return f"no connection: {(getattr(cause, 'strerror', None) or str(cause)).lower()}"


def _no_tls(cause: BaseException | None) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate not valid: {cause.verify_message}"
    reason = getattr(cause, "reason", None) or cause
    return f"no secure connection: {str(reason).replace('_', ' ').lower()}"
