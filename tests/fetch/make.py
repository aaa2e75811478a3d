"""Hops and limits for tests of the wire."""

from digest.fetch import guard
from digest.fetch.body import LargeBodies
from digest.fetch.messages import Hop, Limits

#: generous, so that a busy machine fails no test
PATIENT = Limits()
PERMIT = LargeBodies().permit()


def hop(url: str, *, declared: bool = True, arxiv: bool = False, seconds: float = 60.0) -> Hop:
    return Hop(url=guard.wire_url(url), place=guard.place_of(url), headers=(("X-Test", "1"),), declared=declared,
               arxiv=arxiv, seconds=seconds)  # fmt: skip
