"""How much may be open at once."""

import resource

import pytest

from digest.fetch.limits import FetchLimits, shared, within_files


@pytest.mark.parametrize("files", [20_000, 1_024, 256, 100, 65, 0])
def test_a_run_stays_within_the_files_that_its_process_may_open(files: int) -> None:
    """A connection and a look-up for each request under way, and the idle connections; at least one host is asked."""
    limits = within_files(FetchLimits(), files)

    assert 1 <= limits.concurrency <= FetchLimits().concurrency
    assert 0 <= limits.idle <= FetchLimits().idle
    assert 2 * limits.concurrency + limits.idle + 64 <= max(files, 64 + 4)


def test_usual_limits_cost_nothing() -> None:
    """A thousand files, as most systems grant, or any number of them."""
    assert within_files(FetchLimits(), 1_024) == FetchLimits()
    assert within_files(FetchLimits(), resource.RLIM_INFINITY) == FetchLimits()


def test_runs_at_the_same_time_share_the_limits() -> None:
    """Together they keep them, and each may ask at least one host."""
    one = shared(FetchLimits(), 16)

    assert (16 * one.concurrency, 16 * one.idle) == (FetchLimits().concurrency, FetchLimits().idle)
    assert shared(FetchLimits(), 1_000).concurrency == shared(FetchLimits(), 1_000).large_bodies == 1
