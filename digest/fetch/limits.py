"""The limits of a fetch: how long, how far and how much. Times in seconds, sizes in bytes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Everything that bounds what a server can make us do."""

    connect: float = 10.0
    #: between two pieces of an answer
    read: float = 20.0
    #: one request with all its redirects, not counting the waits for its hosts
    total: float = 60.0
    #: bytes a second; an answer that is slower once `read` seconds have passed is given up
    min_speed: int = 500
    redirects: int = 10
    #: requests in one poll; arXiv's largest query has 15 pages, a page without a feed some 20 articles
    requests: int = 60
    #: all bodies of one poll together, as a multiple of the largest body allowed; a month of arXiv needs less
    bodies: int = 3
    #: hosts asked at the same time
    concurrency: int = 24
    #: between the end of one request to arXiv and the start of the next, as its terms of use demand
    arxiv_gap: float = 3.0
    #: failures in a row after which a host is not asked again in this run; see `circuit_breaker`
    host_failures: int = 2
