"""`digest calendar`: as iCalendar, as a file, as rows."""

import json
from pathlib import Path

import pytest
from icalendar import Calendar

from digest.config import load_config
from digest.workflows import ingesting
from digest.workflows.calendars import WEEKS
from tests import make
from tests.commands.conftest import Command
from tests.sources.calendars import calendar
from tests.workflows import test_calendars as calendars

NOW = "2026-11-23T08:00:00Z"


@pytest.fixture(name="held")
def _held(tmp_path: Path, made_archive: Path) -> Path:
    """A home with one event in its archive."""
    toml = f'{make.FOCUS.replace("I build retrieval systems.", "retrieval")}\n[learner]\ntimezone = "Europe/Berlin"\n'
    (tmp_path / "sources.toml").write_text(toml + calendars.SOURCES, encoding="utf-8")
    config = load_config(tmp_path / "sources.toml").model_copy(
        update={"embedding": make.config('[embedding]\nreranker = "none"\n').embedding}
    )
    calendars.visit(config, calendar(calendars.MEETUP, calendars.WINE))
    calendars.rank(config)
    return tmp_path / "sources.toml"


def test_it_prints_icalendar(digest: Command, held: Path) -> None:
    """On stdout, for a pipe or a web server."""
    done = digest("calendar", "--config", held, "--now", NOW)

    (made,) = Calendar.from_ical(done.out).walk("VEVENT")
    assert (done.code, made["SUMMARY"], made["LOCATION"]) == (0, "Retrieval meetup", "Berlin")


def test_a_file_takes_it_and_the_line_says_how_many(digest: Command, held: Path, tmp_path: Path) -> None:
    """Written whole."""
    done = digest("calendar", "--config", held, "--now", NOW, "--output", tmp_path / "a.ics")

    assert done.out == f"{tmp_path / 'a.ics'}: 1 event\n"
    assert b"Retrieval meetup" in (tmp_path / "a.ics").read_bytes()


def test_rows_are_for_reading_and_for_programs(digest: Command, held: Path) -> None:
    """A list says when in words, and JSON in UTC."""
    listed = digest("calendar", "--list", "--config", held, "--now", NOW)
    (row,) = json.loads(digest("calendar", "--json", "--config", held, "--now", NOW).out)

    assert "Thu 26 November, 18:00; in 3 days" in listed.out
    assert (row["title"], row["starts_at"], row["kind"]) == ("Retrieval meetup", "2026-11-26T17:00:00Z", "event")


def test_weeks_bound_how_far_it_looks(digest: Command, held: Path) -> None:
    """Three days are within one week; a month before is too early."""
    early = "2026-11-01T08:00:00Z"

    assert json.loads(digest("calendar", "--json", "--weeks", 1, "--config", held, "--now", early).out) == []
    assert len(json.loads(digest("calendar", "--json", "--weeks", WEEKS, "--config", held, "--now", early).out)) == 1


def test_without_an_archive_there_are_no_events(digest: Command, tmp_path: Path) -> None:
    """A calendar that somebody subscribed to before the first run is empty, and no error."""
    (tmp_path / "sources.toml").write_text(make.FOCUS + make.SOURCE, encoding="utf-8")

    assert digest("calendar", "--json", "--config", tmp_path / "sources.toml").out == "[]\n"
    assert digest("calendar", "--config", tmp_path / "sources.toml").out.startswith("BEGIN:VCALENDAR")


def test_a_file_and_rows_do_not_go_together(digest: Command, held: Path, tmp_path: Path) -> None:
    """Wrong usage, named."""
    done = digest("calendar", "--json", "--output", tmp_path / "a", "--config", held)

    assert done.code == 2
    assert "--json" in done.err
    assert ingesting.ingest(load_config(held), wait=1).asked == 0
