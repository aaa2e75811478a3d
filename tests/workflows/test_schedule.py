"""A pause: no issue before its end, then one, and nothing lost in between."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.config import Config
from digest.store import archive, verdicts
from digest.workflows import schedule
from tests.render.make import issue

#: A Monday at seven in Berlin, in winter.
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


def with_issue(config: Config) -> Config:
    """An archive whose last issue ended on a Monday, for a learner in Berlin."""
    learner = config.learner.model_copy(update={"timezone": ZoneInfo("Europe/Berlin")})
    with archive.open_archive(config.archive) as db:
        verdicts.save_issue(db, issue(ends_at=MONDAY, built_at=MONDAY), (), path="")
    return config.model_copy(update={"learner": learner})


def due(config: Config, now: datetime) -> datetime:
    return schedule.next_due(config, now, wait=1)


def test_the_next_issue_comes_at_the_first_hour_after_the_pause(config: Config) -> None:
    """A pause of two weeks from Tuesday to a Wednesday: the next issue is that of the Monday after."""
    home = with_issue(config)
    until = datetime(2026, 12, 9, tzinfo=home.zone)

    assert schedule.pause(home, until, wait=1) == datetime(2026, 12, 14, 6, tzinfo=UTC)
    assert due(home, MONDAY + timedelta(days=60)) == datetime(2026, 12, 14, 6, tzinfo=UTC)


def test_a_pause_that_ends_on_the_day_keeps_that_days_issue(config: Config) -> None:
    """Paused until a Monday, the learner reads on that Monday."""
    home = with_issue(config)

    assert schedule.pause(home, datetime(2026, 12, 7, tzinfo=home.zone), wait=1) == datetime(2026, 12, 7, 6, tzinfo=UTC)
    assert schedule.pause(home, datetime(2026, 12, 7, 7, tzinfo=home.zone), wait=1) == datetime(
        2026, 12, 7, 6, tzinfo=UTC
    )


def test_resuming_brings_what_is_overdue(config: Config) -> None:
    """Ended by hand after weeks, its issue is due at once, and it is one."""
    home = with_issue(config)
    assert schedule.pause(home, None, wait=1) is None
    assert due(home, MONDAY) > MONDAY + timedelta(days=100_000)

    now = MONDAY + timedelta(days=24)
    assert schedule.resume(home, now, wait=1) == MONDAY + timedelta(days=7) <= now


def test_an_old_pause_has_no_effect(config: Config) -> None:
    """After the issue that followed it, the schedule is the ordinary one."""
    home = with_issue(config)
    schedule.pause(home, MONDAY - timedelta(days=3), wait=1)

    assert due(home, MONDAY) == MONDAY + timedelta(days=7)
    with archive.open_archive(home.archive) as db:
        assert schedule.paused_until(db, MONDAY) is None
        assert verdicts.paused_until(db) == MONDAY - timedelta(days=3)
