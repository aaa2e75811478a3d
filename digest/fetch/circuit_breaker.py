"""Stops asking a host that keeps failing, so that fifty sources on a dead host do not cost fifty timeouts. Pure."""

from collections import Counter
from dataclasses import replace

from digest.fetch.refusals import status_words
from digest.fetch.request_steps import HostPort, StepResult


class CircuitBreaker:
    """Counts each host's failures in a row; the circuit stays open for the rest of the run."""

    def __init__(self, failures: int) -> None:
        """*failures* of the host itself (no connection, 429), one after another, open its circuit."""
        self._allowed = failures
        self._failures: Counter[HostPort] = Counter()
        self._last: dict[HostPort, StepResult] = {}

    def record(self, host: HostPort, result: StepResult) -> None:
        """Count what a request to *host* returned."""
        if not result.host_failed:
            self._failures[host] = 0
            return
        self._failures[host] += 1
        self._last[host] = result

    def refusal(self, host: HostPort) -> StepResult | None:
        """The result of a request that is not sent because the circuit is open; None while it is closed."""
        if self._failures[host] < self._allowed:
            return None
        last = self._last[host]
        reason = last.error or f"it answered {status_words(last.status)}"
        return replace(
            last,
            headers={name: value for name, value in last.headers.items() if name == "retry-after"},
            body=b"",
            wire_bytes=0,
            started=last.ended,
            error=f"not asked: {host[0]} failed {self._allowed} times in a row ({reason})",
        )
