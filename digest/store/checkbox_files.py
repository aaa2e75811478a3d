"""Checkboxes in the written Markdown: which were ticked when it was last read, and in which file."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from digest.store.archive import Connection, transaction
from digest.store.conversion import insert_own

Tick = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file as it was when it was last read, so that an unchanged one need not be read."""

    size: int
    modified_ns: int
    #: every box in it, and whether it was ticked
    boxes: tuple[tuple[Tick, bool], ...]


def remembered(db: Connection) -> frozenset[Tick]:
    rows = db.execute("select item_id, mark from core.ticks where learner = getvariable('learner')").fetchall()
    return frozenset((item_id, mark) for item_id, mark in rows)


def remember(db: Connection, standing: Set[Tick]) -> None:
    with transaction(db):
        db.execute("delete from core.ticks where learner = getvariable('learner')")
        insert_own(db, "core.ticks", [{"item_id": item_id, "mark": mark} for item_id, mark in sorted(standing)])


def replace(db: Connection, item_ids: Collection[str], ticked: Set[Tick]) -> None:
    """Remember that of these items' boxes just those are ticked: their file was written again."""
    remember(db, {tick for tick in remembered(db) if tick[0] not in item_ids} | ticked)


def files_read(db: Connection) -> dict[str, FileRead]:
    """What is remembered of each file, by its name."""
    rows = db.execute(
        "select file, size, modified_ns, boxes from core.checkbox_files where learner = getvariable('learner')"
    ).fetchall()
    return {
        file: FileRead(
            size=size,
            modified_ns=modified_ns,
            boxes=tuple(((box["item_id"], box["mark"]), box["ticked"]) for box in boxes),
        )
        for file, size, modified_ns, boxes in rows
    }


def remember_files(db: Connection, read: Mapping[str, FileRead], *, gone: Collection[str] = ()) -> None:
    """Replace what is remembered of these files, and forget those that are gone."""
    with transaction(db):
        db.execute(
            "delete from core.checkbox_files where learner = getvariable('learner') and file in (select unnest(?::varchar[]))",
            [[*read, *gone]],
        )
        insert_own(db, "core.checkbox_files", [_row(file, one) for file, one in read.items()])


def _row(file: str, one: FileRead) -> dict[str, object]:
    boxes = [{"item_id": item_id, "mark": mark, "ticked": ticked} for (item_id, mark), ticked in one.boxes]
    return {"file": file, "size": one.size, "modified_ns": one.modified_ns, "boxes": boxes}
