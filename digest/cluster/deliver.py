"""The driver's part of issues: taken into the archive, and delivered from there as one machine delivers.

This is not distributed: one process writes the archive, and one sends. A receipt is stored before a mail is handed
over and after, so that each is sent at most once: of one that was cut short nobody knows, and it is told, not repeated.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.cluster.dataset import Dataset
from digest.cluster.issue import IssueTask
from digest.config import Config
from digest.deliver import files
from digest.errors import DigestError
from digest.records import DeliveryState
from digest.store import deliveries, verdicts
from digest.store import works as work_rows
from digest.store.archive import Connection, acting_for, transaction
from digest.store.issue_rows import TakenIssue, issues_in, merged_works, take_in
from digest.workflows import calendars, delivering, projects
from digest.workflows.opening import opened

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What became of the deliveries."""

    #: mails, posts and files
    sent: int = 0
    #: one line each: what failed, and is tried again by the next run
    failures: tuple[str, ...] = ()
    #: one line each: what may have arrived, and is not sent again
    doubtful: tuple[str, ...] = ()


def take_in_issues(config: Config, dataset: Dataset, tasks: Sequence[IssueTask], *, wait: float) -> list[TakenIssue]:
    """Store the issues of these tasks, as far as they are done and not stored yet; returns those that are new."""
    there = set(dataset.files("receipts", ".parquet"))
    taken: list[TakenIssue] = []
    for task in tasks:
        if task.output not in there:
            continue
        with tempfile.TemporaryDirectory(prefix="digest-issue-") as folder:
            file = Path(folder) / "receipts.parquet"
            file.write_bytes(dataset.read(task.output))
            with opened(config, wait=wait) as db:
                taken += _store(db, file, f"{dataset.address}: {task.output}")
                held = issues_in(db, file)
        for one in held:  # those of a run that was killed after it had stored them, too
            _write_beside(config, dataset, task, one, wait=wait)
    return taken


def _store(db: Connection, file: Path, name: str) -> list[TakenIssue]:
    with transaction(db):
        work_rows.merge(db, merged_works(db, file))
        new = take_in(db, file, name)
        for one in new:
            if one.project:
                with acting_for(db, one.learner):
                    issue = verdicts.issue(db, one.period)
                    assert issue is not None, "it was stored a moment ago"
                    projects.remember_shown(db, issue)
    return new


def _write_beside(config: Config, dataset: Dataset, task: IssueTask, one: TakenIssue, *, wait: float) -> None:
    """Write what lies beside an issue: the calendar, and the file of a project that came to its end."""
    if one.learner not in config.learner_names:
        return
    calendar = f"{task.folder}/{one.learner}/{calendars.FILE}"
    if one.project or dataset.exists(calendar):
        learner = config.for_learner(one.learner)
        if dataset.exists(calendar):
            files.write(learner.digest_folder / calendars.FILE, dataset.read(calendar))
        if one.project:
            with opened(learner, wait=wait, read_only=True) as db:
                issue = verdicts.issue(db, one.period)
            projects.write_wrap_up(learner, issue, wait=wait)


def deliver_issues(
    config: Config, now: datetime, *, wait: float, progress: Progress = lambda stage, done, total: None
) -> DeliveryReport:
    """Make every delivery of newest issues that waits, each at most once; the failure of one stops no other."""
    with opened(config, wait=wait) as db:
        deliveries.store_logged(config.archive, db)
        waiting = [learner for learner in deliveries.waiting(db) if learner in config.learner_names]
    sent, failures = 0, list[str]()
    progress("deliver", 0, len(waiting))
    for number, learner in enumerate(waiting, 1):
        try:
            made = delivering.deliver_pending(config.for_learner(learner), now, wait=wait, repeat=False)
        except DigestError as error:
            failures.append(f"{learner}: {error}")
            made = []
        sent += sum(one.receipt.state == DeliveryState.SENT for one in made)
        failed = (one.receipt for one in made if one.receipt.state == DeliveryState.FAILED)
        failures += [f"{learner}: {one.period} to {one.recipient}: {one.error}" for one in failed]
        progress("deliver", number, len(waiting))
    with opened(config, wait=wait) as db:
        doubtful = [
            f"{learner}: {period} to {recipient} may have arrived; `digest send` repeats it"
            for learner, period, recipient in deliveries.in_doubt(db)
        ]
    return DeliveryReport(sent=sent, failures=tuple(failures), doubtful=tuple(doubtful))
