"""arXiv's rate limit holds across processes and threads."""

import threading
from pathlib import Path

import pytest

from digest.errors import FetchError
from digest.fetch.arxiv_rate_limiter import ArxivRateLimiter


class TestArxivRateLimiter:
    def limiter(self, folder: Path, clock: list[float]) -> ArxivRateLimiter:
        return ArxivRateLimiter(folder, 3.0, clock=lambda: clock[0])

    def test_keeps_the_gap_across_processes(self, tmp_path: Path) -> None:
        """Another limiter on the same folder, as another process has, waits from the end of the last request."""
        clock = [1000.0]
        mine, other = self.limiter(tmp_path / "new", clock), self.limiter(tmp_path / "new", clock)
        assert mine.acquire() == 0
        assert other.acquire() > 0
        clock[0] = 1010.0
        assert other.acquire() > 0, "a slow request is still under way"
        mine.release()
        assert other.acquire() == pytest.approx(3.0)
        clock[0] = 1012.0
        assert other.acquire() == pytest.approx(1.0)
        clock[0] = 1013.0
        assert other.acquire() == 0
        other.release()

    def test_one_at_a_time_within_the_process(self, tmp_path: Path) -> None:
        """Threads that share a limiter exclude one another too."""
        limiter = self.limiter(tmp_path, [0.0])
        assert limiter.acquire() == 0
        waits: list[float] = []
        thread = threading.Thread(target=lambda: waits.append(limiter.acquire()))
        thread.start()
        thread.join()
        assert waits[0] > 0
        limiter.release()

    def test_a_request_counts_though_its_process_died(self, tmp_path: Path) -> None:
        """The time is written before the request is sent."""
        clock = [1000.0]
        died = self.limiter(tmp_path, clock)
        assert died.acquire() == 0
        assert (tmp_path / "arxiv.last").read_text() == "1000.000000"
        died.release()

    @pytest.mark.parametrize("stamp", ["99999999999", "not a time", "", "nan"])
    def test_an_odd_stamp_costs_one_gap_at_most(self, tmp_path: Path, stamp: str) -> None:
        """A stamp from a wrong clock or a torn write never stops arXiv for long."""
        (tmp_path / "arxiv.last").write_text(stamp)
        assert 0 <= self.limiter(tmp_path, [1000.0]).acquire() <= 3.0

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        """Without the lock arXiv is not asked, and the reason is said; the limiter can be tried again."""
        (tmp_path / "file").write_text("in the way")
        limiter = self.limiter(tmp_path / "file", [0.0])
        for _ in range(2):
            with pytest.raises(FetchError, match="lock file"):
                limiter.acquire()
