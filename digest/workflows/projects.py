"""The learner's project: begun when it is first seen, looked up on arXiv once, reviewed, shown in issues, wrapped up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digest.arrays import Floats
from digest.compose.project_progress import days_left, is_over, open_aspects, project_id, project_slug
from digest.config import Config, Project
from digest.errors import DigestError
from digest.judge.aspects import aspects, search_words
from digest.judge.embedding import Embedder, load_model
from digest.judge.focus import encode_queries
from digest.judge.reference_texts import REFERENCE_TEXTS
from digest.records import Issue, MarkKind, Milestone, ProjectReview, ProjectSection, ProjectTrail, WrapUp
from digest.sources.arxiv_search import search_request
from digest.store import archive, vectors
from digest.store import marks as mark_rows
from digest.store import projects as project_rows
from digest.store import sources as source_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.store.projects import ProjectRow
from digest.workflows import embedding, literature, project_trail
from digest.workflows.asking_arxiv import arxiv_pause, ask_arxiv
from digest.workflows.importing_likes import store
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked

#: The source of papers that arXiv named for a question. It is never due, and its items are never news.
FOUND = "arXiv search"
_ANSWERING = frozenset({MarkKind.LIKE, MarkKind.SAVE, MarkKind.READ})


def declared(config: Config) -> Project | None:
    return config.focus.project


def look_up(config: Config, now: datetime, *, wait: float, again: bool = False) -> str:
    """Begin a project that is new, and ask arXiv about its question unless it answered before; what went wrong, or "".

    *again* asks even where it answered before.
    """
    project = declared(config)
    if project is None or is_over(project.until, now, config.zone):
        return ""
    with opened(config, wait=wait) as db:
        row = begun(db, config, project, now)
        words = search_words(project.question or project.name)
        if (row.asked_at and not again) or not words:
            return ""
        if told := arxiv_pause(config, db, now):
            return _told(project, told)
    answer = ask_arxiv(config, lambda base_url: [search_request(words, base_url=base_url)], now, name=FOUND)
    with opened(config, wait=wait) as db:
        source_rows.remember_no_papers_before(db, answer.retry_at)
        known = work_rows.by_key(db, [f"arxiv:{one}" for one in answer.papers])
        fresh = [paper for key, paper in answer.papers.items() if f"arxiv:{key}" not in known]
        store(db, dict(enumerate(fresh)), now)
        if answer.final:
            project_rows.remember_asked(db, row.project, now)
    return _told(project, answer.problem) if answer.problem else ""


def _told(project: Project, problem: str) -> str:
    return f"project {project.name!r}: no papers from arXiv yet ({problem.removeprefix('arXiv: ')}); the next run asks"


def review(config: Config, ranked: Ranked, now: datetime, *, wait: float) -> None:
    """Make the literature review of a project that has none, or that arXiv has answered for since; write its file."""
    project = declared(config)
    if project is None or is_over(project.until, now, config.zone):
        return
    with opened(config, wait=wait) as db:
        row = begun(db, config, project, now)
        made = project_rows.review_of(row) if row.review else None
        if made is None or (row.asked_at is not None and not made.asked_arxiv):
            made = literature.review(db, project, ranked.model, now, asked_arxiv=row.asked_at is not None)
            project_rows.save_review(db, row.project, made)
    write_file(config, row.project, wait=wait)


def begun(db: Connection, config: Config, project: Project, now: datetime) -> ProjectRow:
    """The project's row, made when it is first seen; another last day in sources.toml is taken over."""
    key = project_id(project.name, project.question)
    row = project_rows.find(db, key)
    if row is None:
        taken = {other.path for other in project_rows.every(db)}
        path = f"projects/{project_slug(project.name, key)}.md"
        path = path if path not in taken else f"{path.removesuffix('.md')}-{key[:4]}.md"
        row = ProjectRow(
            project=key, name=project.name, question=project.question, until=project.until, began_at=now, path=path
        )
        project_rows.begin(db, row)
    elif row.until != project.until:
        goes_on = not is_over(project.until, now, config.zone)
        project_rows.extend(db, key, project.until, goes_on=goes_on)
        row = replace(row, until=project.until, wrap_up_period=None if goes_on else row.wrap_up_period)
    return row


def with_project(db: Connection, config: Config, ranked: Ranked, issue: Issue, now: datetime) -> Issue:
    """The issue with what it says of the project: its question and what is missing, or once what became of it."""
    project = declared(config)
    if project is None:
        return issue
    row = project_rows.find(db, project_id(project.name, project.question))
    over = is_over(project.until, now, config.zone)
    if row is None or (over and row.wrap_up_period):
        return replace(issue, question="") if over else issue
    section = ProjectSection(
        name=project.name,
        question=project.question,
        until=project.until,
        days_left=days_left(project.until, now, config.zone),
        path=row.path,
    )
    shown = [pick.item_id for pick in issue.picks]
    if over:
        return replace(issue, question="", project=replace(section, wrap_up=wrap_up(db, config, row, ranked, now)))
    missing = missing_aspects(db, row, ranked.model, ranked.focus.reference, also=shown)
    review = project_rows.review_of(row) if row.review and not row.review_period else None
    return replace(issue, project=replace(section, missing=missing, review=review))


def remember_shown(db: Connection, issue: Issue) -> None:
    """Remember what this issue shows of the project, so that none shows it again; with the issue, or not at all."""
    section = issue.project
    if section is not None:
        key = project_id(section.name, section.question)
        review, wrapped = section.review is not None, section.wrap_up is not None
        project_rows.remember_shown(db, key, issue.period, review=review, wrap_up=wrapped)


def wrap_up(db: Connection, config: Config, row: ProjectRow, ranked: Ranked, now: datetime) -> WrapUp:
    missing = missing_aspects(db, row, ranked.model, ranked.focus.reference)
    trail = project_trail.trail(db, row, now, config.zone, missing)
    return WrapUp(
        began_at=row.began_at,
        found=len(trail.found),
        read=trail.read,
        notes=trail.notes,
        milestones=trail.milestones,
        never_found=missing,
    )


def missing_aspects(
    db: Connection, row: ProjectRow, model: Embedder, reference: Floats, *, also: Sequence[str] = ()
) -> tuple[str, ...]:
    """The parts of the question that nothing kept, liked, saved, read or reviewed is near; *also* are more items."""
    parts = aspects(row.question)
    if not parts:
        return ()
    made = project_rows.review_of(row) if row.review else None
    marked = [item_id for item_id, held in mark_rows.standing(db).items() if not _ANSWERING.isdisjoint(held)]
    kept = project_rows.kept_since(db, row.began_at)
    wanted = {*also, *marked, *kept, *(work.item_id for work in (made.works if made else ()))}
    embedded = wanted and vectors.current_model(db) == model.name
    found: Mapping[str, Floats] = vectors.of_items(db, model.name, model.dimensions, sorted(wanted)) if embedded else {}
    return open_aspects(parts, encode_queries(model, [part.embedded for part in parts]), found, reference)


def write_file(config: Config, project: str, *, wait: float) -> None:
    """Write the project's file where it changed; one that the learner edited stays, and a new one lies beside it."""
    with opened(config, wait=wait, read_only=True) as db:
        row = project_rows.find(db, project)
        if row is None or not row.review:
            return
        wrapped = project_trail.stored_wrap_up(db, row)
        made = project_rows.review_of(row)
    written = literature.write(config, row, made, wrapped)
    if written is not None and written != (row.path, row.written):
        with opened(config, wait=wait) as db:
            project_rows.remember_written(db, project, *written)


def write_wrap_up(config: Config, issue: Issue | None, *, wait: float) -> None:
    """Write the project's file again if this issue tells what became of it."""
    section = issue.project if issue is not None else None
    if section is not None and section.wrap_up is not None:
        write_file(config, project_id(section.name, section.question), wait=wait)


def trail_of(config: Config, now: datetime, *, wait: float) -> ProjectTrail | None:
    """The trail of the declared project; None where there is none."""
    project = declared(config)
    if project is None:
        return None
    unseen = ProjectTrail(
        name=project.name,
        question=project.question,
        began_at=now,
        until=project.until,
        days_left=days_left(project.until, now, config.zone),
        ended=is_over(project.until, now, config.zone),
        missing=tuple(part.text for part in aspects(project.question)),
    )
    if not config.archive.exists():
        return unseen
    with opened(config, wait=wait, read_only=True) as db:
        row = project_rows.find(db, project_id(project.name, project.question))
        if row is None:
            return unseen
        model = load_model(config.embedding.model, folder=config.folder)
        missing = missing_aspects(db, row, model, model.encode(REFERENCE_TEXTS))
        return project_trail.trail(db, replace(row, until=project.until), now, config.zone, missing)


def add_milestone(config: Config, told: str, now: datetime, *, wait: float) -> Project:
    """Record a milestone of the declared project; DigestError where there is no project, or no words."""
    project = _declared(config)
    words = " ".join(told.split())
    if not words:
        raise DigestError("a milestone needs words, such as “evaluated BM25 baseline”")
    with opened(config, wait=wait) as db, archive.transaction(db):
        row = begun(db, config, project, now)
        project_rows.add_milestone(db, row.project, Milestone(milestone=words, reached_at=now))
    return project


def review_again(config: Config, now: datetime, *, ask: bool, wait: float) -> tuple[Project, ProjectReview, str]:
    """Make the review of the declared project again, after asking arXiv with *ask*; and what went wrong there, or ""."""
    project = _declared(config)
    problem = look_up(config, now, wait=wait, again=True) if ask else ""
    model = load_model(config.embedding.model, folder=config.folder)
    if ask:
        embedding.embed(config, model, now, wait=wait)
    with opened(config, wait=wait) as db:
        row = begun(db, config, project, now)
        asked = row.asked_at is not None
        embedded = vectors.current_model(db) == model.name
        made = literature.review(db, project, model, now, asked_arxiv=asked) if embedded else ProjectReview(made_at=now)
        project_rows.save_review(db, row.project, made)
    write_file(config, row.project, wait=wait)
    return project, made, problem


def _declared(config: Config) -> Project:
    project = declared(config)
    if project is None:
        raise DigestError("sources.toml declares no project; say [focus.project] with a name and a question")
    return project
