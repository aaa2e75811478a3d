"""A plan as blocks of time, for a calendar. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from digest.records import PlannedReading, WeekPlan

#: When a block begins, in the learner's zone, and how long it is unless one reading takes longer.
EVENING = time(18, 0)
_USUAL_MINUTES = 30
#: Blocks lie on working days, one a day, as long as there are some left.
_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSlot:
    """Some time in which to read."""

    starts_at: datetime
    ends_at: datetime
    readings: tuple[PlannedReading, ...]
    #: the same for the same week and readings, to name a calendar's entry by
    key: str


def reading_blocks(
    plan: WeekPlan, *, now: datetime, zone: tzinfo, at: time = EVENING, days: int = 7
) -> tuple[ReadingSlot, ...]:
    """One block a day from the plan's start on, or from today where that is later; the plan's order is kept.

    All readings have a place: where days are short, blocks are long.
    """
    free = _days(plan.starts_at, now, zone, at, days)
    if not plan.entries or not free:
        return ()
    total = sum(one.entry.minutes for one in plan.entries)
    share = max(_USUAL_MINUTES, -(-total // len(free)))
    return tuple(
        _block(plan, day, group, zone, at)
        for day, group in zip(free, _groups(plan.entries, share, len(free)), strict=False)
    )


def _days(starts_at: datetime, now: datetime, zone: tzinfo, at: time, days: int) -> list[date]:
    """The days that are left of a plan, working days before the others where there are any."""
    first = starts_at.astimezone(zone).date()
    begun = now.astimezone(zone)
    left = [
        day
        for day in (first + timedelta(days=number) for number in range(days))
        if datetime.combine(day, at, zone) > begun
    ]
    return [day for day in left if day.weekday() < _WORKING_DAYS] or left


def _groups(entries: Sequence[PlannedReading], share: int, most: int) -> Iterator[tuple[PlannedReading, ...]]:
    """Consecutive readings of about *share* minutes together, in at most *most* groups."""
    group: list[PlannedReading] = []
    made = 0
    for one in entries:
        full = sum(other.entry.minutes for other in group) + one.entry.minutes > share
        if group and full and made < most - 1:
            yield tuple(group)
            made, group = made + 1, []
        group.append(one)
    if group:
        yield tuple(group)


def _block(plan: WeekPlan, day: date, group: tuple[PlannedReading, ...], zone: tzinfo, at: time) -> ReadingSlot:
    starts_at = datetime.combine(day, at, zone)
    minutes = sum(one.entry.minutes for one in group)
    named = "-".join(f"{one.entry.item_id}.{one.entry.number}" for one in group[:1])
    return ReadingSlot(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        readings=group,
        key=f"{plan.starts_at:%Y%m%d}-{named}",
    )
