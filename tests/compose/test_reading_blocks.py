"""A plan as blocks of time."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from digest.compose.reading_blocks import reading_blocks
from digest.records import PlanEntry, PlannedReading, WeekPlan, Why
from tests.make import NOW, WEEK

BERLIN = ZoneInfo("Europe/Berlin")


def plan(*minutes: int) -> WeekPlan:
    entries = (
        PlanEntry(item_id=f"i{place}", work_id=f"i{place}", number=1, minutes=one, why=Why.PICK)
        for place, one in enumerate(minutes)
    )
    return WeekPlan(
        starts_at=NOW,
        minutes=sum(minutes),
        entries=tuple(PlannedReading(entry=one, title=one.item_id, url="") for one in entries),
    )


def test_one_block_a_working_day_in_the_learners_evening() -> None:
    """In the plan's order; what is short goes together."""
    blocks = reading_blocks(plan(10, 10, 10, 60), now=NOW, zone=BERLIN)

    assert [block.starts_at.astimezone(BERLIN).hour for block in blocks] == [18, 18]
    assert [[one.entry.item_id for one in block.readings] for block in blocks] == [["i0", "i1", "i2"], ["i3"]]
    assert [(block.ends_at - block.starts_at).seconds // 60 for block in blocks] == [30, 60]


@given(st.lists(st.integers(1, 240), max_size=20), st.integers(0, 6 * 24))
def test_everything_has_a_place_while_days_are_left(minutes: list[int], hours: int) -> None:
    """Nothing twice, in order, no two blocks on a day, none in the past, and none after the week."""
    now = NOW + dt.timedelta(hours=hours)
    made = plan(*minutes)

    blocks = reading_blocks(made, now=now, zone=BERLIN)

    assert [one for block in blocks for one in block.readings] == list(made.entries)
    assert len({block.starts_at.date() for block in blocks}) == len(blocks)
    assert len({block.key for block in blocks}) == len(blocks)
    assert all(now < block.starts_at < NOW + WEEK for block in blocks)


def test_a_week_that_is_over_has_none() -> None:
    """Nor has an empty plan."""
    assert reading_blocks(plan(10), now=NOW + 2 * WEEK, zone=BERLIN) == ()
    assert reading_blocks(plan(), now=NOW, zone=BERLIN) == ()
