"""The trail of a project through the archive: what issues found for it, what was read of that, notes and milestones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from digest.compose.project_progress import days_left, is_over
from digest.notes.passages import passages
from digest.records import FoundWork, ProjectNote, ProjectReview, ProjectTrail, WrapUp
from digest.store import own_readings, verdicts
from digest.store import projects as project_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.store.projects import ProjectRow


def trail(db: Connection, row: ProjectRow, now: datetime, zone: tzinfo, missing: Sequence[str]) -> ProjectTrail:
    """All that is known of a project; *missing* are the parts of its question that are open."""
    made = project_rows.review_of(row) if row.review else None
    found = _found(db, row)
    every = [*found, *_of_review(made)]
    works = work_rows.of_items(db, [one.item_id for one in every])
    read = own_readings.read_at(db, list(works.values()))
    notes = own_readings.notes_on(db, list(dict.fromkeys(works.values())))
    dated = [replace(one, read_at=read.get(works.get(one.item_id, ""))) for one in every]
    return ProjectTrail(
        name=row.name,
        question=row.question,
        began_at=row.began_at,
        until=row.until,
        days_left=days_left(row.until, now, zone),
        ended=is_over(row.until, now, zone),
        review=made,
        found=tuple(dated[: len(found)]),
        read=tuple(_in_order(one for one in dated if one.read_at is not None)),
        notes=tuple(
            ProjectNote(title=title, note=" ".join(said), written_at=at)
            for title, note, at in notes
            if (said := passages(note))
        ),
        milestones=project_rows.milestones(db, row.project),
        missing=tuple(missing),
    )


def stored_wrap_up(db: Connection, row: ProjectRow) -> WrapUp | None:
    """What became of a project as its issue told it; None before."""
    issue = verdicts.issue(db, row.wrap_up_period) if row.wrap_up_period else None
    return issue.project.wrap_up if issue is not None and issue.project is not None else None


def _found(db: Connection, row: ProjectRow) -> list[FoundWork]:
    """The picks that speak to the project's question, issue by issue."""
    found = []
    for period in project_rows.periods_since(db, row.began_at):
        issue = verdicts.issue(db, period)
        section = issue.project if issue is not None else None
        if issue is None or section is None or (section.name, section.question) != (row.name, row.question):
            continue
        found += [
            FoundWork(period=period, item_id=pick.item_id, title=pick.title, url=pick.url, source=pick.source)
            for pick in issue.picks
            if pick.on_question
        ]
    return found


def _of_review(made: ProjectReview | None) -> list[FoundWork]:
    return [
        FoundWork(period="", item_id=work.item_id, title=work.title, url=work.url, source=work.source)
        for work in (made.works if made is not None else ())
    ]


def _in_order(read: Iterable[FoundWork]) -> list[FoundWork]:
    """What was read, each thing once, in the order of reading."""
    once = {one.item_id: one for one in reversed(list(read))}
    return sorted(once.values(), key=lambda one: (str(one.read_at), one.item_id))
