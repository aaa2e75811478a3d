"""The learners of an archive: who has rows in it, and whose they become when sources.toml changes from one to several.

A learner who is added or leaves touches no other's rows. Only the one of a file without [[learner]] changes names:
their rows become those of the first person who may be them, and go back when the file names one learner again.
"""

from collections.abc import Mapping

from digest.config import ALONE
from digest.errors import StoreError
from digest.store import schema
from digest.store.archive import Connection, transaction
from digest.store.conversion import insert

#: Tables whose rows follow a learner; `learners` itself lists them.
_TABLES = sorted(schema.OF_LEARNERS - {"learners"})


def settle(db: Connection, declared: Mapping[str, str]) -> None:
    """Make the archive's learners those of sources.toml, *declared* as id -> name, in the file's order.

    Done once, in one transaction; afterwards it is one look at a short table.
    """
    known = dict(db.execute("select learner, name from core.learners").fetchall())
    if all(known.get(one) == name for one, name in declared.items()):
        return
    known |= {ALONE: known.get(ALONE, "")} if _has_rows(db, ALONE) else {}
    with transaction(db):
        if ALONE in declared:
            _hand_over(db, _returning(known, declared[ALONE]), ALONE)
        elif ALONE in known:
            _hand_over(db, ALONE, _heir(db, known, declared))
        there = dict(db.execute("select learner, name from core.learners").fetchall())
        for one, name in declared.items():
            if one in there and there[one] != name:
                db.execute("update core.learners set name = ? where learner = ?", [name, one])
        new = [{"learner": one, "name": name, "formerly": None} for one, name in declared.items() if one not in there]
        insert(db, "core.learners", new)


def present_id(db: Connection, learner: str) -> str:
    """The id of a learner now, for what was written down beside the archive under an earlier one."""
    rows = db.execute(
        "select learner from core.learners where formerly = $1 and $1 not in (select learner from core.learners)",
        [learner],
    ).fetchall()
    return rows[0][0] if rows else learner


def former_id(db: Connection, learner: str) -> str:
    """The id that a learner's rows had before, "" where they always had this one."""
    row = db.execute("select formerly from core.learners where learner = ?", [learner]).fetchone()
    return row[0] or "" if row else ""


def forget(db: Connection, learner: str) -> int:
    """Remove every row of a learner who left; returns how many. StoreError where there are none."""
    if not db.execute("select 1 from core.learners where learner = ?", [learner]).fetchone():
        known = ", ".join(row[0] for row in db.execute("select learner from core.learners order by 1").fetchall())
        raise StoreError(f"the archive has no rows of a learner {learner!r}; it knows {known or 'none'}")
    with transaction(db):
        counts = [
            db.execute(f"delete from core.{table} where learner = ?", [learner]).fetchall()[0][0]
            for table in (*_TABLES, "learners")
        ]
    return sum(counts[:-1])


def _has_rows(db: Connection, learner: str) -> bool:
    sql = " union all ".join(f"(select 1 from core.{table} where learner = $1 limit 1)" for table in _TABLES)
    return bool(db.execute(sql, [learner]).fetchone())


def _heir(db: Connection, known: Mapping[str, str], declared: Mapping[str, str]) -> str:
    """Who was alone before: who the newest issue names, else the first of the file; "" where they have rows already."""
    row = db.execute(
        "select document::json ->> 'learner' from core.issues where learner = ? order by ends_at desc, rowid desc limit 1",
        [ALONE],
    ).fetchone()
    name = row[0] if row and row[0] else known[ALONE]
    heir = next(
        (one for one, other in declared.items() if name and other.lower() == name.lower()), next(iter(declared))
    )
    return heir if heir not in known else ""


def _returning(known: Mapping[str, str], name: str) -> str:
    """Who is alone now: who bears the name, else the only one who has rows; "" where that is not clear."""
    named = [one for one, other in known.items() if name and other.lower() == name.lower()]
    return named[0] if named and ALONE not in known else next(iter(known)) if len(known) == 1 else ""


def _hand_over(db: Connection, before: str, after: str) -> None:
    """Let the rows of one id be those of another, which has none."""
    if not before or not after or before == after:
        return
    for table in _TABLES:
        db.execute(f"update core.{table} set learner = ? where learner = ?", [after, before])
    db.execute("delete from core.learners where learner in (?, ?)", [before, after])
    db.execute("insert into core.learners values (?, '', ?)", [after, before])
