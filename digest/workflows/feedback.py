"""Marks by command or on the page, and by checkboxes in the written Markdown."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.config import Config
from digest.records import Issue, Mark
from digest.render import checkboxes as boxes
from digest.store import archive, checkbox_files, items, lookup, waiting_marks
from digest.store import marks as mark_rows
from digest.store.archive import Connection
from digest.workflows.opening import opened

#: Larger files in the folder are not digests.
_MOST_BYTES = 5_000_000
#: The coarsest file times, FAT's, are two seconds apart.
_CLOCK_SECONDS = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkResult:
    """An item and its current marks."""

    item_id: str
    title: str
    marks: tuple[str, ...]


def mark(
    config: Config,
    typed: Sequence[str],
    said: Sequence[str],
    now: datetime,
    *,
    undo: bool = False,
    origin: str = "command",
    wait: float,
) -> list[MarkResult]:
    """Mark the items that were meant, all or none, or take those marks back; with nothing *said*, take back all."""
    with opened(config, wait=wait) as db:
        waiting_marks.store(config.archive, db)
        meant = lookup.resolve_all(db, typed)
        mark_rows.add(db, *_marks(meant, said, now, undo=undo, origin=origin))
        held = mark_rows.standing(db)
        titles = items.titles(db, meant)
    return [MarkResult(item_id=one, title=titles[one][0], marks=held.get(one, ())) for one in meant]


def mark_later(
    config: Config, item_ids: Sequence[str], said: Sequence[str], now: datetime, *, undo: bool = False, origin: str
) -> None:
    """Keep marks beside the archive while another process holds it; the next opening for writing stores them."""
    waiting_marks.put(config.archive, config.learner_id, _marks(item_ids, said, now, undo=undo, origin=origin))


def store_waiting(config: Config, *, wait: float) -> list[Mark]:
    """Store the marks that wait beside the archive; returns those. ArchiveBusy while it is still held."""
    if not waiting_marks.any_waiting(config.archive) or not config.archive.exists():
        return []
    with opened(config, wait=wait) as db:
        return waiting_marks.store(config.archive, db)


def _marks(item_ids: Sequence[str], said: Sequence[str], now: datetime, *, undo: bool, origin: str) -> list[Mark]:
    words = [f"not {one}" for one in said] or ["none"] if undo else said
    return [Mark(item_id=one, mark=word, marked_at=now, origin=origin) for one in item_ids for word in words]


def read_checkboxes(config: Config, now: datetime, *, wait: float) -> list[Mark]:
    """Store the marks of checkboxes that were ticked or cleared since the last call; returns those marks.

    Notes, which lie in files too, are read back with them.
    """
    from digest.workflows.reading_notes import read_notes  # with numpy, which a mark on the local page does not need

    read_notes(config, now, wait=wait)
    files = _files(config.digest_folder)
    if not files or not config.archive.exists():
        return []
    with opened(config, wait=wait) as db:
        known = checkbox_files.files_read(db)
        read = {name: known[name] if _unchanged(known.get(name), file) else _read(file) for name, file in files.items()}
        current = [box for name in read for box in read[name].boxes]
        before = checkbox_files.remembered(db)
        found = boxes.changes(before, current)
        marks = [
            Mark(item_id=item_id, mark=change, marked_at=now, origin="markdown")
            for item_id, change in [*found.ticked, *((item_id, f"not {name}") for item_id, name in found.unticked)]
        ]
        with archive.transaction(db):
            added = store_marks(db, marks)
            if found.standing != before:
                checkbox_files.remember(db, found.standing)
            _remember(db, known, read, now)
    return added


def store_marks(db: Connection, marks: Sequence[Mark]) -> list[Mark]:
    """Store the marks of items that are in this archive; returns those."""
    known = items.known_ids(db, [one.item_id for one in marks]) if marks else {}
    added = [one for one in marks if one.item_id in known]
    mark_rows.add(db, *added)
    return added


def remember_checkboxes(config: Config, issue: Issue, *, wait: float) -> None:
    """Remember an issue's checkboxes after its file was written again, where the marks that hold are ticked."""
    with opened(config, wait=wait) as db:
        picked, held = {pick.item_id for pick in issue.picks}, mark_rows.standing(db)
        ticks = {(item_id, mark) for item_id in picked for mark in held.get(item_id, ())}
        checkbox_files.replace(db, picked, ticks if "markdown" in config.digest.formats else set())


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    modified_ns: int


def _files(folder: Path) -> dict[str, _File]:
    """Every Markdown file in the digest folder and the folders in it, by relative path."""
    found = {}
    for path in sorted(_markdown(folder)):
        try:
            stat = path.stat()
        except OSError:
            continue  # it was deleted after it was listed
        if stat.st_size <= _MOST_BYTES:
            name = path.relative_to(folder).as_posix()
            # A file name need not be UTF-8, but a text in the archive must be.
            found[name.encode(errors="backslashreplace").decode()] = _File(path, stat.st_size, stat.st_mtime_ns)
    return found


def _markdown(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.rglob("*.md") if path.is_file()]
    except OSError:
        return []


def _unchanged(before: checkbox_files.FileRead | None, file: _File) -> bool:
    return before is not None and (before.size, before.modified_ns) == (file.size, file.modified_ns)


def _read(file: _File) -> checkbox_files.FileRead:
    """The boxes of a file; one that cannot be read has none, and is read again the next time."""
    try:
        text = file.path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        _log.warning("%s: its boxes cannot be read: %s", file.path, error.strerror)
        return checkbox_files.FileRead(size=-1, modified_ns=-1, boxes=())
    return checkbox_files.FileRead(size=file.size, modified_ns=file.modified_ns, boxes=tuple(boxes.boxes(text)))


def _remember(
    db: Connection, known: dict[str, checkbox_files.FileRead], read: dict[str, checkbox_files.FileRead], now: datetime
) -> None:
    """Remember what was read, so that the next run skips it.

    A tick does not change a file's size, so a file that was written within the resolution of file times is read again.
    """
    settled = now.timestamp() - _CLOCK_SECONDS
    fresh = {name: one for name, one in read.items() if known.get(name) != one and 0 <= one.modified_ns < settled * 1e9}
    gone = [name for name, one in known.items() if name not in read or (name not in fresh and read[name] != one)]
    if fresh or gone:
        checkbox_files.remember_files(db, fresh, gone=gone)
