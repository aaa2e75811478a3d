"""One request at a time per host, with a pause between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.rate_limiter import HostRateLimiter

A = ("a.example", 443)
B = ("b.example", 443)


class TestHostRateLimiter:
    def test_one_at_a_time_per_host(self) -> None:
        """A second task of a busy host waits, one of another host does not."""
        limiter: HostRateLimiter[str] = HostRateLimiter(pause=0)
        for host, task in ((A, "a1"), (A, "a2"), (B, "b1")):
            limiter.add(host, task)
        assert [limiter.take(0), limiter.take(0), limiter.take(0)] == [(A, "a1"), (B, "b1"), None]
        assert limiter.release(A, 1)
        assert limiter.take(1) == (A, "a2")

    def test_pause_counts_from_the_end_of_the_last_request(self) -> None:
        """Two requests to one host keep their distance, and `next_moment` says when it is over."""
        limiter: HostRateLimiter[str] = HostRateLimiter(pause=1.0)
        limiter.add(A, "a1")
        limiter.add(A, "a2")
        assert limiter.take(0) == (A, "a1")
        assert limiter.next_moment() is None
        limiter.release(A, 5.0)
        assert limiter.next_moment() == 6.0
        assert limiter.take(5.9) is None
        assert limiter.take(6.0) == (A, "a2")

    def test_pause_holds_for_tasks_that_come_later(self) -> None:
        """A redirect that arrives at a host just asked waits as well."""
        limiter: HostRateLimiter[str] = HostRateLimiter(pause=1.0)
        limiter.add(A, "a1")
        limiter.take(0)
        assert not limiter.release(A, 2.0)
        limiter.add(A, "redirected here")
        assert limiter.take(2.5) is None
        assert limiter.take(3.0) == (A, "redirected here")

    def test_a_visit_under_way_goes_first(self) -> None:
        """Its next step is taken before other polls to the host begin."""
        limiter: HostRateLimiter[str] = HostRateLimiter(pause=0)
        limiter.add(A, "another poll")
        limiter.add(A, "next step", first=True)
        assert limiter.take(0) == (A, "next step")

    def test_postponed_tasks_hold_nobody_up(self) -> None:
        """While arXiv's gap passes, its host answers others; then the task goes first."""
        limiter: HostRateLimiter[str] = HostRateLimiter(pause=0)
        limiter.add(A, "arxiv")
        limiter.add(A, "feed 1")
        limiter.add(A, "feed 2")
        host, task = limiter.take(0) or pytest.fail("nothing to do")
        limiter.postpone(host, task, until=3.0)
        limiter.release(A, 0, asked=False)
        assert limiter.take(0.1) == (A, "feed 1")
        limiter.release(A, 0.2)
        assert limiter.next_moment() == 0.2
        assert limiter.take(3.0) == (A, "arxiv")

    @given(st.lists(st.tuples(st.sampled_from([A, B]), st.integers(0, 3)), max_size=30))
    def test_everything_has_its_turn_and_no_host_two(self, tasks: list[tuple[tuple[str, int], int]]) -> None:
        """Whatever comes in whatever order, each task is handed out once and never two of a host."""
        limiter: HostRateLimiter[int] = HostRateLimiter(pause=1.0)
        for number, (host, _) in enumerate(tasks):
            limiter.add(host, number)
        clock, handed, last = 0.0, [], {A: -1.0, B: -1.0}
        while (moment := limiter.next_moment()) is not None:
            clock = max(clock, moment)
            taken = []
            while ready := limiter.take(clock):
                taken.append(ready)
            for host, number in taken:
                assert clock - last[host] >= 1.0
                handed.append(number)
                clock += tasks[number][1]
                last[host] = clock
                limiter.release(host, clock)
            assert len({host for host, _ in taken}) == len(taken)
        assert sorted(handed) == list(range(len(tasks)))
