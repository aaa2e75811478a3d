"""Between records and rows: UTC moments in plain TIMESTAMP columns, many rows in one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from digest.store.archive import Connection


def to_db(moment: datetime | None) -> datetime | None:
    """An aware moment as the naive UTC that the archive holds."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def from_db(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def moment(value: datetime) -> datetime:
    """A moment that the schema says is always there."""
    return value.replace(tzinfo=UTC)


def struct_rows(db: Connection, table: str, rows: Sequence[dict[str, Any]]) -> str:
    """Make *rows* a temporary table called `incoming` with *table*'s types; returns its name.

    One bound list of structs is some fifty times faster than executemany.
    """
    columns = db.execute(f"select column_name, data_type from (describe {table})").fetchall()
    wanted = [(name, kind) for name, kind in columns if not rows or name in rows[0]]
    fields = ", ".join(f'"{name}" {kind}' for name, kind in wanted)
    db.execute(
        f"create or replace temp table incoming as select unnest(?::struct({fields})[], max_depth := 2)", [list(rows)]
    )
    return "incoming"


def insert(db: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.execute(f"insert into {table} by name select * from {struct_rows(db, table, rows)}")
        db.execute("drop table incoming")
