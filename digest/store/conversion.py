"""Between Python and DuckDB: UTC moments in plain TIMESTAMP columns, many rows in one statement, single values.

What belongs to a learner has a column `learner`; whose it is the connection says, by `getvariable('learner')`.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from digest.records import DeliveryState, Section
from digest.store.archive import Connection, transaction

R = TypeVar("R")

#: No clock that is right says an earlier time: this program was not there yet.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)


def to_db(moment: datetime | None) -> datetime | None:
    """An aware moment as the naive UTC that the archive holds."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def from_db(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def moment(value: datetime) -> datetime:
    """A moment that the schema says is always there."""
    return value.replace(tzinfo=UTC)


def records(db: Connection, kind: Callable[..., R], sql: str, values: object = None) -> list[R]:
    """The rows of a query as records of a kind whose fields its columns are named for; moments become aware."""
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description or ()]
    makers = [_MAKERS.get(name, _as_it_is) for name in names]
    return [
        kind(**{name: make(value) for name, make, value in zip(names, makers, row, strict=True)})
        for row in cursor.fetchall()
    ]


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - a column may hold anything
    return from_db(value) if isinstance(value, datetime) else value


#: Columns whose texts are one of a few.
_MAKERS: dict[str, Callable[[Any], Any]] = {
    "section": lambda value: Section(value) if value else None,
    "state": DeliveryState,
}


def incoming(db: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Make *rows* a temporary table `incoming` with *table*'s types; every row has the same keys.

    One bound list a column: 20 times faster than a list of structs, hundreds of times than executemany.
    """
    kinds = dict(db.execute(f"select column_name, column_type from (describe {table})").fetchall())
    columns = ", ".join(f'unnest(?::{kinds[name]}[]) as "{name}"' for name in rows[0])
    values = [[row[name] for row in rows] for name in rows[0]]
    db.execute(f"create or replace temp table incoming as select {columns}", values)


def insert(db: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    _insert(db, table, rows, "*")


def insert_own(db: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that belong to the connection's learner."""
    _insert(db, table, rows, "*, getvariable('learner') as learner")


def _insert(db: Connection, table: str, rows: Sequence[dict[str, Any]], columns: str) -> None:
    if rows:
        incoming(db, table, rows)
        db.execute(f"insert into {table} by name select {columns} from incoming")
        db.execute("drop table incoming")


def learner_of(db: Connection) -> str:
    """Whose rows a connection reads and writes; "" where it belongs to nobody."""
    row = db.execute("select getvariable('learner')").fetchone()
    return str(row[0]) if row and row[0] is not None else ""


def only_value(db: Connection, table: str) -> Any:  # noqa: ANN401 - of the type that the table has
    """The value in a table of one column and at most one row; None where there is none."""
    row = db.execute(f"from {table}").fetchone()
    return row[0] if row else None


def replace_only_value(db: Connection, table: str, value: object) -> None:
    """Set that value, None to remove it; one that is unchanged is not written again."""
    if value == only_value(db, table):
        return
    with transaction(db):
        db.execute(f"delete from {table}")
        if value is not None:
            db.execute(f"insert into {table} values (?)", [value])


def own_value(db: Connection, table: str, column: str) -> Any:  # noqa: ANN401 - of the type that the table has
    """The learner's value in a table of at most one row for each; None where there is none."""
    row = db.execute(f"select {column} from {table} where learner = getvariable('learner')").fetchone()
    return row[0] if row else None


def replace_own_value(db: Connection, table: str, column: str, value: object) -> None:
    """Set that value, None to remove it; one that is unchanged is not written again."""
    if value == own_value(db, table, column):
        return
    with transaction(db):
        db.execute(f"delete from {table} where learner = getvariable('learner')")
        if value is not None:
            insert_own(db, table, [{column: value}])
