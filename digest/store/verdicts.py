"""Scores, verdicts, issues, deliveries and marks: what was judged, decided, built and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from digest.records import Issue, Mark, Receipt, Verdict
from digest.store.archive import Connection, transaction
from digest.store.conversion import from_db, insert, moment, to_db

#: Until several learners share an archive there is one, under this key.
LEARNER = "default"

_VERDICT = ("work_id", "item_id", "kept", "rank", "score", "section", "reason")
_ISSUE = TypeAdapter(Issue)
Floats = NDArray[np.float32]


def replace_scores(
    db: Connection, item_ids: Sequence[str], columns: Mapping[str, Floats], parts: Mapping[str, Floats]
) -> None:
    """Make these the scores under the current focus and model; every array is as long as *item_ids*."""
    incoming = {"item_id": np.array(item_ids, dtype=object)} | dict(columns)
    incoming |= {f"part_{name}": values for name, values in parts.items()}
    keys = ", ".join(f"'{name}'" for name in parts)
    values = ", ".join(f"part_{name}" for name in parts)
    db.execute("delete from core.scores where learner = ?", [LEARNER])
    if item_ids:
        db.execute(
            f"insert into core.scores select ?, item_id, relevance, lean, score, map([{keys}], [{values}]) "
            "from incoming",
            [LEARNER],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One row of the `scores` view."""

    relevance: float
    lean: float
    score: float
    parts: Mapping[str, float]


def scores(db: Connection, item_ids: Sequence[str]) -> dict[str, Score]:
    rows = db.execute(
        "select item_id, relevance, lean, score, parts from core.scores "
        "semi join (select unnest(?::varchar[]) as item_id) using (item_id) where learner = ?",
        [list(item_ids), LEARNER],
    ).fetchall()
    return {row[0]: Score(relevance=row[1], lean=row[2], score=row[3], parts=row[4]) for row in rows}


def began_at(db: Connection) -> datetime | None:
    """When the archive's first visit was made."""
    row = db.execute("select min(started_at) from core.fetches").fetchone()
    return from_db(row[0]) if row else None


def decided(db: Connection, item_id: str) -> list[tuple[str, Verdict]]:
    """The verdicts over an item's work, with their periods, newest first."""
    rows = db.execute(
        f"select period, {', '.join(_VERDICT)} from core.verdicts "
        "where learner = ? and work_id = (select work_id from core.items where item_id = ?) order by decided_at desc",
        [LEARNER, item_id],
    ).fetchall()
    return [(row[0], Verdict(**dict(zip(_VERDICT, row[1:], strict=True)))) for row in rows]


def of_period(db: Connection, period: str) -> list[Verdict]:
    """The verdicts of an issue, best first."""
    rows = db.execute(
        f"select {', '.join(_VERDICT)} from core.verdicts where learner = ? and period = ? order by rank",
        [LEARNER, period],
    ).fetchall()
    return [Verdict(**dict(zip(_VERDICT, row, strict=True))) for row in rows]


def count(db: Connection, period: str) -> int:
    """How many works were considered in a period."""
    row = db.execute(
        "select count(*) from core.verdicts where learner = ? and period = ?", [LEARNER, period]
    ).fetchone()
    return int(row[0]) if row else 0


def save_issue(db: Connection, issue: Issue, verdicts: Sequence[Verdict], *, path: str) -> None:
    """Store an issue with its verdicts; one of that period is replaced."""
    for table in ("core.verdicts", "core.issues"):
        db.execute(f"delete from {table} where learner = ? and period = ?", [LEARNER, issue.period])
    insert(db, "core.verdicts", [_verdict_row(verdict, issue) for verdict in verdicts])
    row = {
        "learner": LEARNER,
        "period": issue.period,
        "starts_at": to_db(issue.starts_at),
        "ends_at": to_db(issue.ends_at),
        "built_at": to_db(issue.built_at),
        "seen": issue.seen,
        "kept": issue.kept,
        "path": path,
        "document": _ISSUE.dump_json(issue).decode(),
    }
    insert(db, "core.issues", [row])


def issue(db: Connection, period: str) -> Issue | None:
    row = db.execute("select document from core.issues where learner = ? and period = ?", [LEARNER, period]).fetchone()
    return _ISSUE.validate_json(row[0]) if row else None


def periods(db: Connection) -> list[tuple[str, datetime]]:
    """Every issue's period and end, oldest first."""
    rows = db.execute("select period, ends_at from core.issues where learner = ? order by ends_at, rowid", [LEARNER])
    return [(period, moment(ends_at)) for period, ends_at in rows.fetchall()]


def last_end(db: Connection) -> datetime | None:
    """The end of the last issue; None before the first."""
    return max((ends_at for _, ends_at in periods(db)), default=None)


def newest(db: Connection) -> tuple[str, datetime] | None:
    """The last issue's period and the moment it was built."""
    row = db.execute(
        "select period, built_at from core.issues where learner = ? order by ends_at desc, rowid desc limit 1",
        [LEARNER],
    ).fetchone()
    return (row[0], moment(row[1])) if row else None


def record_receipt(db: Connection, receipt: Receipt) -> None:
    """Write down how a delivery stands; one row a period, channel and recipient."""
    row = {name: getattr(receipt, name) for name in Receipt.__slots__}
    times = {name: to_db(row[name]) for name in ("attempted_at", "delivered_at")}
    with transaction(db):  # a kill in between would forget the delivery, and repeat it
        db.execute(
            "delete from core.deliveries where learner = ? and period = ? and channel = ? and recipient = ?",
            [LEARNER, receipt.period, receipt.channel, receipt.recipient],
        )
        insert(db, "core.deliveries", [row | times | {"learner": LEARNER}])


def receipts(db: Connection, period: str | None = None) -> list[Receipt]:
    rows = db.execute(
        "select period, channel, recipient, state, attempted_at, delivered_at, message_id, error "
        "from core.deliveries where learner = ? and period = coalesce(?, period) order by attempted_at",
        [LEARNER, period],
    ).fetchall()
    return [
        Receipt(
            period=row[0],
            channel=row[1],
            recipient=row[2],
            state=row[3],
            attempted_at=moment(row[4]),
            delivered_at=from_db(row[5]),
            message_id=row[6] or "",
            error=row[7] or "",
        )
        for row in rows
    ]


def add_mark(db: Connection, mark: Mark) -> None:
    """Write down what was said; nothing is ever overwritten, and like and dislike replace each other."""
    add_marks(db, [mark])


def add_marks(db: Connection, said: Sequence[Mark]) -> None:
    """Write several marks down in one statement, in their order."""
    own = [{name: getattr(mark, name) for name in Mark.__slots__} for mark in said]
    changed = [{"marked_at": to_db(mark.marked_at), "batch": mark.batch or None, "learner": LEARNER} for mark in said]
    insert(db, "core.marks", [row | more for row, more in zip(own, changed, strict=True)])


def marks(db: Connection) -> list[Mark]:
    """Everything ever said, oldest first: marks, and what takes them back ("not like" one, "none" all)."""
    rows = db.execute(
        "select item_id, mark, marked_at, origin, batch from core.marks where learner = ? order by marked_at, rowid",
        [LEARNER],
    ).fetchall()
    return [
        Mark(item_id=row[0], mark=row[1], marked_at=moment(row[2]), origin=row[3], batch=row[4] or "") for row in rows
    ]


def standing_marks(db: Connection) -> dict[str, tuple[str, ...]]:
    """The marks that hold now, by item, as the `marks` view shows them."""
    rows = db.execute(
        "select item_id, list(mark order by marked_at, mark) from marks where learner = ? group by item_id order by 1",
        [LEARNER],
    ).fetchall()
    return {item_id: tuple(held) for item_id, held in rows}


def marked_at(db: Connection) -> dict[str, tuple[tuple[str, datetime], ...]]:
    """The marks that hold now, by item, each with the moment it was given."""
    rows = db.execute(
        "select item_id, list({'mark': mark, 'at': marked_at} order by marked_at, mark) from marks where learner = ? "
        "group by item_id order by 1",
        [LEARNER],
    ).fetchall()
    return {item_id: tuple((one["mark"], moment(one["at"])) for one in held) for item_id, held in rows}


def _verdict_row(verdict: Verdict, issue: Issue) -> dict[str, object]:
    row = {name: getattr(verdict, name) for name in Verdict.__slots__}
    return row | {"learner": LEARNER, "period": issue.period, "decided_at": to_db(issue.built_at)}
