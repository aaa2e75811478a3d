"""A host that keeps failing is not asked again; see test_client for whole runs."""

from digest.fetch.circuit_breaker import CircuitBreaker
from digest.fetch.request_steps import StepResult

A = ("a.example", 443)
B = ("b.example", 443)
FAILURE = StepResult(error="connection refused", host_failed=True, ended=3.0)


def test_failures_in_a_row_open_the_circuit_of_their_host_alone() -> None:
    """The refusal repeats the last reason."""
    breaker = CircuitBreaker(2)
    breaker.record(A, FAILURE)
    assert breaker.refusal(A) is None
    breaker.record(A, FAILURE)
    refusal = breaker.refusal(A)
    assert refusal is not None
    assert refusal.error == "not asked: a.example failed 2 times in a row (connection refused)"
    assert breaker.refusal(B) is None


def test_a_success_closes_it() -> None:
    """Only failures in a row count."""
    breaker = CircuitBreaker(2)
    for result in (FAILURE, StepResult(status=404), FAILURE):
        breaker.record(A, result)
    assert breaker.refusal(A) is None


def test_what_the_host_asked_for_is_kept() -> None:
    """Retry-After holds for the requests that are not sent, and no body or location is repeated."""
    breaker = CircuitBreaker(1)
    headers = {"retry-after": "600", "location": "/"}
    breaker.record(A, StepResult(status=429, headers=headers, body=b"slow down", host_failed=True))
    refusal = breaker.refusal(A)
    assert refusal is not None
    assert (refusal.status, dict(refusal.headers), refusal.body) == (429, {"retry-after": "600"}, b"")
    assert "it answered 429 Too Many Requests" in refusal.error
