"""Learners as a dataset has them.

learners.parquet           a row a learner: what they declared, the marks that hold, their last issues
learners/TABLE.parquet     the other rows that belong to learners, each learner's together
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.store import parquet, schema
from digest.store.archive import Connection

#: Tables whose rows go with a learner. Scores are made again by `digest rank`.
TABLES = tuple(sorted((schema.OF_LEARNERS - {"scores"}) | schema.OF_GROUPS))
#: So many of a learner's last issues are told with them; the next one depends on two.
_ISSUES = 8

_LEARNERS = f"""
select d.learner, d.name, d.settings,
       coalesce(m.marks, []) as marks, coalesce(i.issues, []) as issues
from (select unnest($learners::varchar[]) as learner, unnest($names::varchar[]) as name,
             unnest($settings::varchar[]) as settings) d
left join (
    select learner, list({{'item_id': item_id, 'mark': mark, 'marked_at': marked_at, 'origin': origin}}
                         order by marked_at, item_id, mark) as marks
    from main.marks group by learner
) m using (learner)
left join (
    select learner, list({{'period': period, 'starts_at': starts_at, 'ends_at': ends_at}}
                         order by ends_at desc, period desc)[:{_ISSUES}] as issues
    from core.issues group by learner
) i using (learner)
order by learner
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredLearner:
    """A learner of sources.toml, with their own tables as JSON."""

    learner: str
    name: str
    settings: str


def write_learners(db: Connection, learners: Sequence[DeclaredLearner], file: Path) -> int:
    """Write a row a learner, sorted by id; returns how many they are."""
    values = {
        "learners": [one.learner for one in learners],
        "names": [one.name for one in learners],
        "settings": [one.settings for one in learners],
    }
    return parquet.write(db, _LEARNERS, file, values)


def fingerprint(db: Connection, table: str) -> str:
    """What a table's rows are known by, whatever their order."""
    names = (f'"{name}"' for name in parquet.columns(db, f"core.{table}"))
    sql = f"select count(*) || '-' || coalesce(sum({parquet.fingerprint(names)}), 0) from core.{table}"
    return str(db.execute(sql).fetchall()[0][0])


def write_table(db: Connection, table: str, file: Path) -> int:
    """Write all learners' rows of a table, each learner's together and in their order."""
    order = "learner, rowid" if table in schema.OF_LEARNERS else "rowid"
    return parquet.write(db, f"from core.{table} order by {order}", file)
