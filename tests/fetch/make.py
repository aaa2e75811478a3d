"""Hops and limits for tests of the wire."""

import httpx2

from digest.fetch import guard
from digest.fetch.body import LargeBodies
from digest.fetch.messages import Hop, Limits

#: generous, so that a busy machine fails no test
PATIENT = Limits()
PERMIT = LargeBodies().permit()


def hop(url: str, *, declared: bool = True, arxiv: bool = False, seconds: float = 60.0) -> Hop:
    request = httpx2.Request("GET", guard.wire_url(url), headers={"X-Test": "1"})
    return Hop(request=request, place=guard.place_of(url), declared=declared, arxiv=arxiv, seconds=seconds)
