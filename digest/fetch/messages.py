"""What the parts of this room say to one another: visits, hops, answers, limits. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.records import Fetched, Request, Response, Source, SourceState

if TYPE_CHECKING:
    import httpx2

#: what to ask next, given the answers so far; empty when the visit is complete
Follow = Callable[[Source, SourceState, tuple[Response, ...]], Sequence[Request]]
#: takes each visit as it ends, in the caller's thread
OnFetched = Callable[[Fetched], None]
#: (visits ended, visits in all)
OnProgress = Callable[[int, int], None]
#: host in lower case and port: what counts as one host to be polite to
Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One source to ask, and the requests to begin with (conditional where validators are held)."""

    source: Source
    state: SourceState
    requests: tuple[Request, ...]
    #: secret headers, sent only to the host and port that the source declares
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long, how far and how much; times in seconds."""

    connect: float = 10.0
    #: between two pieces of an answer
    read: float = 20.0
    #: one request with all its redirects, waiting for its turn aside
    whole: float = 60.0
    #: an answer slower than this many bytes a second after `read` seconds is a drip, not a document
    slowest: int = 500
    redirects: int = 10
    #: requests in one visit; arXiv's largest query has 15 pages, a page without a feed some 20 articles
    requests: int = 60
    #: the largest bodies allowed that one visit may bring together; a month of arXiv needs less
    bodies: int = 3
    #: requests on the way at once, each to another host
    at_once: int = 24
    #: between the end of one request to arXiv and the start of the next, by its terms of use
    arxiv_gap: float = 3.0
    #: failures of a host itself (no connection, 429) after which its other sources are left alone in this run
    strikes: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One question to one host: a request, or one step of its redirects."""

    request: "httpx2.Request"
    place: Place
    #: the source declares this very host and port, so that it may lie in a private network
    declared: bool
    arxiv: bool
    #: what is left of the request's whole time
    seconds: float

    @property
    def url(self) -> str:
        """In ASCII, without fragment."""
        return str(self.request.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one hop brought: a status with kept headers, or an error in words."""

    status: int = 0
    #: names in lower case
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    wire_bytes: int = 0
    error: str = ""
    #: where a redirect leads, as httpx2 follows it
    next_request: "httpx2.Request | None" = None
    #: seconds since the run began
    started: float = 0.0
    ended: float = 0.0
    #: the failure is the host's, not this address's
    strike: bool = False
