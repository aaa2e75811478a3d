"""What servers refuse is told in one plain line; without a network."""

from datetime import timedelta

import pytest

from digest.fetch.request_steps import StepResult
from digest.records import Source
from tests.fetch.talk import NOW, A, B, talk, to


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (StepResult(status=503, headers={"retry-after": "7"}), "answered 503 Service Unavailable; asked to come back in 7 s"),
            (StepResult(status=429, headers={"retry-after": "3600"}),
             "answered 429 Too Many Requests; asked to come back in 60 min"),
            (StepResult(status=404), "answered 404 Not Found"),
            (StepResult(status=599), "answered 599"),
            (StepResult(status=202), "answered 202 Accepted"),
            (StepResult(status=304), "answered 304 Not Modified"),
            (StepResult(status=200, body=b" \n"), "answered with an empty document"),
            (StepResult(error="host not found: a.example"), "host not found: a.example"),
        ],
    )  # fmt: skip
    def test_are_said_in_one_plain_line(self, answer: StepResult, words: str) -> None:
        """Status and words are kept, and there is no response."""
        fetched, _ = talk({A: answer})
        assert (fetched.error, fetched.status, fetched.responses) == (words, answer.status, ())

    def test_retry_after_becomes_a_moment(self) -> None:
        """Counted from when the answer came."""
        answer = StepResult(status=503, headers={"retry-after": "7"}, started=1.0, ended=2.0)
        assert talk({A: answer})[0].retry_at == NOW + timedelta(seconds=9)

    def test_gone_is_believed_of_the_declared_address(self) -> None:
        """410 stops a source, also behind permanent redirects, but not behind a temporary one."""
        assert talk({A: StepResult(status=410)})[0].gone
        assert talk({A: to(B, 301), B: StepResult(status=410)})[0].gone
        assert not talk({A: to(B, 302), B: StepResult(status=410)})[0].gone
        assert not talk({A: StepResult(status=404)})[0].gone

    def test_an_error_after_a_redirect_says_where_it_happened(self) -> None:
        """The declared address is not to blame."""
        fetched, _ = talk({A: to(B), B: StepResult(status=404)})
        assert fetched.error == "redirected to https://b.example/feed: answered 404 Not Found"

    def test_arxiv_explains_itself(self) -> None:
        """Its API says what was wrong in an Atom entry, which is quoted."""
        body = b"<feed><entry><title>Error</title><summary>start must be\n &lt; 30000</summary></entry></feed>"
        source = Source(name="A", kind="arxiv", base_url="https://a.example")
        fetched, _ = talk({A: StepResult(status=400, body=body)}, source=source)
        assert fetched.error == "answered 400 Bad Request: start must be < 30000"
