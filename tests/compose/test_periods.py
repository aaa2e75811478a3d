"""When an issue is due, what it is called: no clock change skips or doubles one."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.periods import is_backfill, length, name, next_due, start
from digest.config import DAYS, Digest
from tests import make

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "UTC")]
#: From 2005 to 2035, so that Samoa's missing day (2011-12-30) is among them.
MOMENTS = st.integers(1_104_537_600, 2_051_222_400).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))
SCHEDULES = st.builds(
    lambda every, on, hour, minute: make.digest(every=every, on=on, at=f"{hour:02}:{minute:02}"),
    st.sampled_from(["week", "day"]),
    st.sampled_from(DAYS),
    st.integers(0, 23),
    st.sampled_from([0, 15, 30, 59]),
)


def berlin(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


def due_days(after: str, count: int, **schedule: object) -> list[str]:
    """The next scheduled moments on Berlin's clocks."""
    settings, moment, found = make.digest(**schedule), berlin(after), []
    for _ in range(count):
        moment = next_due(moment, settings, BERLIN)
        found.append(f"{moment.astimezone(BERLIN):%a %m-%d %H:%M}")
    return found


def every_moment(settings: Digest, zone: dt.tzinfo, begin: dt.datetime, end: dt.datetime) -> set[dt.datetime]:
    """The schedule spelled out, day by day."""
    first = begin.astimezone(zone).date() - make.DAY
    days = [first + number * make.DAY for number in range((end - begin).days + 4)]
    return {
        dt.datetime.combine(day, settings.at, tzinfo=zone).astimezone(dt.UTC)
        for day in days
        if settings.every == "day" or DAYS[day.weekday()] == settings.on
    }


class TestSchedule:
    def test_weekly(self) -> None:
        """On the day named, at the time named, by the learner's clock."""
        assert due_days("2026-03-11T12:00", 2, on="fri", at="06:30") == ["Fri 03-13 06:30", "Fri 03-20 06:30"]

    def test_daily(self) -> None:
        """Every day; `on` says nothing then."""
        assert due_days("2026-03-11T07:00", 2, every="day", on="fri") == ["Thu 03-12 07:00", "Fri 03-13 07:00"]

    def test_the_moment_itself_is_past(self) -> None:
        """An issue built at seven is not due again at seven."""
        assert due_days("2026-03-16T07:00", 1) == ["Mon 03-23 07:00"]
        assert due_days("2026-03-16T06:59", 1) == ["Mon 03-16 07:00"]

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("07:00", ["Sat 03-28 07:00", "Sun 03-29 07:00", "Mon 03-30 07:00"]),
            ("02:30", ["Sun 03-29 03:30", "Mon 03-30 02:30", "Tue 03-31 02:30"]),
            ("02:00", ["Sun 03-29 03:00", "Mon 03-30 02:00", "Tue 03-31 02:00"]),
        ],
    )
    def test_when_summer_time_begins(self, at: str, expected: list[str]) -> None:
        """The hour that is left out has its issue all the same, right after it."""
        assert due_days("2026-03-28T03:00", 3, every="day", at=at) == expected

    @pytest.mark.parametrize("at", ["02:00", "02:30", "02:59"])
    def test_when_summer_time_ends(self, at: str) -> None:
        """The hour that comes twice has one issue."""
        expected = [f"Sun 10-25 {at}", f"Mon 10-26 {at}"]

        assert due_days("2026-10-24T12:00", 2, every="day", at=at) == expected

    def test_a_week_across_a_change_keeps_its_hour(self) -> None:
        """Seven in the morning is seven in the morning, 167 or 169 hours later."""
        assert due_days("2026-03-23T07:00", 2) == ["Mon 03-30 07:00", "Mon 04-06 07:00"]
        assert due_days("2026-10-19T07:00", 2) == ["Mon 10-26 07:00", "Mon 11-02 07:00"]

    @given(after=MOMENTS, settings=SCHEDULES, zone=st.sampled_from(ZONES))
    def test_the_next_one_is_always_near(self, after: dt.datetime, settings: Digest, zone: dt.tzinfo) -> None:
        """Later than the moment asked for, within a period and what a clock change adds."""
        found = next_due(after, settings, zone)

        assert after < found <= after + length(settings) + dt.timedelta(days=1, hours=1)
        assert found.utcoffset() == dt.timedelta(0)

    @given(
        begin=MOMENTS,
        settings=SCHEDULES,
        zone=st.sampled_from(ZONES),
        gaps=st.lists(st.integers(1, 40 * 60), min_size=1, max_size=60),
    )
    def test_no_issue_is_skipped_or_doubled(
        self, begin: dt.datetime, settings: Digest, zone: dt.tzinfo, gaps: list[int]
    ) -> None:
        """Whenever the program happens to look: an issue is due when and only when a moment of the calendar passed."""
        end = begin + sum(gaps) * dt.timedelta(minutes=1)
        calendar = every_moment(settings, zone, begin, end)
        last, now = begin, begin
        for gap in gaps:
            now += dt.timedelta(minutes=gap)
            passed = any(last < moment <= now for moment in calendar)
            assert (next_due(last, settings, zone) <= now) is passed
            if passed:
                last = now

    def test_three_missed_weeks_are_one_issue(self) -> None:
        """Due is a question about the time since the last one."""
        settings, last, now = make.digest(), berlin("2026-03-02T07:00"), berlin("2026-03-25T09:00")

        assert next_due(last, settings, BERLIN) <= now < next_due(now, settings, BERLIN)
        assert start(last, now, settings) == last


class TestStart:
    def test_a_period_starts_where_the_last_one_ended(self) -> None:
        """Nothing falls between two issues."""
        assert start(make.NOW - 3 * make.DAY, make.NOW, make.digest()) == make.NOW - 3 * make.DAY

    @pytest.mark.parametrize(("every", "expected"), [("week", make.WEEK), ("day", make.DAY)])
    def test_the_first_one_starts_one_period_ago(self, every: str, expected: dt.timedelta) -> None:
        """So that the first digest holds what is new."""
        assert start(None, make.NOW, make.digest(every=every)) == make.NOW - expected


class TestNames:
    @pytest.mark.parametrize(
        ("ends_at", "expected"),
        [
            ("2026-03-23T07:00", "2026-W12"),  # a Monday: the week before
            ("2026-03-25T07:00", "2026-W13"),  # a Wednesday: the week that runs
            ("2026-01-01T07:00", "2026-W01"),
            ("2025-12-29T07:00", "2025-W52"),
            ("2025-12-30T07:00", "2026-W01"),  # the week belongs to the year of its Thursday
            ("2027-01-01T07:00", "2026-W53"),
            ("2027-01-04T07:00", "2026-W53"),
            ("2027-01-05T07:00", "2027-W01"),
        ],
    )
    def test_a_week_is_that_of_the_day_before_the_end(self, ends_at: str, expected: str) -> None:
        """In ISO's counting, at the edges of years too."""
        assert name(berlin(ends_at), make.digest(), BERLIN) == expected

    def test_a_day_is_the_day_before_the_end(self) -> None:
        """A daily digest tells of yesterday."""
        assert name(berlin("2026-03-01T07:00"), make.digest(every="day"), BERLIN) == "2026-02-28"

    def test_the_day_is_the_learners(self) -> None:
        """At 23:30 UTC it is tomorrow in Berlin and still today in New York."""
        ends_at = dt.datetime(2026, 3, 22, 23, 30, tzinfo=dt.UTC)
        settings = make.digest(every="day")

        assert name(ends_at, settings, BERLIN) == "2026-03-22"
        assert name(ends_at, settings, ZoneInfo("America/New_York")) == "2026-03-21"

    def test_a_second_issue_of_a_name_gets_a_number(self) -> None:
        """And a third, as `run --issue` may ask for any number."""
        end, settings = berlin("2026-03-23T07:00"), make.digest()

        assert name(end, settings, BERLIN, {"2026-W11"}) == "2026-W12"
        assert name(end, settings, BERLIN, {"2026-W12"}) == "2026-W12-2"
        assert name(end, settings, BERLIN, {"2026-W12", "2026-W12-2"}) == "2026-W12-3"


def test_events_are_never_news() -> None:
    """Other entries are, unless they are the history of a new source."""
    event, entry, old = make.item(kind="ical"), make.item(), make.item(published_at=make.NOW - 9 * make.DAY)
    starts_at = make.NOW - make.WEEK

    assert is_backfill(event, first_visit=False, starts_at=starts_at)
    assert not is_backfill(entry, first_visit=True, starts_at=starts_at)
    assert not is_backfill(old, first_visit=False, starts_at=starts_at)
    assert is_backfill(old, first_visit=True, starts_at=starts_at)
