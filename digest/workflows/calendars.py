"""Events: those of an issue, and all that are worth going to as a calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.compose import events as choosing
from digest.compose.reading_blocks import ReadingSlot, reading_blocks
from digest.config import Config
from digest.deliver import files
from digest.judge.evidence import reason
from digest.judge.floor import FLOOR
from digest.records import ComingEvent, Evidence, Item, ReadingBlock
from digest.render.icalendar_file import render_calendar
from digest.store import events as event_rows
from digest.store import scores as score_rows
from digest.store import vectors
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import candidates, planning
from digest.workflows.likes import liked
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked

WEEKS = 12
FILE = "calendar.ics"
#: Days and times on the reader's clock lie up to a day from where they are stored.
_MARGIN = timedelta(days=2)
#: Issues since then are remembered.
_REMEMBERED = timedelta(weeks=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """A calendar as text, and how many events it has."""

    text: bytes
    events: int


def for_issue(db: Connection, config: Config, ranked: Ranked, now: datetime) -> tuple[ComingEvent, ...]:
    """The next events worth going to, each with its reason."""
    coming = _upcoming(db, config, now, choosing.AHEAD)
    if not coming:
        return ()
    shown = event_rows.shown(db, since=now - _REMEMBERED)
    return _with_reasons(db, ranked, choosing.choose(coming, shown, now=now, zone=config.zone))


def upcoming(config: Config, now: datetime, *, weeks: int = WEEKS, wait: float) -> list[ComingEvent]:
    """What is coming in these weeks and near enough to the focus, each event once, the next ones first."""
    with opened(config, wait=wait, read_only=True) as db:
        return _upcoming(db, config, now, timedelta(weeks=weeks))


def as_file(
    config: Config, now: datetime, *, weeks: int = WEEKS, reading: Sequence[ReadingBlock] = (), wait: float
) -> CalendarFile:
    """The same as iCalendar, with *reading* among it."""
    events = upcoming(config, now, weeks=weeks, wait=wait) if config.archive.exists() else []
    return _file(config, events, now, reading)


def file_of(db: Connection, config: Config, now: datetime) -> CalendarFile:
    """The same from an open archive, without the time for reading."""
    return _file(config, _upcoming(db, config, now, timedelta(weeks=WEEKS)), now, ())


def _file(
    config: Config, events: Sequence[ComingEvent], now: datetime, reading: Sequence[ReadingBlock]
) -> CalendarFile:
    name = f"{config.learner.name}’s digest" if config.learner.name else "Your digest"
    return CalendarFile(text=render_calendar(events, name=name, now=now, reading=reading), events=len(events))


def reading_time(config: Config, now: datetime, *, wait: float) -> list[ReadingBlock]:
    """What is left of the week's plan, as time set aside for it."""
    slots = reading_blocks(planning.view_plan(config, now, wait=wait).plan, now=now, zone=config.zone)
    return [block_of(slot) for slot in slots]


def block_of(slot: ReadingSlot) -> ReadingBlock:
    """The entry of a calendar for one slot."""
    first, *others = slot.readings
    return ReadingBlock(
        key=slot.key,
        title=f"Read: {first.title}{f' and {len(others)} more' if others else ''}",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        url=first.url,
        text="\n".join(f"{one.title} ({one.entry.minutes} min) {one.url}".rstrip() for one in slot.readings),
    )


def write_beside(config: Config, now: datetime, *, reading: Sequence[ReadingBlock] = (), wait: float) -> None:
    """Write `calendar.ics` into the digests' folder; DeliveryError where that fails."""
    files.write(config.digest_folder / FILE, as_file(config, now, reading=reading, wait=wait).text)


def _upcoming(db: Connection, config: Config, now: datetime, ahead: timedelta) -> list[ComingEvent]:
    found = event_rows.coming(db, since=now - _MARGIN, until=now + ahead + _MARGIN, relevance=choosing.EVENT_FLOOR)
    declared = {source.name for source in config.sources}
    found = [event for event in found if event.source in declared]
    coming = choosing.upcoming(found, now=now, zone=config.zone, mute=config.focus.mute)
    return [event for event in coming if event.starts_at <= now + ahead]


def _with_reasons(db: Connection, ranked: Ranked, events: Sequence[ComingEvent]) -> tuple[ComingEvent, ...]:
    """Why each is near the focus, in the words that picks are given."""
    wanted = [event.item_id for event in events]
    items = {item.item_id: item for work in work_rows.with_items(db, wanted) for item in work.items}
    found = vectors.of_items(db, ranked.model.name, ranked.model.dimensions, wanted)
    known = [items[item_id] for item_id in wanted if item_id in found and item_id in items]
    evidence = candidates.evidence_of(known, found, ranked, liked(db, ranked.model))
    scores = score_rows.of_items(db, wanted)
    return tuple(
        replace(event, reason=_reason(items[event.item_id], scores[event.item_id], evidence[event.item_id]))
        if event.item_id in evidence and event.item_id in scores
        else event
        for event in events
    )


def _reason(item: Item, score: score_rows.Score, evidence: Evidence) -> str:
    """The part of the focus that an event is near, in a few words; "" for one that is only somewhat near."""
    if score.relevance < FLOOR:
        return ""
    return reason(candidates.judgement_of(item, score, replace(evidence, clause="")))
