"""The pace of the last weeks: minutes read and works finished. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from digest.records import PassRead

WEEKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceWeek:
    """One calendar week in the learner's zone."""

    #: as 2026-W47
    week: str
    minutes: int = 0
    #: works read for the first time
    finished: int = 0


def pace(readings: Sequence[tuple[str, PassRead]], now: datetime, zone: tzinfo) -> tuple[PaceWeek, ...]:
    """The last eight weeks, this one last; *readings* are (work id, what was read), in any order."""
    first: dict[str, date] = {}
    minutes: dict[str, int] = {}
    for work_id, one in sorted(readings, key=lambda pair: pair[1].read_at):
        day = one.read_at.astimezone(zone).date()
        first.setdefault(work_id, day)
        minutes[week_name(day)] = minutes.get(week_name(day), 0) + one.minutes
    today = now.astimezone(zone).date()
    weeks = [week_name(today - timedelta(weeks=back)) for back in reversed(range(WEEKS))]
    finished = [week_name(day) for day in first.values()]
    return tuple(PaceWeek(week=week, minutes=minutes.get(week, 0), finished=finished.count(week)) for week in weeks)


def week_name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
