"""One request at a time per host, with a pause between two; arXiv's rule across processes."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FetchError
from digest.fetch.turns import ArxivGate, Turns

A = ("a.example", 443)
B = ("b.example", 443)


class TestTurns:
    def test_one_at_a_time_per_host(self) -> None:
        """A second task of a busy host waits, one of another host does not."""
        turns: Turns[str] = Turns(pause=0)
        for place, task in ((A, "a1"), (A, "a2"), (B, "b1")):
            turns.add(place, task)
        assert [turns.take(0), turns.take(0), turns.take(0)] == [(A, "a1"), (B, "b1"), None]
        assert turns.release(A, 1)
        assert turns.take(1) == (A, "a2")

    def test_pause_counts_from_the_end_of_the_last_request(self) -> None:
        """Two requests to one host keep their distance, and `next_moment` says when it is over."""
        turns: Turns[str] = Turns(pause=1.0)
        turns.add(A, "a1")
        turns.add(A, "a2")
        assert turns.take(0) == (A, "a1")
        assert turns.next_moment() is None
        turns.release(A, 5.0)
        assert turns.next_moment() == 6.0
        assert turns.take(5.9) is None
        assert turns.take(6.0) == (A, "a2")

    def test_pause_holds_for_tasks_that_come_later(self) -> None:
        """A redirect that arrives at a host just asked waits as well."""
        turns: Turns[str] = Turns(pause=1.0)
        turns.add(A, "a1")
        turns.take(0)
        assert not turns.release(A, 2.0)
        turns.add(A, "redirected here")
        assert turns.take(2.5) is None
        assert turns.take(3.0) == (A, "redirected here")

    def test_a_visit_under_way_goes_first(self) -> None:
        """Its next hop is taken before other visits to the host begin."""
        turns: Turns[str] = Turns(pause=0)
        turns.add(A, "another visit")
        turns.add(A, "next hop", first=True)
        assert turns.take(0) == (A, "next hop")

    def test_postponed_tasks_hold_nobody_up(self) -> None:
        """While arXiv's gap passes, its host answers others; then the task goes first."""
        turns: Turns[str] = Turns(pause=0)
        turns.add(A, "arxiv")
        turns.add(A, "feed 1")
        turns.add(A, "feed 2")
        place, task = turns.take(0) or pytest.fail("nothing to do")
        turns.postpone(place, task, until=3.0)
        turns.release(A, 0, asked=False)
        assert turns.take(0.1) == (A, "feed 1")
        turns.release(A, 0.2)
        assert turns.next_moment() == 0.2
        assert turns.take(3.0) == (A, "arxiv")

    @given(st.lists(st.tuples(st.sampled_from([A, B]), st.integers(0, 3)), max_size=30))
    def test_everything_has_its_turn_and_no_host_two(self, tasks: list[tuple[tuple[str, int], int]]) -> None:
        """Whatever comes in whatever order, each task is handed out once and never two of a host."""
        turns: Turns[int] = Turns(pause=1.0)
        for number, (place, _) in enumerate(tasks):
            turns.add(place, number)
        clock, handed, last = 0.0, [], {A: -1.0, B: -1.0}
        while (moment := turns.next_moment()) is not None:
            clock = max(clock, moment)
            taken = []
            while turn := turns.take(clock):
                taken.append(turn)
            for place, number in taken:
                assert clock - last[place] >= 1.0
                handed.append(number)
                clock += tasks[number][1]
                last[place] = clock
                turns.release(place, clock)
            assert len({place for place, _ in taken}) == len(taken)
        assert sorted(handed) == list(range(len(tasks)))


class TestArxivGate:
    def gate(self, folder: Path, clock: list[float]) -> ArxivGate:
        return ArxivGate(folder, 3.0, clock=lambda: clock[0])

    def test_keeps_the_gap_across_processes(self, tmp_path: Path) -> None:
        """Another gate on the same folder, as another process has, waits from the end of the last request."""
        clock = [1000.0]
        mine, other = self.gate(tmp_path / "new", clock), self.gate(tmp_path / "new", clock)
        assert mine.enter() == 0
        assert other.enter() > 0
        clock[0] = 1010.0
        assert other.enter() > 0, "a slow request is still under way"
        mine.leave()
        assert other.enter() == pytest.approx(3.0)
        clock[0] = 1012.0
        assert other.enter() == pytest.approx(1.0)
        clock[0] = 1013.0
        assert other.enter() == 0
        other.leave()

    def test_one_at_a_time_within_the_process(self, tmp_path: Path) -> None:
        """Threads that share a gate exclude one another too."""
        gate = self.gate(tmp_path, [0.0])
        assert gate.enter() == 0
        waits: list[float] = []
        thread = threading.Thread(target=lambda: waits.append(gate.enter()))
        thread.start()
        thread.join()
        assert waits[0] > 0
        gate.leave()

    def test_a_request_counts_though_its_process_died(self, tmp_path: Path) -> None:
        """The time is written before the request is sent."""
        clock = [1000.0]
        died = self.gate(tmp_path, clock)
        assert died.enter() == 0
        assert (tmp_path / "arxiv.last").read_text() == "1000.000000"
        died.leave()

    @pytest.mark.parametrize("stamp", ["99999999999", "not a time", "", "nan"])
    def test_an_odd_stamp_costs_one_gap_at_most(self, tmp_path: Path, stamp: str) -> None:
        """A stamp from a wrong clock or a torn write never stops arXiv for long."""
        (tmp_path / "arxiv.last").write_text(stamp)
        assert 0 <= self.gate(tmp_path, [1000.0]).enter() <= 3.0

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        """Without the lock arXiv is not asked, and the reason is said; the gate can be tried again."""
        (tmp_path / "file").write_text("in the way")
        gate = self.gate(tmp_path / "file", [0.0])
        for _ in range(2):
            with pytest.raises(FetchError, match="lock file"):
                gate.enter()
