"""Sends httpx2's requests to one host, over a connection that the guard has let through.

httpx2's own transport takes no network backend, and the guard and the deadline are in ours. This
one puts httpcore2's connection pool on that backend, as httpx2's does on the ordinary one.
"""

import logging
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

from digest.errors import FetchError
from digest.fetch.body import WireStream
from digest.fetch.network_backend import GuardedBackend, HostUnreachable

#: seconds that an idle connection is kept; longer than arXiv's gap
_KEEP_ALIVE = 30.0

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it logs every address, and some hold secrets


class GuardedTransport(httpx2.BaseTransport):
    """The transport to one host. What goes wrong is a FetchError in plain words."""

    def __init__(
        self, backend: GuardedBackend, *, tls: ssl.SSLContext | None = None, proxy: httpcore2.Proxy | None = None
    ) -> None:
        self._backend = backend
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls, proxy=proxy, max_connections=1, keepalive_expiry=_KEEP_ALIVE, network_backend=backend
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Its extensions hold *max_body* (bytes) and *retry*; the response's hold the *wire*."""
        with _in_words(self._backend):
            raw = self._send(request)
        wire = WireStream(self._pieces(raw), request.extensions["max_body"], raw.close)
        return httpx2.Response(
            raw.status, headers=raw.headers, stream=wire, extensions={**raw.extensions, "wire": wire}
        )

    def close(self) -> None:
        self._pool.close()

    def _send(self, request: httpx2.Request) -> httpcore2.Response:
        """Send the request, and once more if the server had closed the kept connection."""
        url = request.url
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        assert isinstance(request.stream, Iterable)
        raw = httpcore2.Request(
            request.method,
            target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        reused = bool(self._pool.connections)
        try:
            return self._pool.handle_request(raw)
        except (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpcore2.WriteError):
            if not reused or not request.extensions["retry"]:
                raise
            return self._pool.handle_request(raw)

    def _pieces(self, raw: httpcore2.Response) -> Iterator[bytes]:
        assert isinstance(raw.stream, Iterable)
        with _in_words(self._backend):
            yield from raw.stream


@contextmanager
def _in_words(backend: GuardedBackend) -> Iterator[None]:
    """Turn the library's errors into a FetchError of one line."""
    limits = backend.limits
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise HostUnreachable(f"no connection within {limits.connect:g} s") from error
    except httpcore2.TimeoutException as error:
        late = backend.seconds_left() <= 0
        words = f"took longer than {limits.total:g} s" if late else f"no answer within {limits.read:g} s"
        raise FetchError(words) from error
    except httpcore2.RemoteProtocolError as error:
        raise FetchError(_protocol_words(str(error))) from error
    except httpcore2.ProxyError as error:
        raise HostUnreachable(f"the proxy refused: {error}") from error
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
