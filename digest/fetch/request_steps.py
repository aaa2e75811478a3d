"""The records that the parts of `fetch` exchange. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.records import Fetched, Request, Response, Source, SourceState

if TYPE_CHECKING:
    import httpx2

#: names the next requests, given the responses so far; none when the poll is complete
Follow = Callable[[Source, SourceState, tuple[Response, ...]], Sequence[Request]]
#: takes each poll's result as it ends, in the caller's thread
OnFetched = Callable[[Fetched], None]
#: (polls ended, polls in all)
OnProgress = Callable[[int, int], None]
#: host name in lower case and port: the unit of rate limiting
HostPort = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One source to fetch, and its first requests (conditional where validators are known)."""

    source: Source
    state: SourceState
    requests: tuple[Request, ...]
    #: secret headers, sent only to the scheme, host and port that the source declares
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: what other owners of its hosts were answered already, by address, and the robots rules they went by
    heard: "Mapping[str, StepResult]" = field(default_factory=dict, repr=False)
    rules: Mapping[str, str | None] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStep:
    """One HTTP exchange with one host: a request, or one step of its redirects."""

    request: "httpx2.Request"
    host: HostPort
    #: the source declares this very host and port, so it may be in a private network
    declared: bool
    #: arXiv's own rate limit applies
    arxiv: bool
    #: what is left of the request's total time
    seconds: float

    @property
    def url(self) -> str:
        """In ASCII, without fragment."""
        return str(self.request.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step returned: a status with the headers we keep, or an error in words."""

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
    #: the host itself failed (no connection, 429), not just this address
    host_failed: bool = False
