"""The limits of a fetch: how long, how far and how much. Times in seconds, sizes in bytes."""

from dataclasses import dataclass, replace

#: files and sockets that the rest of a process has open
_OTHER_FILES = 64
#: what a request has open at most: its connection, and one to look its host up
_FILES_OF_A_REQUEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Everything that bounds what a server can make us do."""

    connect: float = 10.0
    #: between two pieces of an answer
    read: float = 20.0
    #: one request with all its redirects, not counting the waits for its hosts
    total: float = 50.0
    #: all requests of one poll together, without the waits and not for arXiv's pages: a slow server holds a thread
    poll: float = 50.0
    #: bytes a second; an answer that is slower once `read` seconds have passed is given up
    min_speed: int = 500
    redirects: int = 10
    #: requests in one poll; arXiv's largest query has 15 pages, a page without a feed some 20 articles
    requests: int = 60
    #: all bodies of one poll together, as a multiple of the largest body allowed; a month of arXiv needs less
    bodies: int = 3
    #: Hosts asked at the same time. Waiting for answers that take 0.3 s, 24 make 78 visits a second, 128 make 390 and
    #: 256 make 690; each visit costs 1.1 ms of the processor with any of them, and each thread 40 KB.
    concurrency: int = 128
    #: connections kept open to hosts that will be asked again
    idle: int = 256
    #: bodies of more than a megabyte in memory at the same time
    large_bodies: int = 8
    #: between the end of one request to arXiv and the start of the next, as its terms of use demand
    arxiv_gap: float = 3.0
    #: failures in a row after which a host is not asked again in this run; see `circuit_breaker`
    host_failures: int = 2


def within_files(limits: FetchLimits, files: int) -> FetchLimits:
    """The limits of a process that may have so many *files* open: fewer hosts at the same time where they are few."""
    if files < 0:  # RLIM_INFINITY
        return limits
    free = max(files - _OTHER_FILES, 2 * _FILES_OF_A_REQUEST)
    concurrency = min(limits.concurrency, free // (2 * _FILES_OF_A_REQUEST))
    return replace(limits, concurrency=concurrency, idle=min(limits.idle, free // 2 - concurrency))


def shared(limits: FetchLimits, runs: int) -> FetchLimits:
    """The limits of each of so many *runs* at the same time, which keep them together."""
    return replace(
        limits,
        concurrency=max(limits.concurrency // runs, 1),
        idle=limits.idle // runs,
        large_bodies=max(limits.large_bodies // runs, 1),
    )
