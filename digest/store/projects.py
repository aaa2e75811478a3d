"""Projects as they were first seen, their literature reviews, what issues showed of them, and milestones."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter, ValidationError

from digest.errors import StoreError
from digest.records import Milestone, ProjectReview
from digest.store.archive import Connection
from digest.store.conversion import insert_own, records, to_db

_OWN = "learner = getvariable('learner')"
_REVIEW = TypeAdapter(ProjectReview)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A project of the connection's learner."""

    project: str
    name: str
    question: str
    until: date | None
    began_at: datetime
    #: when arXiv answered
    asked_at: datetime | None = None
    #: a ProjectReview as JSON
    review: str | None = None
    review_period: str | None = None
    wrap_up_period: str | None = None
    path: str = ""
    #: a hash of what was last written to its file
    written: str | None = None


def find(db: Connection, project: str) -> ProjectRow | None:
    found = [one for one in every(db) if one.project == project]
    return found[0] if found else None


def every(db: Connection) -> list[ProjectRow]:
    """The learner's projects, oldest first."""
    columns = ", ".join(ProjectRow.__slots__)
    return records(db, ProjectRow, f"select {columns} from core.projects where {_OWN} order by began_at, rowid")


def begin(db: Connection, row: ProjectRow) -> None:
    own = {name: getattr(row, name) for name in ProjectRow.__slots__}
    insert_own(db, "core.projects", [own | {"began_at": to_db(row.began_at), "asked_at": to_db(row.asked_at)}])


def extend(db: Connection, project: str, until: date | None, *, goes_on: bool) -> None:
    """Another last day; a project that *goes_on* after its wrap-up will have another one."""
    again = ", wrap_up_period = null" if goes_on else ""
    db.execute(f"update core.projects set until = ?{again} where {_OWN} and project = ?", [until, project])


def remember_asked(db: Connection, project: str, now: datetime) -> None:
    """Remember that arXiv answered."""
    db.execute(f"update core.projects set asked_at = ? where {_OWN} and project = ?", [to_db(now), project])


def save_review(db: Connection, project: str, review: ProjectReview) -> None:
    document = _REVIEW.dump_json(review).decode()
    db.execute(f"update core.projects set review = ? where {_OWN} and project = ?", [document, project])


def review_of(row: ProjectRow) -> ProjectReview | None:
    """The stored review; StoreError where it cannot be read."""
    try:
        return _REVIEW.validate_json(row.review) if row.review else None
    except ValidationError as error:
        raise StoreError(
            f"the literature review of {row.name!r} is damaged; `digest project --review` makes it again"
        ) from error


def remember_shown(db: Connection, project: str, period: str, *, review: bool, wrap_up: bool) -> None:
    """Remember which issue shows the review, and which the wrap-up."""
    for column, shown in (("review_period", review), ("wrap_up_period", wrap_up)):
        if shown:
            db.execute(f"update core.projects set {column} = ? where {_OWN} and project = ?", [period, project])


def remember_written(db: Connection, project: str, path: str, written: str) -> None:
    db.execute(f"update core.projects set path = ?, written = ? where {_OWN} and project = ?", [path, written, project])


def add_milestone(db: Connection, project: str, milestone: Milestone) -> None:
    row = {"project": project, "milestone": milestone.milestone, "reached_at": to_db(milestone.reached_at)}
    insert_own(db, "core.milestones", [row])


def milestones(db: Connection, project: str) -> tuple[Milestone, ...]:
    """In the order in which they were reached."""
    sql = f"select milestone, reached_at from core.milestones where {_OWN} and project = ? order by reached_at, rowid"
    return tuple(records(db, Milestone, sql, [project]))


def kept_since(db: Connection, moment: datetime) -> list[str]:
    """The items that the learner's issues kept since then."""
    rows = db.execute(
        f"select distinct item_id from core.verdicts where {_OWN} and kept and decided_at >= ?", [to_db(moment)]
    ).fetchall()
    return [row[0] for row in rows]


def periods_since(db: Connection, moment: datetime) -> list[str]:
    """The learner's issues that were built since then, oldest first."""
    rows = db.execute(
        f"select period from core.issues where {_OWN} and built_at >= ? order by ends_at, rowid", [to_db(moment)]
    ).fetchall()
    return [row[0] for row in rows]
