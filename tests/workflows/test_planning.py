"""The plan of a week over an archive: made once, remembered, and without what was read."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from digest.config import Config
from digest.records import Issue, Pick, Section, Why
from digest.store import verdicts
from digest.store.archive import open_archive
from digest.workflows import feedback, planning, reading, schedule
from tests import make
from tests.make import DAY, NOW, WEEK
from tests.store.archives import fill

ITEMS = [make.item(number, arxiv_id=f"2603.0000{number}") for number in range(1, 7)]
SAVED = make.item(8, summary="word " * 2000)


def issue_of(ends_at: dt.datetime, *picked: int, period: str = "2026-W12") -> Issue:
    picks = tuple(
        Pick(
            item_id=ITEMS[number].item_id,
            work_id=ITEMS[number].item_id,
            title=ITEMS[number].title,
            url="",
            source="Blog",
            section=Section.LETTER,
            reason="",
            score=9 - place,
            arxiv_id=ITEMS[number].arxiv_id,
            suggested_pass=2 if not place else 1,
        )
        for place, number in enumerate(picked)
    )
    return replace(
        make.issue(), period=period, starts_at=ends_at - WEEK, ends_at=ends_at, built_at=ends_at, picks=picks,
        foundation=None, first="",
    )  # fmt: skip


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path) -> Config:
    config = make.config('[learner]\ntimezone = "UTC"\n[digest]\nminutes = 120', folder=tmp_path)
    with open_archive(config.archive) as db:
        fill(db, [*ITEMS, SAVED])
        verdicts.save_issue(db, issue_of(NOW, 0, 1, 2), [], path="")
    return config


def planned(config: Config, now: dt.datetime = NOW, **said: object) -> list[tuple[str, int]]:
    view = planning.view_plan(config, now, wait=0, **said)  # type: ignore[arg-type]
    names = {one.item_id: number for number, one in enumerate([*ITEMS, SAVED])}
    return [(str(names[one.entry.item_id]), one.entry.number) for one in view.plan.entries]


class TestWeek:
    def test_is_planned_once(self, config: Config) -> None:
        """Asked again in the same week it is the same, whatever was saved meanwhile."""
        first = planned(config)
        feedback.mark(config, [SAVED.item_id], ["save"], NOW + DAY, wait=0)

        assert first == [("0", 1), ("1", 1), ("2", 1), ("0", 2)]
        assert planned(config, NOW + 3 * DAY) == first

    def test_loses_what_is_read(self, config: Config) -> None:
        """By whatever means that was said; what it took counts against the time there is."""
        planned(config)
        reading.read(config, ITEMS[0].item_id, NOW + DAY, minutes=45, wait=0)
        feedback.mark(config, [ITEMS[1].item_id], ["read"], NOW + DAY, wait=0)

        view = planning.view_plan(config, NOW + 2 * DAY, wait=0)

        assert planned(config, NOW + 2 * DAY) == [("2", 1)]
        assert (view.minutes_read, [one.entry.item_id for one in view.done]) == (
            55, [ITEMS[0].item_id, ITEMS[1].item_id],
        )  # fmt: skip
        assert (view.pace[-1].minutes, view.pace[-1].finished) == (55, 2)

    def test_a_reading_taken_back_is_to_be_read_again(self, config: Config) -> None:
        """The plan is as it was."""
        first = planned(config)
        reading.read(config, ITEMS[0].item_id, NOW + DAY, wait=0)
        reading.undo(config, ITEMS[0].item_id, NOW + DAY, wait=0)

        assert planned(config, NOW + DAY) == first

    def test_is_lighter_for_the_week(self, config: Config) -> None:
        """Said once; the next week is as usual."""
        assert sum(number for _, number in planned(config, lighter=True)) == 3
        assert planned(config, NOW + DAY) == [("0", 1), ("1", 1), ("2", 1)]
        assert planning.view_plan(config, NOW + DAY, wait=0).plan.minutes == 60
        assert planned(config, NOW + 2 * DAY, minutes=20) == planned(config, NOW + 3 * DAY) == [("0", 1), ("1", 1)]
        with open_archive(config.archive) as db:
            verdicts.save_issue(db, issue_of(NOW + WEEK, 3, period="2026-W13"), [], path="")
        assert planning.view_plan(config, NOW + WEEK, wait=0).plan.minutes == 120

    def test_begins_with_an_issue(self, config: Config) -> None:
        """A new one has a new plan at once; without one for long the calendar has its week."""
        planned(config)
        with open_archive(config.archive) as db:
            verdicts.save_issue(db, issue_of(NOW + 2 * DAY, 3, period="2026-W12-2"), [], path="")

        assert planned(config, NOW + 2 * DAY) == [("3", 1), ("3", 2)]
        later = planning.view_plan(config, NOW + 30 * DAY, wait=0)
        assert later.plan.starts_at == dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
        assert later.plan.entries == ()


class TestSaves:
    def test_come_back_and_rest(self, config: Config) -> None:
        """Over a year of asking every few days: first, then after 1, 2, 4 and 8 weeks, and each only in its week."""
        feedback.mark(config, [SAVED.item_id], ["save"], NOW - DAY, wait=0)
        weeks = []
        for day in range(0, 200, 5):
            view = planning.view_plan(config, NOW + 40 * DAY + day * DAY, wait=0)
            weeks += [(view.plan.starts_at, one.entry.why) for one in view.plan.entries]
        starts = sorted({start for start, _ in weeks})

        assert [(start - starts[0]).days // 7 for start in starts] == [0, 1, 3, 7, 15]
        assert dict(weeks)[starts[0]] == Why.SAVE
        assert dict(weeks)[starts[-1]] == Why.RETURN

    def test_that_are_taken_back_go_at_once(self, config: Config) -> None:
        """And do not come back."""
        feedback.mark(config, [SAVED.item_id], ["save"], NOW - DAY, wait=0)
        assert ("6", 1) in planned(config)
        feedback.mark(config, [SAVED.item_id], ["save"], NOW + DAY, undo=True, wait=0)

        assert ("6", 1) not in planned(config, NOW + 2 * DAY)
        assert ("6", 1) not in planned(config, NOW + 20 * DAY)


class TestEdges:
    def test_an_empty_archive_or_none_has_an_empty_plan(self, tmp_path: Path) -> None:
        """And eight weeks of nothing; no archive is made by asking."""
        config = make.config(folder=tmp_path)

        view = planning.view_plan(config, NOW, wait=0)

        assert (view.plan.entries, view.usual_minutes, view.declared, len(view.pace)) == ((), 120, False, 8)
        assert not config.archive.exists()
        with open_archive(config.archive):
            pass
        assert planning.view_plan(config, NOW, wait=0).plan.entries == ()

    def test_a_pause_proposes_nothing(self, config: Config) -> None:
        """And what waits is not counted as proposed."""
        feedback.mark(config, [SAVED.item_id], ["save"], NOW - DAY, wait=0)
        schedule.pause(config, NOW + WEEK, wait=0)

        view = planning.view_plan(config, NOW + DAY, wait=0)

        assert (view.plan.entries, view.paused_until) == ((), NOW + WEEK)
        schedule.resume(config, NOW + DAY, wait=0)
        assert ("6", 1) in planned(config, NOW + DAY)

    def test_days_have_plans_where_issues_are_daily(self, config: Config) -> None:
        """With a day's minutes, and yesterday's picks gone."""
        daily = config.model_copy(update={"digest": config.digest.model_copy(update={"every": "day", "minutes": 20})})

        assert planned(daily, NOW + DAY / 4) == [("0", 1), ("1", 1)]
        assert planned(daily, NOW + 2 * DAY) == []

    def test_an_issue_carries_its_plan(self, config: Config) -> None:
        """The same as the command then shows; none where it is switched off."""
        with open_archive(config.archive) as db:
            issue = verdicts.issue(db, "2026-W12")
            assert issue is not None
            plan = planning.plan_of_issue(db, config, issue)
        off = config.model_copy(update={"digest": config.digest.model_copy(update={"plan": False})})

        assert plan is not None
        assert plan.entries == planning.view_plan(config, NOW, wait=0).plan.entries
        with open_archive(config.archive) as db:
            assert planning.plan_of_issue(db, off, issue) is None
