"""Verdicts, the issues they make up, and pauses between issues."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from digest.errors import StoreError
from digest.records import Issue, Verdict
from digest.store.archive import Connection
from digest.store.conversion import from_db, insert_own, moment, own_value, records, replace_own_value, to_db

_VERDICT = ("work_id", "item_id", "kept", "rank", "score", "section", "reason")
_ISSUE = TypeAdapter(Issue)


def began_at(db: Connection) -> datetime | None:
    """When the archive's first visit was made that brought an answer."""
    row = db.execute("select min(started_at) from core.fetches where outcome not in ('error', 'skipped')").fetchone()
    return from_db(row[0]) if row else None


def anything_to_judge(db: Connection) -> bool:
    """Whether a source ever answered; an issue without that would end its period for nothing."""
    sql = (
        "select exists (from core.sources where last_success is not null) or exists (from core.issues) "
        "or exists (from core.items where not backfill)"
    )
    return bool(db.execute(sql).fetchall()[0][0])


def unreached_since(db: Connection) -> dict[str, datetime]:
    """The sources that had never answered when the last issue was built, and where the first of those issues began.

    Their first answer counts as news from there on.
    """
    cursor = db.execute(  # a reading group's issues say nothing of sources
        "select starts_at, document from core.issues where not starts_with(learner, '@') order by ends_at desc, rowid desc"
    )
    found: dict[str, datetime] = {}
    while row := cursor.fetchone():
        try:
            named = set(_ISSUE.validate_json(row[1]).unreached)
        except ValidationError:
            break  # the doctor names it; sources are stored all the same
        still = named & (found.keys() or named)
        if not still:
            break
        found |= dict.fromkeys(still, moment(row[0]))
    return found


def decided(db: Connection, item_id: str) -> list[tuple[str, Verdict]]:
    """The verdicts over an item's work, with their periods, newest first."""
    row = db.execute("select work_id from core.items where item_id = ?", [item_id]).fetchone()
    return decided_of_work(db, row[0]) if row else []


def decided_of_work(db: Connection, work_id: str) -> list[tuple[str, Verdict]]:
    """The verdicts over a work, with their periods, newest first."""
    rows = db.execute(
        f"select period, {', '.join(_VERDICT)} from core.verdicts where learner = getvariable('learner') and work_id = ? order by decided_at desc",
        [work_id],
    ).fetchall()
    return [(row[0], Verdict(**dict(zip(_VERDICT, row[1:], strict=True)))) for row in rows]


def of_period(db: Connection, period: str) -> list[Verdict]:
    """The verdicts of an issue, best first."""
    sql = f"select {', '.join(_VERDICT)} from core.verdicts where learner = getvariable('learner') and period = ? order by rank"
    return records(db, Verdict, sql, [period])


def scores_of(db: Connection, periods: Sequence[str]) -> dict[str, dict[str, float]]:
    """By period and work, the score that each considered work had when the issue was built."""
    rows = db.execute(
        "select period, work_id, score from core.verdicts where learner = getvariable('learner') and period in (select unnest(?::varchar[]))",
        [list(periods)],
    ).fetchall()
    found: dict[str, dict[str, float]] = {period: {} for period in periods}
    for period, work_id, score in rows:
        found[period][work_id] = score
    return found


def count(db: Connection, period: str) -> int:
    """How many works were considered in a period."""
    row = db.execute(
        "select count(*) from core.verdicts where learner = getvariable('learner') and period = ?", [period]
    ).fetchone()
    return int(row[0]) if row else 0


def save_issue(db: Connection, issue: Issue, verdicts: Sequence[Verdict], *, path: str) -> None:
    """Store an issue with its verdicts; one of that period is replaced."""
    for table in ("core.verdicts", "core.issues"):
        db.execute(f"delete from {table} where learner = getvariable('learner') and period = ?", [issue.period])
    insert_own(db, "core.verdicts", [_verdict_row(verdict, issue) for verdict in verdicts])
    row = {
        "period": issue.period,
        "starts_at": to_db(issue.starts_at),
        "ends_at": to_db(issue.ends_at),
        "built_at": to_db(issue.built_at),
        "seen": issue.seen,
        "kept": issue.kept,
        "path": path,
        "document": _ISSUE.dump_json(issue).decode(),
    }
    insert_own(db, "core.issues", [row])


def issue(db: Connection, period: str) -> Issue | None:
    row = db.execute(
        "select document from core.issues where learner = getvariable('learner') and period = ?", [period]
    ).fetchone()
    return read_issue(period, row[0]) if row else None


def issues(db: Connection, names: Sequence[str]) -> list[Issue]:
    """These issues as far as they are stored, oldest first, read in one go."""
    rows = db.execute(
        "select period, document from core.issues where learner = getvariable('learner') and period in (select unnest(?::varchar[])) "
        "order by ends_at, rowid",
        [list(names)],
    ).fetchall()
    return [read_issue(period, document) for period, document in rows]


def periods(db: Connection) -> list[tuple[str, datetime]]:
    """Every issue's period and end, oldest first."""
    rows = db.execute(
        "select period, ends_at from core.issues where learner = getvariable('learner') order by ends_at, rowid"
    )
    return [(period, moment(ends_at)) for period, ends_at in rows.fetchall()]


def last_end(db: Connection) -> datetime | None:
    """The end of the last issue; None before the first."""
    return max((ends_at for _, ends_at in periods(db)), default=None)


def last_ends(db: Connection) -> dict[str, datetime]:
    """The end of every learner's last issue, by learner."""
    rows = db.execute("select learner, max(ends_at) from core.issues group by learner order by learner").fetchall()
    return {learner: moment(ends_at) for learner, ends_at in rows}


def newest(db: Connection) -> tuple[str, datetime] | None:
    """The last issue's period and the moment it was built."""
    row = db.execute(
        "select period, built_at from core.issues where learner = getvariable('learner') order by ends_at desc, rowid desc limit 1"
    ).fetchone()
    return (row[0], moment(row[1])) if row else None


def paused_until(db: Connection) -> datetime | None:
    """The moment before which no issue is to be built, passed or not; None outside a pause."""
    return from_db(own_value(db, "core.pause", "paused_until"))


def pause(db: Connection, until: datetime | None) -> None:
    """Build no issue before that moment; None ends the pause."""
    replace_own_value(db, "core.pause", "paused_until", to_db(until))


def read_issue(period: str, document: str) -> Issue:
    """A stored document; StoreError where it cannot be read."""
    try:
        return _ISSUE.validate_json(document)
    except ValidationError as error:
        raise StoreError(f"the document of the issue {period!r} is damaged; see `digest doctor`") from error


def _verdict_row(verdict: Verdict, issue: Issue) -> dict[str, object]:
    row = {name: getattr(verdict, name) for name in Verdict.__slots__}
    return row | {"period": issue.period, "decided_at": to_db(issue.built_at)}
