"""The steps of a run, top to bottom.

    sources.toml | plan visits | fetch | spool       every answer is safe on disk first
    spool | parse | assign works | store             every entry is stored once
    mail and checkboxes | marks | store              every mark is stored once
    new projects | ask arXiv | store                 once a project
    texts | embed | store                            a vector for every text
    vectors | score | store                          every item under the current focus
    works | pick | compose | store                   one issue a period, with a verdict on every work
    issue | render | deliver                         where the learner reads
    members' scores | choose | store | deliver       the reading group's one paper a period

Each line is one call into `workflows`, and `digest serve` makes the same calls. A step opens the archive late
and closes it early: it is closed while the network is asked or a model works. Where several learners share the
archive, sources are asked and texts embedded once; marks, scores, issues and deliveries are each learner's own.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
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
    embedding,
    feedback,
    fetching,
    ingesting,
    issuing,
    mail_feedback,
    maintenance,
    projects,
    ranking_together,
    reading_group,
    schedule,
)
from digest.workflows.delivering import Delivered
from digest.workflows.ingesting import RoundResult
from digest.workflows.issuing import LearnerResult
from digest.workflows.mail_feedback import MailMarks
from digest.workflows.reading_group import GroupResult

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What one run did, together and for each learner; what it says of one learner is said of the first."""

    round: RoundResult
    #: nothing where the run ended before anybody's turn came
    learners: tuple[LearnerResult, ...] = ()
    #: of the reading group; None where there is none
    group: GroupResult | None = None
    #: one line on what a wrong clock left in the archive, or ""
    clock: str = ""

    @property
    def issue(self) -> Issue | None:
        return self.learners[0].issue if self.learners else None

    @property
    def delivered(self) -> tuple[Delivered, ...]:
        return self.learners[0].delivered if self.learners else ()

    @property
    def mail(self) -> MailMarks:
        return self.learners[0].mail if self.learners else MailMarks()

    @property
    def next_issue(self) -> datetime | None:
        return self.learners[0].next_issue if self.learners else None


def run(
    config: Config,
    now: datetime,
    *,
    learners: Sequence[Config] | None = None,
    end_period: bool = False,
    wait: float = 10.0,
    progress: Progress = lambda *_: None,
    rehearsal: bool = False,
) -> RunResult:
    """Do everything once: fetch what is due, rank, and build and deliver each learner's issue if it is due.

    *end_period* ends the current period now, due or not. Only these *learners* are served if some are named.
    While another process holds the archive, sources are fetched and nothing else is done. A *rehearsal* asks arXiv
    nothing for projects, and a reading group has no turn in it.
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
    served = tuple(learners or config.learners)
    mail = mail_feedback.collect_all(served, now, wait=wait)
    for one in served:
        feedback.read_checkboxes(one, now, wait=wait)
    if not rehearsal:
        told_of_projects = [told for one in served if (told := projects.look_up(one, now, wait=wait))]
        ingested = replace(ingested, problems=(*ingested.problems, *told_of_projects))
    model = load_model(config.embedding.model, folder=config.folder)
    embedding.embed(config, model, now, wait=wait, progress=_named(progress, "embedding"))
    ranked = ranking_together.rank_all(served, model, now, wait=wait, progress=_named(progress, "embedding"))
    reading = schedule.shared_reading(config, now, wait=wait)

    def serve(one: Config) -> LearnerResult:
        return issuing.issue_and_deliver(
            one,
            ranked[one.learner_id],
            now,
            mail=mail[one.learner_id],
            end_period=end_period,
            wait=wait,
            reading=reading,
        )

    done = issuing.for_each(served, serve)
    group = None
    if not rehearsal and learners is None:
        group = reading_group.issue_and_deliver(config, model, now, first=end_period, wait=wait)
    return RunResult(round=ingested, learners=done, group=group, clock=clock)


def _set_clock_right(config: Config, now: datetime, *, wait: float) -> str:
    """Take back what lies in the future of *now*, before sources are asked; one line on it, or ""."""
    try:
        told = maintenance.set_clock_right(config, now, wait=wait)
    except ArchiveBusy:
        return ""  # the fetch says who holds it
    return f"taken back to now: {told}" if told else ""


def dry_run(
    config: Config,
    now: datetime,
    *,
    learners: Sequence[Config] | None = None,
    wait: float = 10.0,
    progress: Progress = lambda *_: None,
) -> RunResult:
    """What `run` would do now with *end_period*, in a temporary copy of the archive."""
    with tempfile.TemporaryDirectory(prefix="digest-dry-run-") as folder:
        scratch = config.scratch_copy(Path(folder))
        if config.archive.exists():
            snapshot.copy(config.archive, Path(folder), wait=wait)
        waiting = spool.folder_for(config.archive)
        if waiting.is_dir():
            shutil.copytree(waiting, spool.folder_for(scratch.archive))
        chosen = [scratch.for_learner(one.learner_id) for one in learners or config.learners]
        return run(scratch, now, learners=chosen, end_period=True, wait=wait, progress=progress, rehearsal=True)


def _named(progress: Progress, step: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(step, done, total)
