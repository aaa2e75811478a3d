"""What a learner read of some works and wrote on them, from the tables that hold it as far as there are any."""

from collections.abc import Sequence
from datetime import datetime

from digest.store.archive import Connection
from digest.store.conversion import moment


def notes_on(db: Connection, work_ids: Sequence[str]) -> list[tuple[str, str, datetime]]:
    """Title, note and its date, of the learner's notes on these works, oldest first."""
    if not _exists(db, "note_files"):
        return []
    rows = db.execute(
        "select title, note, written_at from core.note_files join core.items using (item_id) "
        "where learner = getvariable('learner') and note <> '' and written_at is not null "
        "and work_id in (select unnest(?::varchar[])) order by written_at, path",
        [list(work_ids)],
    ).fetchall()
    return [(title, note, moment(written_at)) for title, note, written_at in rows]


def read_at(db: Connection, work_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these works was last read, by its mark or a pass over it, without those that were not."""
    sql = "select work_id, marked_at as done_at from marks join core.items using (item_id) where mark = 'read'"
    if _exists(db, "readings"):
        sql += (
            " union all select work_id, read_at as done_at from core.readings join core.items using (item_id) "
            "where learner = getvariable('learner') and undone_at is null"
        )
    rows = db.execute(
        f"select work_id, max(done_at) from ({sql}) where work_id in (select unnest(?::varchar[])) group by work_id",
        [list(work_ids)],
    ).fetchall()
    return {work_id: moment(at) for work_id, at in rows}


def _exists(db: Connection, table: str) -> bool:
    found = db.execute(
        "select 1 from duckdb_tables() where schema_name = 'core' and table_name = ? "
        "and database_name = current_database()",
        [table],
    ).fetchone()
    return bool(found)
