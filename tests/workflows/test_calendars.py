"""Events on their way from a calendar's bytes into an issue and a file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from icalendar import Calendar

from digest.compose.reading_blocks import reading_blocks
from digest.config import Config
from digest.records import Request
from digest.store import archive, items, spool, verdicts
from digest.workflows import building, calendars, embedding, ingesting, ranking
from digest.workflows.ranking import Ranked
from tests import make
from tests.compose.test_reading_blocks import plan
from tests.sources.calendars import calendar, dates, event
from tests.workflows.test_building import Toy

#: a Monday
NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
SOURCES = """
[[sources]]
name = "Meetups"
url = "https://example.org/e.ics"
kind = "ical"
[[sources]]
name = "Blog"
url = "https://blog.example.org/feed"
"""
MEETUP = event(
    "DESCRIPTION:Retrieval retrieval retrieval.", "LOCATION:Berlin", uid="a", start="DTSTART:20261126T170000Z"
)
WINE = event("DESCRIPTION:Tides and tides.", uid="b", title="Sailing", start="DTSTART:20261127T170000Z")


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path) -> Config:
    toml = '[learner]\ntimezone = "Europe/Berlin"\n[embedding]\nreranker = "none"\n[digest]\ncalendar = true\n'
    return make.config(toml, focus='[focus]\nstatement = "retrieval"\n', sources=SOURCES, folder=tmp_path)


def visit(config: Config, text: str, now: dt.datetime = NOW) -> None:
    """A visit to the calendar that brings this text, through the spool into the archive."""
    source = config.sources[0]
    before = make.state("Meetups", declared_url=source.url, url=source.url)
    answer = make.response(text.encode(), request=Request(url=source.url), url=source.url, fetched_at=now)
    with spool.begin(spool.folder_for(config.archive), now) as current:
        after = replace(before, last_attempt=now)
        current.put(make.fetched(answer, source=source, started_at=now), before=before, after=after)
    assert ingesting.ingest(config, wait=1).problems == ()


def rank(config: Config, now: dt.datetime = NOW) -> Ranked:
    embedding.embed(config, Toy(), now, wait=1)
    return ranking.rank(config, Toy(), now, wait=1)


def build(config: Config, now: dt.datetime = NOW) -> Sequence[str]:
    return [one.title for one in building.build(config, rank(config, now), now, wait=1).events]


def test_an_issue_shows_what_is_near_the_focus_and_no_more(config: Config) -> None:
    """Events are neither considered nor kept works, and those far below the floor are not shown."""
    visit(config, calendar(MEETUP, WINE))

    issue = building.build(config, rank(config), NOW, wait=1)

    assert [(one.title, one.place) for one in issue.events] == [("Retrieval meetup", "Berlin")]
    assert (issue.seen, issue.kept, issue.picks, issue.near_misses) == (0, 0, (), ())
    with archive.open_archive(config.archive, read_only=True) as db:
        assert verdicts.count(db, issue.period) == 0
        assert items.counts(db) == (2, 2)


def test_an_event_is_shown_again_only_when_it_moved(config: Config) -> None:
    """The second issue of a week says nothing twice."""
    visit(config, calendar(MEETUP))
    assert build(config) == ["Retrieval meetup"]

    assert build(config, NOW + dt.timedelta(hours=1)) == []

    visit(config, calendar(MEETUP.replace("20261126T17", "20261126T19")), NOW + dt.timedelta(hours=2))
    issue = building.build(config, rank(config), NOW + dt.timedelta(hours=2), wait=1)
    assert [one.was_at for one in issue.events] == [dt.datetime(2026, 11, 26, 17, tzinfo=dt.UTC)]


def test_a_called_off_event_is_gone(config: Config) -> None:
    """From the issue and from the file."""
    visit(config, calendar(MEETUP))
    visit(config, calendar(MEETUP.replace("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY")), NOW + dt.timedelta(hours=1))

    assert build(config) == []
    assert calendars.as_file(config, NOW, wait=1).events == 0


def test_events_of_a_source_that_was_removed_are_gone(config: Config) -> None:
    """They would come for months otherwise."""
    visit(config, calendar(MEETUP))

    assert build(config.model_copy(update={"sources": config.sources[1:]})) == []


def test_the_file_is_written_beside_the_digests(config: Config) -> None:
    """Whole, and again with each issue."""
    visit(config, calendar(MEETUP))
    rank(config)

    calendars.write_beside(config, NOW, wait=1)

    (found,) = dates((config.digest_folder / "calendar.ics").read_bytes(), NOW)
    assert (found.title, found.starts_at.hour) == ("Retrieval meetup", 17)


def test_without_an_archive_the_calendar_is_empty(tmp_path: Path) -> None:
    """Subscribers get a calendar all the same."""
    made = calendars.as_file(make.config(folder=tmp_path / "none"), NOW, wait=1)

    assert made.events == 0
    assert Calendar.from_ical(made.text).walk("VEVENT") == []


def test_terms_of_calendars_are_not_suggested(config: Config) -> None:
    """What is nearest to the focus is looked for among works."""
    visit(config, calendar(MEETUP))
    nearest = rank(config).nearest
    assert nearest

    with archive.open_archive(config.archive, read_only=True) as db:
        assert items.news_among(db, nearest) == set()


def test_a_slot_of_the_plan_names_what_to_read(made_archive: Path) -> None:
    """Its title the first, its text all; without anything to read there is no time to set aside."""
    [slot] = reading_blocks(plan(10, 10), now=make.NOW, zone=dt.UTC)
    block = calendars.block_of(slot)

    assert block.title == "Read: i0 and 1 more"
    assert block.text == "i0 (10 min)\ni1 (10 min)"
    assert calendars.reading_time(make.config(folder=made_archive.parent), NOW, wait=1) == []
