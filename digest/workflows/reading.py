"""What was read, in passes: recorded, listed and taken back."""

from dataclasses import dataclass
from datetime import datetime

from digest.compose.reading_plan import UNKNOWN_MINUTES
from digest.compose.reading_time import PASSES, minutes_of
from digest.config import Config
from digest.errors import DigestError
from digest.records import Mark, PassRead
from digest.store import items, lookup, readings
from digest.store import marks as mark_rows
from digest.store.archive import Connection, transaction
from digest.workflows.opening import opened

#: Nobody reads longer than a day on end, and a typed 2500 is a 25.
_MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What was recorded, or taken back."""

    read: PassRead
    title: str
    paper: bool
    #: whether nobody said how long it took
    estimated: bool = False
    undone: bool = False


def read(
    config: Config,
    typed: str,
    now: datetime,
    *,
    number: int | None = None,
    minutes: int | None = None,
    origin: str = "command",
    wait: float,
) -> ReadResult:
    """Record that an item was read, and mark it `read`.

    Without a *number* it is the pass after those made over a paper, at most the third; without *minutes* the usual time.
    """
    if minutes is not None and not 0 < minutes <= _MOST_MINUTES:
        raise DigestError(f"{minutes} minutes: say a number from 1 to {_MOST_MINUTES}")
    with opened(config, wait=wait) as db:
        item_id = lookup.resolve(db, typed)
        title, paper, usual = _about(db, item_id)
        if number not in (None, 1) and not paper:
            raise DigestError(f"{item_id}: is no paper, which alone is read in passes; leave --pass out")
        made = number or (min(max(readings.passes_of_work(db, item_id), default=0) + 1, len(PASSES)) if paper else 1)
        took = minutes or (PASSES[made - 1] if paper else usual)
        one = PassRead(item_id=item_id, number=made, minutes=took, read_at=now, origin=origin)
        marked = "read" not in mark_rows.standing(db).get(item_id, ())
        with transaction(db):
            readings.add(db, one, marked=marked)
            if marked:
                mark_rows.add(db, Mark(item_id=item_id, mark="read", marked_at=now, origin=origin))
    return ReadResult(read=one, title=title, paper=paper, estimated=minutes is None)


def undo(config: Config, typed: str, now: datetime, *, origin: str = "command", wait: float) -> ReadResult:
    """Take back the last reading of an item, and the mark that came with it; DigestError where there is none."""
    with opened(config, wait=wait) as db:
        item_id = lookup.resolve(db, typed)
        title, paper, _ = _about(db, item_id)
        with transaction(db):
            undone = readings.undo_last(db, item_id, now)
            if undone is None:
                raise DigestError(f"{item_id}: there is no reading to take back")
            one, marked = undone
            if marked:
                mark_rows.add(db, Mark(item_id=item_id, mark="not read", marked_at=now, origin=origin))
    return ReadResult(read=one, title=title, paper=paper, undone=True)


def list_readings(config: Config, *, limit: int, wait: float) -> list[tuple[PassRead, str]]:
    """The last readings with the titles of the items, the newest first."""
    if not config.archive.exists():
        return []
    with opened(config, wait=wait, read_only=True) as db:
        return readings.listed(db, limit=limit)


def _about(db: Connection, item_id: str) -> tuple[str, bool, int]:
    """Title, whether it is a paper, and its usual minutes."""
    [(_, title, words, seconds, arxiv_id)] = items.columns_of(db, [item_id], "title, words, seconds, arxiv_id")
    paper = bool(arxiv_id) and not seconds
    return (
        title or "",
        paper,
        minutes_of(words=words or 0, seconds=seconds or 0, arxiv_id=arxiv_id or "") or UNKNOWN_MINUTES,
    )
