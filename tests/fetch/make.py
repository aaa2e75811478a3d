"""Hops and limits for tests of the wire."""

import httpx2

from digest.fetch import address_guard
from digest.fetch.limits import FetchLimits
from digest.fetch.memory_semaphore import MemorySemaphore
from digest.fetch.request_steps import RequestStep

#: generous, so that a busy machine fails no test
PATIENT = FetchLimits()
SLOT = MemorySemaphore(8).slot()


def step(url: str, *, declared: bool = True, arxiv: bool = False, seconds: float = 60.0) -> RequestStep:
    request = httpx2.Request("GET", address_guard.wire_url(url), headers={"X-Test": "1"})
    return RequestStep(
        request=request, host=address_guard.host_port(url), declared=declared, arxiv=arxiv, seconds=seconds
    )
