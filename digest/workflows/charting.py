"""What the charts of the local page are drawn from, gathered in one opening of the archive."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from digest.compose import reading_time
from digest.config import Config
from digest.records import Theme
from digest.store import figures, verdicts
from digest.store.archive import Connection
from digest.store.figures import IssueFigures, SourceFigures
from digest.workflows.opening import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of the last issues, oldest first, and of the weeks up to now."""

    issues: Sequence[IssueFigures]
    #: minutes of a first reading of all picks, by issue; those of unknown length count nothing
    minutes: Mapping[str, int]
    sources: Sequence[SourceFigures]
    #: of the newest issue, and the moment its last week ended
    themes: Sequence[Theme]
    themes_end: datetime | None
    #: marks given one by one, by the Monday of their week and by kind
    marks: Mapping[date, Mapping[str, int]]


def gather(config: Config, *, limit: int, wait: float) -> Figures:
    """The figures of the last *limit* issues."""
    with opened(config, wait=wait, read_only=True) as db:
        issues = figures.by_issue(db, limit=limit)
        if not issues:
            return Figures(issues=(), minutes={}, sources=(), themes=(), themes_end=None, marks={})
        since = issues[0].ends_at
        newest = verdicts.issue(db, issues[-1].period)
        return Figures(
            issues=issues,
            minutes=_minutes(db, since),
            sources=figures.by_source(db, since=since),
            themes=newest.weekly.themes if newest else (),
            themes_end=issues[-1].ends_at,
            marks=_by_week(figures.marks_given(db, since=since), config.zone),
        )


def _minutes(db: Connection, since: datetime) -> dict[str, int]:
    """Minutes of a first reading of all picks, by issue."""
    total: Counter[str] = Counter()
    for pick in figures.picks(db, since=since):
        total[pick.period] += reading_time.minutes_of(words=pick.words, seconds=pick.seconds, arxiv_id=pick.arxiv_id)
    return dict(total)


def _by_week(marks: Sequence[tuple[str, datetime]], zone: tzinfo) -> dict[date, Counter[str]]:
    weeks: dict[date, Counter[str]] = {}
    for mark, at in marks:
        day = at.astimezone(zone).date()
        weeks.setdefault(day - timedelta(days=day.weekday()), Counter())[mark] += 1
    return weeks
