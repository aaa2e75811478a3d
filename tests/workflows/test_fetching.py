"""Fetch, spool, parse, store, over the demo's feeds and real files."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digest.config import Config, load_config
from digest.records import Source, SourceState
from digest.store import archive, spool
from digest.workflows import fetching
from digest.workflows.fetching import Known, plan_visits, state_of
from digest.workflows.status import status
from tests.homes import Holder
from tests.workflows.steps import fetch_and_ingest


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def test_a_second_round_stores_nothing_twice(config: Config, now: datetime) -> None:
    """Asked again by name, the sources answer 304 or the same; the archive stays as it is."""
    first = fetch_and_ingest(config, now)
    before = rows(config, "select * from items order by item_id")

    second = fetch_and_ingest(config, now + timedelta(days=4), names=[source.name for source in config.sources])

    assert first.new_items == len(before) == 155
    assert second.asked == len(config.sources)
    assert second.new_items == 0
    assert rows(config, "select * from items order by item_id") == before
    outcomes = rows(config, "select distinct outcome from fetches where started_at > '2026-11-21'")
    assert outcomes == [("not_modified",)]


def test_what_is_not_due_is_not_asked(config: Config, now: datetime) -> None:
    """A minute later nothing is due."""
    fetch_and_ingest(config, now)

    assert fetch_and_ingest(config, now + timedelta(minutes=1)).asked == 0


def test_while_the_archive_is_held_answers_wait_in_the_spool(config: Config, now: datetime, held: Holder) -> None:
    """Fetching goes on, the holder is named, status works, and everything is stored once it is free."""
    with archive.open_archive(config.archive):
        pass
    with held(config.archive) as pid:
        during = fetch_and_ingest(config, now, wait=0.2)
        facts = status(config, now, wait=0.2)
        again = fetch_and_ingest(config, now + timedelta(minutes=1), wait=0.2)

    after = fetch_and_ingest(config, now + timedelta(minutes=2))

    assert f"pid {pid}" in during.waiting
    assert during.asked == len(config.sources)
    assert f"pid {pid}" in str(facts["held_by"])
    assert facts["waiting_in_spool"] == len(config.sources)
    assert again.asked == 0  # politeness holds while the archive does not
    assert (after.asked, after.new_items) == (0, 155)
    assert spool.rounds(spool.folder_for(config.archive)) == []


def test_a_round_that_was_cut_short_is_stored_by_the_next(config: Config, now: datetime) -> None:
    """What lies in the spool when a process is killed is stored once, by the next process that opens the archive."""
    known = fetching.recall(config, now, wait=1)
    visits, _ = plan_visits(config.sources, known, now, ())
    fetching.ask(config, visits, known, now, lambda done, total: None)
    [path] = spool.rounds(spool.folder_for(config.archive))
    left = path.read_bytes()

    stored = fetch_and_ingest(config, now)
    path.write_bytes(left)  # as if the kill had come between storing and forgetting
    again = fetch_and_ingest(config, now)

    assert stored.new_items == 155
    assert again.new_items == 0
    assert rows(config, "select count(*), count(distinct source) from fetches") == [(10, 10)]


def test_a_failure_stored_twice_counts_once(config: Config, now: datetime) -> None:
    """A round that a kill left behind after it was stored changes nothing when it is met again."""
    bad = Source(name="Nowhere", url=config.sources[0].url.replace("preprints.rss", "nowhere.rss"))
    failing = config.model_copy(update={"sources": (bad,)})
    known = fetching.recall(failing, now, wait=1)
    visits, _ = plan_visits(failing.sources, known, now, ())
    fetching.ask(failing, visits, known, now, lambda done, total: None)
    [path] = spool.rounds(spool.folder_for(config.archive))
    left = path.read_bytes()

    fetching.recall(failing, now, wait=1)
    path.write_bytes(left)
    fetching.recall(failing, now, wait=1)

    assert rows(config, "select failures from sources") == [(1,)]


def test_history_of_a_new_source_is_backfill(config: Config, now: datetime) -> None:
    """On the first successful poll what is undated or older than the period is no news; what comes later is."""
    fetch_and_ingest(config, now)

    assert rows(config, "select bool_and(backfill) from items where published_at is null") == [(True,)]
    assert rows(config, "select bool_and(backfill) from items where published_at < '2026-11-13 09:00'") == [(True,)]
    assert rows(config, "select bool_or(backfill) from items where published_at >= '2026-11-13 09:00'") == [(False,)]


def test_one_bad_source_never_stops_the_rest(config: Config, now: datetime) -> None:
    """It is named in one line; the others arrive."""
    bad = Source(name="Nowhere", url=config.sources[0].url.replace("preprints.rss", "nowhere.rss"))

    done = fetch_and_ingest(config.model_copy(update={"sources": (bad, *config.sources)}), now)

    assert len(done.problems) == 1
    assert done.problems[0].startswith("Nowhere: ")
    assert done.new_items == 155


@pytest.mark.parametrize("change", [{"url": "https://example.org/other.xml"}, {"name": "Other"}])
def test_an_edited_source_starts_afresh(change: dict[str, str]) -> None:
    """State belongs to a name and an address; another of either knows nothing of it."""
    source = Source(name="A", url="https://example.org/a.xml")
    state = SourceState(source="A", declared_url=source.url, url=source.url, etag='"1"')

    assert state_of(source, {"A": state}) == state
    assert state_of(replace(source, **change), {"A": state}).etag == ""  # type: ignore[arg-type]


def test_a_source_that_asked_for_rest_is_left_alone_even_by_name(now: datetime) -> None:
    """Retry-After and 410 hold when the learner names the source, and the reason is told."""
    source = Source(name="A", url="https://example.org/a.xml")
    state = SourceState(source="A", declared_url=source.url, url=source.url, retry_at=now + timedelta(hours=1))
    known = Known(states={"A": state}, period_start=now - timedelta(days=7))

    visits, refused = plan_visits([source], known, now, ["A"])

    assert visits == []
    assert refused[0].startswith("A: ")


def test_a_read_only_folder_is_one_line(config: Config, now: datetime, tmp_path: Path) -> None:
    """Where nothing can be written, one line says where."""
    from digest.errors import StoreError

    text = (tmp_path / "sources.toml").read_text(encoding="utf-8")
    (tmp_path / "sources.toml").write_text(text + '\n[store]\npath = "/proc/nowhere/digest.duckdb"\n', encoding="utf-8")

    with pytest.raises(StoreError, match="/proc/nowhere"):
        fetch_and_ingest(load_config(tmp_path / "sources.toml"), now)


def test_an_offline_laptop_fails_no_source(config: Config, now: datetime) -> None:
    """Where no host is found at all, no failure is counted, nothing is spooled, and one line says why."""
    away = tuple(Source(name=f"S{n}", url=f"https://host-{n}.invalid/feed") for n in range(3))

    done = fetch_and_ingest(config.model_copy(update={"sources": away}), now)

    assert done.problems == ("the network seems to be down: none of 3 sources could be reached",)
    assert rows(config, "select count(*) from fetches") == [(0,)]
    assert spool.rounds(spool.folder_for(config.archive)) == []


def test_one_unknown_host_is_its_own_fault() -> None:
    """A host that is not found among hosts that answer fails; so do one or two alone."""
    assert not fetching.is_offline(["host not found: a", "", "host not found: c"])
    assert not fetching.is_offline(["host not found: a", "host not found: b"])
