"""Which boxes of the written Markdown were ticked when it was last read, and which file had them."""

import json
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from digest.store.archive import Connection, transaction
from digest.store.conversion import insert
from digest.store.verdicts import LEARNER

Tick = tuple[str, str]

#: Before a file's name, in core.settings: a row for each, so that a change writes little.
_FILE = "boxes in "


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file as it was when it was last read, by which an unchanged one is known without reading."""

    size: int
    modified_ns: int
    #: every box in it, and whether it was ticked
    boxes: tuple[tuple[Tick, bool], ...]


def remembered(db: Connection) -> frozenset[Tick]:
    rows = db.execute("select item_id, mark from core.ticks where learner = ?", [LEARNER]).fetchall()
    return frozenset((item_id, mark) for item_id, mark in rows)


def remember(db: Connection, standing: Set[Tick]) -> None:
    with transaction(db):
        db.execute("delete from core.ticks where learner = ?", [LEARNER])
        rows = [{"learner": LEARNER, "item_id": item_id, "mark": mark} for item_id, mark in sorted(standing)]
        insert(db, "core.ticks", rows)


def forget(db: Connection, item_ids: Collection[str]) -> None:
    """Look at these items' boxes as if for the first time: their file was drawn anew, without ticks."""
    db.execute(
        "delete from core.ticks where learner = ? and item_id in (select unnest(?::varchar[]))",
        [LEARNER, list(item_ids)],
    )


def files_read(db: Connection) -> dict[str, FileRead]:
    """What is remembered of each file, by its name; nothing of one whose memory cannot be read."""
    rows = db.execute("select name, value from core.settings where starts_with(name, ?)", [_FILE]).fetchall()
    read = {name.removeprefix(_FILE): _read(value) for name, value in rows}
    return {name: one for name, one in read.items() if one is not None}


def remember_files(db: Connection, read: Mapping[str, FileRead], *, gone: Collection[str] = ()) -> None:
    """Replace what is remembered of these files, and forget those that are gone."""
    with transaction(db):
        names = [f"{_FILE}{name}" for name in (*read, *gone)]
        db.execute("delete from core.settings where name in (select unnest(?::varchar[]))", [names])
        insert(db, "core.settings", [{"name": f"{_FILE}{name}", "value": _written(one)} for name, one in read.items()])


def _written(one: FileRead) -> str:
    return json.dumps([one.size, one.modified_ns, [[*tick, on] for tick, on in one.boxes]])


def _read(value: str) -> FileRead | None:
    try:
        size, modified_ns, boxes = json.loads(value)
        return FileRead(
            size=int(size),
            modified_ns=int(modified_ns),
            boxes=tuple(((str(item_id), str(mark)), bool(on)) for item_id, mark, on in boxes),
        )
    except (ValueError, TypeError):
        return None
