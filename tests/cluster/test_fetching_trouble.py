"""A whole round with a machine cut off and a worker killed, by the server's own log; `bench_cluster` runs it larger."""

import sys
from pathlib import Path

import pytest

from digest.cluster.local_engine import LocalEngine

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from cluster_fetching import HELD, kill_a_worker, measure


@pytest.mark.slow
def test_nothing_is_lost_or_stored_twice_and_no_host_is_asked_too_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six hundred sources on forty hosts, redirects across shards included."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    engine = LocalEngine(2)
    try:
        figures = measure(tmp_path, engine, sources=600, hosts=40, trouble=kill_a_worker)
    finally:
        engine.close()

    assert (figures.lost, figures.doubled, figures.problems) == (0, 0, ())
    assert figures.shortest_pause >= figures.pause
    assert figures.superseded == HELD
    assert figures.handed_over == 60
