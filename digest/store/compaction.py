"""Compaction: write the archive again without wasted space, and without what it was asked to forget."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.store import inverted_index, learners, schema
from digest.store.archive import Connection, open_archive, remove_draft, transaction
from digest.store.conversion import to_db
from digest.store.export import tables
from digest.store.maintenance import ORPHANS, vector_tables
from digest.store.search_macros import quoted

#: Works that are never forgotten.
_KEPT = (
    "select work_id from core.verdicts where kept union all "
    "select work_id from core.items semi join core.marks using (item_id) union all "
    "select work_id from core.items semi join core.events using (item_id) union all "
    "select work_id from core.items semi join core.readings using (item_id) union all "
    "select work_id from core.items semi join core.note_files using (item_id)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What the learner asked the archive to forget; nothing by default."""

    #: items first seen before this that no issue kept and nobody marked, read or noted on, with their vectors and words
    items_before: datetime | None = None
    #: records of visits before this
    fetches_before: datetime | None = None
    #: all rows of a learner who left, by id
    learner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    items_forgotten: int
    fetches_forgotten: int
    bytes_before: int
    bytes_after: int


def compact(
    path: Path, forgetting: Forgetting, *, wait: float, step: Callable[[str], None] = lambda name: None
) -> Compacted:
    """Forget what is to be forgotten, then rewrite the archive without the space that deleted rows leave.

    The old file is held until the new one has taken its place, so that nobody can write to
    it in between; a kill leaves the old one as it is, and so does a new one that is no smaller.
    *step* gets the name of each table before it is copied.
    """
    before = path.stat().st_size
    draft = path.with_name(f".{path.name}.draft")
    remove_draft(draft)
    try:
        with open_archive(path, learner=None, wait=wait) as db:
            with transaction(db):
                items, fetches = _forget(db, forgetting)
            db.execute("checkpoint")  # a log left beside the old file would be taken for the new one's
            with open_archive(draft):
                pass  # makes the tables
            _copy(db, draft, step)
            step("words")
            with open_archive(draft) as fresh:
                schema.refresh_vector_views(fresh)
                with transaction(fresh):
                    inverted_index.index_all(fresh)
                fresh.execute("checkpoint")
            if draft.stat().st_size < path.stat().st_size:
                draft.chmod(path.stat().st_mode)
                draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be rewritten: {error.strerror or error}") from error
    finally:
        remove_draft(draft)
    return Compacted(
        items_forgotten=items, fetches_forgotten=fetches, bytes_before=before, bytes_after=path.stat().st_size
    )


def _forget(db: Connection, forgetting: Forgetting) -> tuple[int, int]:
    items = fetches = 0
    if forgetting.learner:
        learners.forget(db, forgetting.learner)
    if forgetting.items_before is not None:
        _deleted(db, "core.events", "ends_at < ?", forgetting.items_before)
        condition = f"first_seen_at < ? and work_id not in ({_KEPT})"
        items = _deleted(db, "core.items", condition, forgetting.items_before)
        db.execute("delete from core.scores where item_id not in (select item_id from core.items)")
        db.execute("delete from core.work_keys where work_id not in (select work_id from core.items)")
        for table in vector_tables(db):
            db.execute(f"delete from core.{table} where {ORPHANS}")
    if forgetting.fetches_before is not None:
        fetches = _deleted(db, "core.fetches", "started_at < ?", forgetting.fetches_before)
    return items, fetches


def _copy(db: Connection, draft: Path, step: Callable[[str], None]) -> None:
    """Fill the tables of a new archive from this one; its words are indexed again afterwards."""
    db.execute(f"attach {quoted(str(draft))} as fresh")
    try:
        made = {
            row[0]
            for row in db.execute("select table_name from duckdb_tables() where database_name = 'fresh'").fetchall()
        }
        for table in tables(db):
            if table in inverted_index.TABLES:
                continue
            step(table)
            if table == "items":  # renumbered on the way: an update afterwards would leave gaps in the file again
                numbered = "select * replace (row_number() over (order by number, rowid) - 1 as number) from core.items"
                db.execute(f"insert into fresh.core.items by name {numbered} order by number")
            elif table in made:
                db.execute(f"insert into fresh.core.{table} by name select * from core.{table}")
            else:  # vectors, a table for each number of dimensions
                db.execute(f"create table fresh.core.{table} as select * from core.{table} order by model, text_hash")
    finally:
        db.execute("detach fresh")


def _deleted(db: Connection, table: str, condition: str, before: datetime) -> int:
    return int(db.execute(f"delete from {table} where {condition}", [to_db(before)]).fetchall()[0][0])
