"""Opens connections: looks names up, lets the guard judge every address, and keeps waits within a deadline.

The guard judges the address that is then connected to, so a name that resolves differently the
second time (DNS rebinding) gains nothing.
"""

import errno
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from digest.errors import FetchError
from digest.fetch import address_guard
from digest.fetch.body import size
from digest.fetch.limits import FetchLimits

#: addresses tried for one name
_ADDRESSES = 4

Resolve = Callable[[str, int], list[str]]
Clock = Callable[[], float]


class HostUnreachable(FetchError):
    """The host itself could not be reached, whatever the request."""


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects one host's client, only to addresses that pass the guard, and bounds its requests in time."""

    def __init__(
        self,
        *,
        guarded: bool | None,
        limits: FetchLimits,
        clock: Clock,
        resolve: Resolve,
        confirm: Callable[[], None] = lambda: None,
    ) -> None:
        """*guarded* is the guard's `declared`, or None where only the proxy is connected to.

        *confirm* is called just before anything is sent, as long as that may be after the request began.
        """
        self.limits = limits
        self.confirm = confirm
        self._guarded = guarded
        self._clock = clock
        self._resolve = resolve
        self._inner = httpcore2.SyncBackend()
        self._started = self._deadline = 0.0
        self._received = 0

    def start(self, seconds: float) -> None:
        """Begin a request that may take *seconds* in all."""
        self._started, self._received = self._clock(), 0
        self._deadline = self._started + seconds

    def seconds_left(self) -> float:
        return self._deadline - self._clock()

    def cut(self, timeout: float | None) -> float:
        """Shorten a timeout so that it ends with the deadline."""
        left = self.seconds_left()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if timeout is None else min(left, timeout)

    def count(self, length: int) -> None:
        """Add received bytes; FetchError once they come too slowly."""
        self._received += length
        spent = self._clock() - self._started
        if spent > self.limits.read and self._received < spent * self.limits.min_speed:
            raise FetchError(f"too slow: {size(self._received)} in {spent:.0f} s")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._allowed(host, port)
        until = self._clock() + self.cut(timeout)
        error: Exception | None = None
        for tries_left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            # A dead first address (IPv6 without a route) must leave time for the second.
            share = max((until - self._clock()) / tries_left, 0.001)
            try:
                return _BoundedStream(self._inner.connect_tcp(address, port, share), self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
        raise HostUnreachable(_connect_words(error, self.limits)) from error

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise HostUnreachable(f"host not found: {host}") from error
        if self._guarded is None:
            return addresses[:_ADDRESSES]
        reasons = {a: address_guard.refusal(a, host, declared=self._guarded) for a in addresses}
        allowed = [address for address, reason in reasons.items() if not reason]
        if not allowed:
            raise FetchError(next(iter(reasons.values()), f"host not found: {host}"))
        return allowed[:_ADDRESSES]


class _BoundedStream(httpcore2.NetworkStream):
    """A connection whose every wait ends with the deadline of its backend."""

    def __init__(self, inner: httpcore2.NetworkStream, backend: GuardedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = self._inner.read(max_bytes, self._backend.cut(timeout))
        self._backend.count(len(piece))
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        timeout = self._backend.cut(timeout)
        if buffer:
            self._backend.confirm()
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            stream = self._inner.start_tls(ssl_context, server_hostname, self._backend.cut(timeout))
        except httpcore2.ConnectError as error:
            # Worded here, because the pool above drops the cause.
            raise HostUnreachable(_tls_words(error.__cause__)) from error
        return _BoundedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's own signature
        return self._inner.get_extra_info(info)


def look_up(host: str, port: int) -> list[str]:
    """Find a host's addresses, IPv4 and IPv6 in turn, so that a family without a route costs one try."""
    families: dict[int, list[str]] = {}
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        families.setdefault(family, []).append(str(address[0]))
    ranked = [(rank, address) for addresses in families.values() for rank, address in enumerate(addresses)]
    return list(dict.fromkeys(address for _, address in sorted(ranked, key=lambda pair: pair[0])))


def _connect_words(error: Exception | None, limits: FetchLimits) -> str:
    if isinstance(error, httpcore2.ConnectTimeout):
        return f"no connection within {limits.connect:g} s"
    cause = error.__cause__ if error else None
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return "connection refused"
    return f"no connection: {(getattr(cause, 'strerror', None) or str(cause)).lower()}"


def _tls_words(cause: BaseException | None) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate not valid: {cause.verify_message}"
    reason = getattr(cause, "reason", None) or cause
    return f"no secure connection: {str(reason).replace('_', ' ').lower()}"
