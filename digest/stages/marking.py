"""What the learner says of items: by command, and by ticking boxes in the written Markdown."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.config import Config
from digest.records import Issue, Mark
from digest.render import ticks as boxes
from digest.stages.looking import resolve
from digest.store import archive, items, ticks, verdicts
from digest.store.archive import Connection

#: Larger files in the folder are no digests of ours.
_MOST_BYTES = 5_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An item and the marks that it holds now."""

    item_id: str
    title: str
    marks: tuple[str, ...]


def mark(config: Config, typed: str, said: str, now: datetime, *, undo: bool = False, wait: float) -> Marked:
    """Mark the item that was meant, or take that mark back; *said* may be "" to take back all of them."""
    with archive.open_archive(config.archive, wait=wait) as db:
        item_id = resolve(db, typed)
        words = (f"not {said}" if said else "none") if undo else said
        verdicts.add_mark(db, Mark(item_id=item_id, mark=words, marked_at=now, origin="command"))
        held = verdicts.standing_marks(db).get(item_id, ())
        [work] = items.works_with_items(db, [item_id])
    title = next(item.title for item in work.items if item.item_id == item_id)
    return Marked(item_id=item_id, title=title, marks=held)


def read_ticks(config: Config, now: datetime, *, wait: float) -> list[Mark]:
    """Take in what was ticked and unticked in the written digests since they were last read."""
    seen = list(_boxes(config.digest_folder))
    if not seen or not config.archive.exists():
        return []
    with archive.open_archive(config.archive, wait=wait) as db:
        before = ticks.remembered(db)
        found = boxes.changes(before, seen)
        told = [
            Mark(item_id=item_id, mark=said, marked_at=now, origin="markdown")
            for item_id, said in [*found.ticked, *((item_id, f"not {said}") for item_id, said in found.unticked)]
        ]
        with archive.transaction(db):
            added = store_marks(db, told)
            if found.standing != before:
                ticks.remember(db, found.standing)
    return added


def store_marks(db: Connection, told: Sequence[Mark]) -> list[Mark]:
    """Write marks down, without those of items that are not in this archive."""
    known = items.known_ids(db, [one.item_id for one in told]) if told else {}
    added = [one for one in told if one.item_id in known]
    for one in added:
        verdicts.add_mark(db, one)
    return added


def forget_ticks(config: Config, issue: Issue, *, wait: float) -> None:
    """Take an issue's boxes as they are now, after its file was drawn anew and lost its ticks."""
    with archive.open_archive(config.archive, wait=wait) as db:
        ticks.forget(db, [pick.item_id for pick in issue.picks])


def _boxes(folder: Path) -> Iterator[tuple[boxes.Tick, bool]]:
    """Every box in the Markdown files of the digest folder, wherever in it they were moved."""
    for path in _files(folder):
        try:
            if path.stat().st_size <= _MOST_BYTES:
                yield from boxes.boxes(path.read_bytes().decode("utf-8", errors="replace"))
        except OSError as error:
            _log.warning("%s: its boxes cannot be read: %s", path, error.strerror)


def _files(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.rglob("*.md"))
    except OSError:
        return []
