"""The reading plan of a week: made once, remembered, and shown without what was read since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from digest.compose.pace import WEEKS, PaceWeek, pace
from digest.compose.reading_plan import DEFAULT_MINUTES, UNKNOWN_MINUTES, Readable, left_of, make_plan
from digest.compose.reading_time import minutes_of
from digest.config import Config
from digest.records import Issue, PassRead, PlanEntry, PlannedReading, Section, WeekPlan
from digest.sources.identifiers import without_tracking
from digest.store import items, plans, readings, verdicts
from digest.store.archive import Connection
from digest.workflows import schedule
from digest.workflows.opening import opened

#: An issue that comes a little late finds the plan of the one before still there.
_GRACE = timedelta(days=1)
#: A paper whose first pass is older than this is not proposed for a second.
_FRESH = timedelta(weeks=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A week's plan as it stands now."""

    #: what is still to be read
    plan: WeekPlan
    #: what was proposed and is read
    done: tuple[PlannedReading, ...] = ()
    minutes_read: int = 0
    #: the minutes of an ordinary week, and whether sources.toml declares them
    usual_minutes: int = 0
    declared: bool = True
    pace: tuple[PaceWeek, ...] = ()
    #: unread saves that are not in this plan
    waiting: int = 0
    #: the issue whose picks are in it, or ""
    period: str = ""
    paused_until: datetime | None = None


def usual_minutes(config: Config) -> int:
    """The minutes of a period, declared or by default."""
    return config.digest.minutes or DEFAULT_MINUTES[config.digest.every]


def view_plan(
    config: Config, now: datetime, *, minutes: int | None = None, lighter: bool = False, wait: float
) -> PlanView:
    """What to read now; *minutes*, or half of the usual ones, are this week's from now on if they are given."""
    usual = usual_minutes(config)
    wanted = max(1, usual // 2) if lighter else minutes
    empty = PlanView(
        plan=WeekPlan(starts_at=_calendar_start(config, now), minutes=wanted or usual),
        usual_minutes=usual,
        declared=config.digest.minutes is not None,
        pace=pace([], now, config.zone),
    )
    if not config.archive.exists():
        return empty
    with opened(config, wait=wait) as db:
        empty = replace(empty, pace=pace(_read_since(db, now - (WEEKS + 1) * timedelta(weeks=1)), now, config.zone))
        if (until := schedule.paused_until(db, now)) is not None:
            return replace(empty, paused_until=until)
        return _view(db, config, now, wanted, empty)


def plan_of_issue(db: Connection, config: Config, issue: Issue) -> WeekPlan | None:
    """The plan that an issue proposes; None where none is wanted, or nothing is to be read."""
    if not config.digest.plan:
        return None
    works, titles = _works(db, issue, issue.ends_at)
    minutes = usual_minutes(config)
    entries = _made(db, config, works, minutes=minutes, starts_at=issue.ends_at, now=issue.ends_at)
    if not entries:
        return None
    return WeekPlan(starts_at=issue.ends_at, minutes=minutes, entries=_shown(entries, titles))


def _view(db: Connection, config: Config, now: datetime, wanted: int | None, empty: PlanView) -> PlanView:
    issue = _issue_of_now(db, config, now)
    starts_at = issue.ends_at if issue else empty.plan.starts_at
    works, titles = _works(db, issue, starts_at)
    spent = sum(one.minutes for _, one in _read_since(db, starts_at))
    stored = plans.of_week(db, starts_at)
    minutes = wanted or (stored[0] if stored else empty.usual_minutes)
    if stored and stored[1] and stored[0] == minutes:
        entries = stored[1]
    else:
        entries = _made(db, config, works, minutes=minutes, starts_at=starts_at, now=now, spent=spent)
    by_work = {one.work_id: one for one in works}
    left, done = left_of(entries, by_work, minutes=max(0, minutes - spent))
    proposed = {one.work_id for one in left}
    unread = [one for one in works if one.saved_at and not one.passes and not one.closed]
    return replace(
        empty,
        plan=WeekPlan(starts_at=starts_at, minutes=minutes, entries=_shown(left, titles)),
        done=_shown(done, titles),
        minutes_read=spent,
        waiting=sum(one.work_id not in proposed for one in unread),
        period=issue.period if issue else "",
    )


def _made(
    db: Connection,
    config: Config,
    works: Sequence[Readable],
    *,
    minutes: int,
    starts_at: datetime,
    now: datetime,
    spent: int = 0,
) -> tuple[PlanEntry, ...]:
    """Make the plan of a week and remember it."""
    entries = make_plan(
        works,
        plans.proposals(db),
        minutes=max(0, minutes - spent),
        starts_at=starts_at,
        deep=config.focus.mode == "deep",
    )
    if entries or minutes != usual_minutes(config):
        plans.save(db, starts_at, entries, minutes=minutes, now=now)
    return entries


def _issue_of_now(db: Connection, config: Config, now: datetime) -> Issue | None:
    """The issue whose week this is; None where the last one is too long ago."""
    newest = verdicts.newest(db)
    issue = verdicts.issue(db, newest[0]) if newest else None
    if issue is None:
        return None
    length = timedelta(days=1 if config.digest.every == "day" else 7)
    return issue if issue.ends_at <= now < issue.ends_at + length + min(_GRACE, length / 2) else None


def _calendar_start(config: Config, now: datetime) -> datetime:
    """When this week, or day, began by the learner's calendar."""
    local = now.astimezone(config.zone)
    back = 0 if config.digest.every == "day" else local.weekday()
    return datetime.combine(local.date() - timedelta(days=back), time(), config.zone).astimezone(now.tzinfo)


_Titles = dict[str, tuple[str, str, bool]]


def _works(db: Connection, issue: Issue | None, starts_at: datetime) -> tuple[list[Readable], _Titles]:
    """What may be read: the issue's picks and its background reading, what is saved, and what was begun.

    With them title, address and whether it is a paper, by work.
    """
    picks = {one.item_id: one for one in issue.picks} if issue else {}
    old = {issue.foundation.item_id} if issue and issue.foundation else set[str]()
    stored = plans.marked_or_read(db, [*picks, *old])
    works, titles = [], _Titles()
    for one in stored:
        pick = picks.get(one.item_id)
        paper = bool(one.arxiv_id) and not one.seconds
        titles[one.work_id] = (one.title, without_tracking(one.url), paper)
        begun = one.last_read_at is not None and one.last_read_at >= starts_at - _FRESH
        liked = one.liked or one.saved_at is not None
        works.append(
            Readable(
                item_id=one.item_id,
                work_id=one.work_id,
                minutes=0 if paper else minutes_of(words=one.words, seconds=one.seconds, arxiv_id=""),
                paper=paper,
                score=pick.score if pick else one.score,
                first=pick is not None and issue is not None and issue.first == one.item_id,
                picked=pick is not None,
                new=one.item_id in old or (pick is not None and pick.section == Section.STRETCH),
                saved_at=one.saved_at,
                promising=(liked and begun) or (pick is not None and (liked or pick.suggested_pass > 1)),
                passes=one.passes | ({1} if one.read else set()),
                closed=one.disliked,
            )
        )
    return works, titles


def _shown(entries: Iterable[PlanEntry], titles: _Titles) -> tuple[PlannedReading, ...]:
    shown = []
    for entry in entries:
        title, url, paper = titles[entry.work_id]
        shown.append(PlannedReading(entry=entry, title=title, url=url, paper=paper))
    return tuple(shown)


def _read_since(db: Connection, moment: datetime) -> list[tuple[str, PassRead]]:
    """What was read, each with its minutes: those of a ticked box are the usual ones."""
    found = readings.since(db, moment)
    unsaid = [one.item_id for _, one in found if one.minutes == readings.UNSAID]
    usual = {
        item_id: minutes_of(words=words or 0, seconds=seconds or 0, arxiv_id=arxiv_id or "") or UNKNOWN_MINUTES
        for item_id, words, seconds, arxiv_id in items.columns_of(db, unsaid, "words, seconds, arxiv_id")
    }
    return [
        (
            work_id,
            replace(one, minutes=usual.get(one.item_id, UNKNOWN_MINUTES)) if one.minutes == readings.UNSAID else one,
        )
        for work_id, one in found
    ]
