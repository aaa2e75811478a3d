"""What building an issue writes, as rows that travel: read from a worker's archive, and taken into the learners' own.

A file has a row a learner, with a column of rows for each table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from digest.errors import StoreError
from digest.store import parquet
from digest.store.archive import Connection, first_line, transaction
from digest.store.conversion import EARLIEST, to_db
from digest.store.search_macros import quoted

if TYPE_CHECKING:
    import pyarrow as pa

#: By table, the rows of one issue, and their order.
_TABLES = {
    "issues": ("period = $period", "ends_at"),
    "verdicts": ("period = $period", "rank, work_id"),
    "deliveries": ("period = $period", "channel, recipient"),
    "plans": ("starts_at = $now", "starts_at"),
    "plan_entries": ("starts_at = $now", "place"),
    "drifts_told": ("told_at = $now", "kind"),
}
_MERGED = "list_transform(list_zip($gone::varchar[], $stays::varchar[]), lambda two: {'gone': two[1], 'stays': two[2]})"


def rows_of_issue(db: Connection, period: str, now: datetime, merged: Mapping[str, str]) -> "pa.Table":
    """The rows that the connection's learner got with an issue, as one row of a file; *merged* are works, gone -> stays."""
    columns = ", ".join(
        f"(select coalesce(list(one order by {order}), []) from "
        f"(select * exclude (learner) from core.{table} where learner = getvariable('learner') and {own}) one) as {table}"
        for table, (own, order) in _TABLES.items()
    )
    values = {"period": period, "now": to_db(now), "gone": list(merged), "stays": list(merged.values())}
    sql = f"select getvariable('learner')::varchar as learner, $period as period, {_MERGED} as merged, {columns}"
    return db.sql(sql, params=values).to_arrow_table()


def no_rows(db: Connection) -> "pa.Table":
    """A file's columns, without a row."""
    return rows_of_issue(db, "", EARLIEST, {}).slice(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIssue:
    """An issue that was stored."""

    learner: str
    period: str
    #: whether it shows a project
    project: bool


def take_in(db: Connection, file: Path, name: str) -> list[TakenIssue]:
    """Store the issues of a file unless they are stored already; returns those that are new.

    All or nothing. StoreError, which calls the file by *name*, where it holds something else.
    """
    source = f"read_parquet({quoted(str(file))})"
    try:
        with transaction(db):
            _check(db, source, name)
            db.execute(
                f"create or replace temp table incoming as from {source} "
                "anti join (select learner, period from core.issues) using (learner, period)"
            )
            for table in _TABLES:
                db.execute(
                    f"insert into core.{table} by name "
                    f"select learner, unnest({table}, max_depth := 2) from incoming where len({table}) > 0"
                )
            new = _issues(db, "incoming")
            db.execute("drop table incoming")
    except duckdb.Error as error:
        raise StoreError(f"{name}: holds no issues that can be read: {first_line(error)}") from error
    return new


def issues_in(db: Connection, file: Path) -> list[TakenIssue]:
    """All issues of a file, stored or not."""
    return _issues(db, f"read_parquet({quoted(str(file))})")


def _issues(db: Connection, source: str) -> list[TakenIssue]:
    found = db.execute(
        f"select learner, period, json_extract(issues[1].document, '$.project.name') is not null from {source} order by all"
    ).fetchall()
    return [TakenIssue(learner=learner, period=period, project=project) for learner, period, project in found]


def merged_works(db: Connection, file: Path) -> dict[str, str]:
    """The works that the issues of a file found to be one, gone -> stays."""
    source = f"read_parquet({quoted(str(file))})"
    return dict(db.execute(f"select distinct unnest(merged, recursive := true) from {source} order by all").fetchall())


def _check(db: Connection, source: str, name: str) -> None:
    """Refuse other types: DuckDB would turn what it can into what it should be."""
    given = parquet.columns(db, f"(from {source})")
    for table in _TABLES:
        inner = ", ".join(
            f'"{column}" {kind}' for column, kind in parquet.columns(db, f"core.{table}").items() if column != "learner"
        )
        [(wanted,)] = db.execute(f"select typeof(null::struct({inner})[])").fetchall()
        if given.get(table) != wanted:
            raise StoreError(f"{name}: its column {table} is {given.get(table, 'missing')}, not {wanted}")
