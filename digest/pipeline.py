"""The steps of a run, top to bottom.

    sources.toml | plan visits | fetch | spool       every answer is safe on disk first
    spool | parse | assign works | store             every entry is stored once
    mail and checkboxes | marks | store              every mark is stored once
    texts | embed | store                            a vector for every text
    vectors | score | store                          every item under the current focus
    works | pick | compose | store                   one issue a period, with a verdict on every work
    issue | render | deliver                         where the learner reads

Each line is one call into `workflows`, and `digest serve` makes the same calls. A step opens the archive late
and closes it early: it is closed while the network is asked or a model works.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.config import Config
from digest.errors import ArchiveBusy
from digest.judge.embedding import load_model
from digest.records import Issue
from digest.store import snapshot, spool
from digest.workflows import (
    building,
    calendars,
    delivering,
    embedding,
    feedback,
    fetching,
    focus_report,
    ingesting,
    mail_feedback,
    maintenance,
    ranking,
    schedule,
)
from digest.workflows.delivering import Delivered
from digest.workflows.ingesting import RoundResult
from digest.workflows.mail_feedback import MailMarks

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What one run did."""

    round: RoundResult
    mail: MailMarks = MailMarks()  # noqa: RUF009 - frozen
    issue: Issue | None = None
    delivered: tuple[Delivered, ...] = ()
    #: when the next issue is due; None if one was built
    next_issue: datetime | None = None
    #: whether the model knows any word of the focus
    understood: bool = True
    #: one line on a weak focus while there is no issue yet to say it, or ""
    focus_warning: str = ""
    #: one line on what a wrong clock left in the archive, or ""
    clock: str = ""


def run(
    config: Config, now: datetime, *, end_period: bool = False, wait: float = 10.0, progress: Progress = lambda *_: None
) -> RunResult:
    """Do everything once: fetch what is due, rank, and build and deliver the issue if it is due.

    *end_period* ends the current period now, due or not. While another process holds the
    archive, sources are fetched and nothing else is done.
    """
    clock = _set_clock_right(config, now, wait=wait) if end_period else ""
    fetched = fetching.fetch(config, now, wait=wait, progress=_named(progress, "fetching"))
    ingested = ingesting.ingest_fetched(config, fetched, wait=wait)
    if ingested.waiting:
        return RunResult(round=ingested, clock=clock)
    if not end_period and (told := maintenance.in_future(config, now, wait=wait)):
        clock = f"{told}; `digest run --issue` takes it back"
    if not building.can_begin(config, wait=wait):
        told = "no issue is built before a source has answered"
        return RunResult(round=replace(ingested, problems=(*ingested.problems, told)), clock=clock)
    mail = mail_feedback.collect(config, now, wait=wait)
    feedback.read_checkboxes(config, now, wait=wait)
    model = load_model(config.embedding.model, folder=config.folder)
    embedding.embed(config, model, now, wait=wait, progress=_named(progress, "embedding"))
    ranked = ranking.rank(config, model, now, wait=wait, progress=_named(progress, "embedding"))
    focus_warning = focus_report.warning_before_first_issue(config, now, wait=wait)
    build = building.build if end_period else building.build_due
    issue = build(config, ranked, now, wait=wait)
    delivered = delivering.deliver_pending(config, now, wait=wait)
    if issue and config.digest.calendar:
        calendars.write_beside(config, now, wait=wait)
    return RunResult(
        round=ingested,
        mail=mail,
        issue=issue,
        delivered=tuple(delivered),
        next_issue=None if issue else schedule.next_due(config, now, wait=wait),
        understood=ranked.focus.understood,
        focus_warning=focus_warning,
        clock=clock,
    )


def _set_clock_right(config: Config, now: datetime, *, wait: float) -> str:
    """Take back what lies in the future of *now*, before sources are asked; one line on it, or ""."""
    try:
        told = maintenance.set_clock_right(config, now, wait=wait)
    except ArchiveBusy:
        return ""  # the fetch says who holds it
    return f"taken back to now: {told}" if told else ""


def dry_run(config: Config, now: datetime, *, wait: float = 10.0, progress: Progress = lambda *_: None) -> RunResult:
    """What `run` would do now with *end_period*, in a temporary copy of the archive."""
    with tempfile.TemporaryDirectory(prefix="digest-dry-run-") as folder:
        scratch = config.scratch_copy(Path(folder))
        if config.archive.exists():
            snapshot.copy(config.archive, Path(folder), wait=wait)
        waiting = spool.folder_for(config.archive)
        if waiting.is_dir():
            shutil.copytree(waiting, spool.folder_for(scratch.archive))
        return run(scratch, now, end_period=True, wait=wait, progress=progress)


def _named(progress: Progress, step: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(step, done, total)
