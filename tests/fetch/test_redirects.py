"""How redirects are followed, counted and ended; without a network."""

from collections.abc import Callable

import pytest

from digest.fetch.request_steps import RequestStep, StepResult
from digest.records import Request
from tests.fetch.talk import A, B, C, good, talk, to


class TestRedirects:
    def test_permanent_only_if_every_step_is(self) -> None:
        """301 and 308 in a row give a new address, a temporary step among them does not."""
        fetched, _ = talk({A: to(B, 301), B: to(C, 308), C: good()})
        assert (fetched.responses[0].url, fetched.responses[0].permanent_url) == (C, C)
        for first, second in ((301, 302), (307, 308), (303, 303)):
            fetched, _ = talk({A: to(B, first), B: to(C, second), C: good()})
            assert (fetched.responses[0].url, fetched.responses[0].permanent_url) == (C, "")

    def test_relative_targets_start_from_where_we_are(self) -> None:
        """A path, a name or a whole address."""
        world = {A: to("/x/y"), "https://a.example/x/y": to("z?q=1#top"), "https://a.example/x/z?q=1": good()}
        assert talk(world)[0].responses[0].url == "https://a.example/x/z?q=1"

    def test_circles_end(self) -> None:
        """A circle is noticed at once, whatever its length."""
        fetched, steps = talk({A: to(B), B: to(A)})
        assert (fetched.error, len(steps)) == ("redirects in a circle", 2)

    def test_ten_are_followed_and_no_more(self) -> None:
        """The eleventh redirect is the end."""

        def staircase(steps: int) -> Callable[[RequestStep], StepResult]:
            def answer(step: RequestStep) -> StepResult:
                number = int(step.url.rpartition("/")[2])
                return to(f"/{number + 1}", 302) if number < steps else good()

            return answer

        start = Request(url="https://a.example/0")
        assert talk(staircase(10), start)[0].error == ""
        fetched, steps = talk(staircase(11), start)
        assert (fetched.error, len(steps)) == ("more than 10 redirects", 11)

    @pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://a.example/", "", "http://[", "javascript:1"])
    def test_nowhere_to_go(self, where: str) -> None:
        """A redirect to something that is not asked, or to nothing, is an error in words."""
        fetched, steps = talk({A: to(where, 302)})
        assert len(steps) == 1
        assert fetched.error
        assert fetched.status == 302

    def test_whole_time_covers_all_steps(self) -> None:
        """What one step took is missing from the next one's time."""
        slow = StepResult(status=302, headers={"location": B}, started=0.0, ended=45.0)
        fetched, steps = talk({A: slow, B: good()})
        assert [step.seconds for step in steps] == [50.0, 5.0]
        assert fetched.milliseconds == 45_000
