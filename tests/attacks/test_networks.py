"""A network that is down ends no period for nothing, and loses no week."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from digest import pipeline
from digest.config import Config
from digest.fetch import client
from digest.fetch.request_steps import Poll
from digest.records import Fetched
from digest.store import archive
from tests.make import DAY, WEEK

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow


class Network:
    """Hosts that cannot be found while `down` names their sources, or all of them."""

    def __init__(self) -> None:
        self.down: set[str] | None = set()
        self._ask = client.fetch_all

    def fetch_all(self, visits: Sequence[Poll], *given: Any, on_fetched: Any, **named: Any) -> None:  # noqa: ANN401
        away = [one for one in visits if self.down is None or one.source.name in self.down]
        for one in away:
            on_fetched(Fetched(source=one.source, started_at=named["now"], error="host not found: a.invalid"))
        self._ask([one for one in visits if one not in away], *given, on_fetched=on_fetched, **named)


@pytest.fixture(name="network")
def _network(config: Config, monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    monkeypatch.setattr(client, "fetch_all", network.fetch_all)
    return network


def seen(config: Config) -> int:
    with archive.open_archive(config.archive, read_only=True) as db:
        return int(db.execute("select count(*) from items where not backfill").fetchall()[0][0])


@pytest.mark.parametrize("count", [1, 10])
def test_no_issue_before_a_source_has_answered(config: Config, now: datetime, network: Network, count: int) -> None:
    """Neither asked for nor due; an hour later the week's posts are news. One source's failure is its own."""
    config = config.model_copy(update={"sources": config.sources[:count]})
    network.down = None
    first = pipeline.run(config, now, end_period=True)
    assert first.issue is None
    assert "no issue is built before a source has answered" in first.round.problems
    assert pipeline.run(config, now + 2 * WEEK).issue is None

    network.down = set()
    second = pipeline.run(config, now + DAY / 24, end_period=True)

    assert second.issue is not None
    assert second.issue.seen > 0


def test_a_source_that_could_not_be_reached_is_named_and_its_week_counts_in_the_next(
    config: Config, now: datetime, network: Network
) -> None:
    """Its first answer may come after the issue; posts of the missed weeks are news all the same."""
    away = config.sources[0].name
    network.down = {away}
    first = pipeline.run(config, now - WEEK, end_period=True)
    second = pipeline.run(config, now, end_period=True)
    assert first.issue is not None
    assert second.issue is not None
    assert any(line.startswith(f"{away}: ") for line in first.issue.ailing)
    assert first.issue.unreached == second.issue.unreached == (away,)

    network.down = set()
    third = pipeline.run(config, now + 2 * DAY, end_period=True)

    assert third.issue is not None
    assert third.issue.seen > 0
    assert third.issue.unreached == ()


def test_an_issue_built_without_network_says_so(config: Config, now: datetime, network: Network) -> None:
    """Where the network itself is down no source fails, and silence would read as if nothing had come in."""
    pipeline.run(config, now - WEEK, end_period=True)
    before = seen(config)
    network.down = None

    outcome = pipeline.run(config, now, end_period=True)

    assert outcome.issue is not None
    assert len(outcome.issue.ailing) == len(config.sources)
    assert "not reached in this period" in outcome.issue.ailing[0]
    network.down = set()
    assert pipeline.run(config, now + DAY, end_period=True).issue is not None
    assert seen(config) == before


def test_a_source_that_is_not_due_was_not_missed(config: Config, now: datetime, network: Network) -> None:
    """Within minutes none is."""
    pipeline.run(config, now - DAY / 288, end_period=True)
    network.down = None

    outcome = pipeline.run(config, now, end_period=True)

    assert outcome.issue is not None
    assert outcome.issue.ailing == ()
