"""A clock that was wrong for a while: it is named, set right, and loses nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.config import Config
from digest.errors import StoreError
from digest.store import clock, works
from digest.store import items as item_rows
from digest.store import marks as mark_rows
from digest.store import sources as source_rows
from digest.store.archive import Connection, open_archive
from digest.workflows import maintenance, schedule, status
from tests import make
from tests.make import DAY, NOW, WEEK

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

LATER = datetime(2036, 1, 7, 7, tzinfo=UTC)


def seen(db: Connection, **changes: object) -> None:
    one = make.item(int(str(changes.pop("number", 1))), published_at=changes.pop("published_at", NOW - DAY))
    item_rows.add(db, [make.new_item(one, **changes)], read=make.readings([one]))


def test_a_jump_of_ten_years_costs_no_issue(config: Config, now: datetime) -> None:
    """One run in 2036, then the right time: named in status, doctor and run; `run --issue` brings what is new."""
    jumped = pipeline.run(config, LATER, end_period=True)
    assert jumped.issue is not None

    facts = status.status(config, now, wait=1)
    assert "lie in the future, up to 2036-01-07" in status.problems(facts)[0]
    found = maintenance.examine(config, now, maintenance.Repairs(), wait=1)
    assert [one.state for one in found if one.check == "clock"] == ["wrong"]
    assert "lie in the future" in pipeline.run(config, now).clock

    healed = pipeline.run(config, now, end_period=True)

    assert healed.issue is not None
    assert healed.issue.seen > 0
    assert healed.issue.starts_at < now
    assert healed.delivered
    assert status.problems(status.status(config, now, wait=1)) == []
    assert healed.next_issue is None
    assert now < schedule.next_due(config, now, wait=1) <= now + WEEK


def test_the_doctor_takes_it_back_too(config: Config, now: datetime) -> None:
    """Without an issue being asked for, the next one that is due covers it."""
    pipeline.run(config, LATER)

    found = maintenance.examine(config, now, maintenance.Repairs(repair=True), wait=1)

    assert [one.state for one in found if one.check == "clock"] == ["fine"]
    later = pipeline.run(config, now + 2 * WEEK)
    assert later.issue is not None


def test_the_time_before_an_issue_from_the_future_is_judged_again(archive: Path) -> None:
    """What it judged stays judged; what came since the issue before it is new, though it was taken for history."""
    from digest.store import verdicts

    with open_archive(archive) as db:
        verdicts.save_issue(db, make.issue(starts_at=NOW - 2 * WEEK, ends_at=NOW - WEEK), [], path="")
        seen(db, number=1, first_seen_at=NOW - DAY, backfill=True)
        seen(db, number=2, first_seen_at=LATER, backfill=True)
        seen(db, number=3, first_seen_at=LATER, backfill=True, published_at=NOW - 9 * WEEK)
        judged = make.issue(period="2036-W01", starts_at=NOW - WEEK, ends_at=LATER, built_at=LATER)
        seen(db, number=4, first_seen_at=LATER)
        verdicts.save_issue(db, judged, [make.verdict(make.item(4))], path="")

        clock.set_right(db, NOW)

        assert verdicts.newest(db) == ("2036-W01", NOW)
        assert verdicts.last_end(db) == NOW - WEEK
        waiting = works.for_period(db, starts_at=NOW - WEEK, period="2026-W13")
        assert sorted(work.items[0].title for work in waiting) == ["Post 1", "Post 2"]


def test_a_mark_from_the_future_can_be_taken_back(archive: Path) -> None:
    """The last word counts, and that of 2036 would be the last for ten years."""
    with open_archive(archive) as db:
        seen(db)
        mark_rows.add(db, make.mark(make.item(1), marked_at=LATER))
        clock.set_right(db, NOW)
        mark_rows.add(db, make.mark(make.item(1), mark="none", marked_at=NOW + timedelta(seconds=1)))

        assert mark_rows.standing(db) == {}


def test_sources_are_asked_again_at_once(archive: Path) -> None:
    """A next check in 2036 would be weeks away at best; what is known of a source stays."""
    state = make.state(last_attempt=LATER, last_success=LATER, next_check=LATER + DAY, etag='"a"')
    with open_archive(archive) as db:
        seen(db, first_seen_at=LATER)
        source_rows.save_states(db, {"Blog": state}, active={"Blog": make.source()})
        clock.set_right(db, NOW)

        healed = source_rows.states(db)["Blog"]
        assert (healed.last_attempt, healed.next_check, healed.etag) == (NOW, NOW, '"a"')
        assert db.execute("select active from core.sources").fetchall() == [(True,)]


def test_what_is_right_is_not_touched(archive: Path) -> None:
    """Half an hour ahead is no wrong clock."""
    with open_archive(archive) as db:
        seen(db, first_seen_at=NOW + timedelta(minutes=30))

        assert clock.set_right(db, NOW) == ""


def test_a_present_clock_that_cannot_be_right_takes_nothing_back(archive: Path) -> None:
    """A machine that starts in 1970 must not turn a whole archive into 1970."""
    with open_archive(archive) as db:
        seen(db, first_seen_at=NOW)
        with pytest.raises(StoreError, match="clock says 1970-01-01, which cannot be right"):
            clock.set_right(db, datetime(1970, 1, 1, tzinfo=UTC))

        assert db.execute("select first_seen_at from items").fetchall() == [(NOW.replace(tzinfo=None),)]


@pytest.mark.parametrize("ended", [True, False])
def test_what_was_seen_in_1970_is_judged_in_the_next_issue(config: Config, now: datetime, ended: bool) -> None:
    """A machine without a battery fetches before it knows the time; before or after the first issue."""
    if ended:
        pipeline.run(config, now - 2 * WEEK, end_period=True)
        with open_archive(config.archive) as db:
            db.execute("delete from core.items")
            db.execute("delete from core.verdicts")
            db.execute("update core.sources set state = null")
        (config.archive.with_name(f"{config.archive.name}.spool") / "states.json").unlink()
    pipeline.run(config, datetime(1970, 1, 1, 1, tzinfo=UTC))

    outcome = pipeline.run(config, now, end_period=True)

    assert outcome.issue is not None
    assert outcome.issue.seen > 0
    assert pipeline.run(config, now + DAY, end_period=True).issue.seen == 0  # type: ignore[union-attr]


def test_years_of_posts_seen_in_1970_are_still_history(archive: Path) -> None:
    """For the clock of 1970 all posts are new; for the issue those of years ago are not."""
    with open_archive(archive) as db:
        seen(db, number=1, first_seen_at=datetime(1970, 1, 1, tzinfo=UTC))
        seen(db, number=2, first_seen_at=datetime(1970, 1, 1, tzinfo=UTC), published_at=NOW - 99 * WEEK)
        seen(db, number=3, first_seen_at=datetime(1970, 1, 1, tzinfo=UTC), published_at=None)

        found = works.for_period(db, starts_at=NOW - WEEK, period="2026-W12")

    assert sorted(work.items[0].title for work in found) == ["Post 1", "Post 3"]
