"""One HTTP POST, and the truth about what became of it.

The connection is that of `fetch`: its guard, its time limits, the system's authorities. A redirect is not followed,
because the address is a secret. Until the last byte of the body has left nothing certainly arrived; after that, and
until the server's status is read, nobody knows.
"""

import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx2

from digest import __version__
from digest.errors import DeliveryError, FetchError
from digest.fetch import address_guard
from digest.fetch.body import read_start
from digest.fetch.limits import FetchLimits
from digest.fetch.network_backend import Clock, GuardedBackend, Resolve, look_up
from digest.fetch.proxies import environment_proxy, proxy_of
from digest.fetch.request_steps import RequestStep
from digest.fetch.transport import GuardedTransport

#: Bytes of an answer that are read: it says in a line what was wrong.
_ANSWER = 4_096
#: How httpcore2 names the moment when all of a request has been handed to the system.
_HANDED_OVER = "send_request_body.complete"


class AnswerLost(DeliveryError):
    """All was sent, and what the server made of it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    #: the beginning of its text where that is meant to be read, else ""
    text: str = ""
    #: the Retry-After header as it was sent
    retry_after: str = ""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    limits: FetchLimits = FetchLimits(),  # noqa: B008 - frozen
    tls: ssl.SSLContext | None = None,
    clock: Clock = time.monotonic,
    resolve: Resolve | None = None,
) -> Answer:
    """Send *body* to a *url* that `address_guard.wire_url` has made, *tls* saying whom to trust.

    Raises AnswerLost where it may have arrived, and DeliveryError where it certainly did not; neither names the
    address beyond its host.
    """
    proxy = _proxy(url)
    backend = GuardedBackend(guarded=None if proxy else True, limits=limits, clock=clock, resolve=resolve or look_up)
    trust = (tls or httpx2.create_ssl_context()) if url.startswith("https:") else None
    sent = False

    def watch(event: str, _: Mapping[str, Any]) -> None:
        nonlocal sent
        sent = sent or event.endswith(_HANDED_OVER)

    transport = GuardedTransport(backend, tls=trust, proxy=proxy_of(proxy) if proxy else None)
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    timeout = httpx2.Timeout(limits.read, connect=limits.connect)
    with httpx2.Client(transport=transport, timeout=timeout, cookies=cookies, follow_redirects=False) as client:
        client.headers["User-Agent"] = f"mldigest/{__version__}"
        request = client.build_request("POST", url, content=body, headers=dict(headers))
        request.extensions |= {"max_body": 1 << 20, "retry": False, "trace": watch}
        backend.start(limits.total)
        try:
            response = client.send(request, stream=True)
        # The cause is not chained: it may quote the address.
        except FetchError as error:
            raise (AnswerLost if sent else DeliveryError)(str(error)) from None
        try:
            return _answer(response)
        finally:
            response.close()


def _proxy(url: str) -> str:
    """The proxy that the environment names for this address, or ""."""
    place = address_guard.host_port(url)
    step = RequestStep(request=httpx2.Request("POST", url), host=place, declared=True, arxiv=False, seconds=0.0)
    proxy = environment_proxy(step)
    if proxy and (why := address_guard.refusal_by_name(urlsplit(url).hostname or "", declared=True)):
        raise DeliveryError(why)
    return proxy


def _answer(response: httpx2.Response) -> Answer:
    """The status decides; what else there is of the answer is read as far as it comes."""
    text = b""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code >= 400 and kind in ("text/plain", "application/json"):
        with suppress(FetchError):
            text = read_start(response, _ANSWER)
    return Answer(
        status=response.status_code,
        text=text.decode("utf-8", errors="replace"),
        retry_after=response.headers.get("retry-after", ""),
    )
