"""When the next issue is due, and pausing issues while sources are still fetched."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from digest.compose import periods
from digest.compose.themes import WEEKS
from digest.config import Config
from digest.store import verdicts
from digest.store.archive import Connection
from digest.workflows.opening import opened
from digest.workflows.shared_reading import SharedReading

#: Works of several learners are compared over a week at least, and no more than the weeks that themes look back on.
USUAL, LONGEST = timedelta(weeks=1), timedelta(weeks=WEEKS)
#: A pause without an end; time stamps can still be added to after this year.
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


def next_due(config: Config, now: datetime, *, wait: float) -> datetime:
    """When the next issue is due; a past moment means that it is due now."""
    with opened(config, wait=wait) as db:
        return due_at(db, config, now)


def due_at(db: Connection, config: Config, now: datetime, *, began: datetime | None = None) -> datetime:
    """The first scheduled moment since the last issue, the first fetch, or the end of a pause, whichever came last.

    *began* is the first fetch of an archive that does not say so itself.
    """
    since = verdicts.last_end(db) or began or verdicts.began_at(db) or now
    pause_end = verdicts.paused_until(db)
    if pause_end is not None and pause_end > since:
        since = pause_end - timedelta(microseconds=1)  # a pause that ends on the scheduled moment does not skip it
    return periods.next_due(since, config.digest, config.zone)


def news_since(config: Config, ends: Mapping[str, datetime], now: datetime) -> datetime:
    """The start of the current period, from the ends of the last issues by learner.

    Of several learners' periods it is the earliest start, so that nobody misses what is news to them.
    """
    return min(periods.start(ends.get(one.learner_id), now, one.digest) for one in config.learners)


def shared_reading(config: Config, now: datetime, *, wait: float) -> SharedReading:
    """What the issues of a run share; for several learners from the earliest start of a period, but not from long ago."""
    if len(config.learners) == 1:
        return SharedReading()
    with opened(config, wait=wait) as db:
        ends = verdicts.last_ends(db)
    own = [ends[one] for one in config.learner_names if one in ends]
    return SharedReading(since=compared_since(own, now))


def compared_since(ends: Iterable[datetime], now: datetime) -> datetime:
    """From when on works of several learners' periods are compared, given the ends of their last issues."""
    return max(min([now - USUAL, *ends]), now - LONGEST)


def pause(config: Config, until: datetime | None, *, wait: float) -> datetime | None:
    """Build no issue before *until*, or before `resume`; returns when the next issue is due.

    What is found meanwhile goes into one issue with the usual limits.
    """
    with opened(config, wait=wait) as db:
        verdicts.pause(db, until.astimezone(UTC) if until else FOREVER)
        return due_at(db, config, until) if until else None


def resume(config: Config, now: datetime, *, wait: float) -> datetime:
    """End the pause; returns when the next issue is due, which may be past."""
    with opened(config, wait=wait) as db:
        verdicts.pause(db, None)
        return due_at(db, config, now)


def paused_until(db: Connection, now: datetime) -> datetime | None:
    """When the current pause ends; None outside a pause."""
    until = verdicts.paused_until(db)
    return until if until and until > now else None
