"""What one session knows while it runs: its settings and its running totals. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.errors import FetchError
from digest.fetch.body import size
from digest.fetch.limits import FetchLimits
from digest.fetch.politeness import is_arxiv
from digest.fetch.request_steps import HostPort, Poll, StepResult
from digest.fetch.robots_cache import RobotsCache


@dataclass(slots=True)
class SessionState:
    """The settings of a session, and what it has used up so far."""

    poll: Poll
    limits: FetchLimits
    now: datetime
    #: sent with every request
    headers: Mapping[str, str]
    #: the hosts that the source names itself
    declared: frozenset[HostPort]
    #: bytes that all bodies together may have
    max_bytes: int
    robots: RobotsCache
    #: the rules that this session went by, by the address of robots.txt
    rules: dict[str, str | None]
    first: StepResult | None = None
    status: int = 0
    seconds: float = 0.0
    bytes: int = 0
    requested: set[str] = field(default_factory=set)

    @property
    def arxiv(self) -> bool:
        return is_arxiv(self.poll.source, self.poll.state)

    @property
    def seconds_left(self) -> float:
        """What is left for the next request."""
        return self.limits.total if self.arxiv else min(self.limits.total, self.limits.poll - self.seconds)

    def moment(self, seconds: float) -> datetime:
        """Turn seconds since the run began into a time."""
        return self.now + timedelta(seconds=seconds)

    def count(self, result: StepResult) -> None:
        """Add a step to the totals; FetchError once the bodies are too large together."""
        self.first = self.first or result
        self.status = result.status
        self.seconds += result.ended - result.started
        self.bytes += len(result.body)
        if self.bytes > self.max_bytes:
            raise FetchError(f"more than {size(self.max_bytes)} in one poll", status=result.status)
