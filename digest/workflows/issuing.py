"""What a run does for one learner once the archive is ranked: build the issue if it is due, and deliver it.

One learner's failure is one line, and never stops the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.config import Config
from digest.errors import ArchiveBusy, DigestError
from digest.records import Issue
from digest.workflows import building, calendars, delivering, focus_report, projects, schedule
from digest.workflows.delivering import Delivered
from digest.workflows.mail_feedback import MailMarks
from digest.workflows.ranking import Ranked
from digest.workflows.shared_reading import SharedReading


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerResult:
    """What one run did for one learner."""

    config: Config
    mail: MailMarks = MailMarks()  # noqa: RUF009 - frozen
    issue: Issue | None = None
    delivered: tuple[Delivered, ...] = ()
    #: when the next issue is due; None if one was built
    next_issue: datetime | None = None
    #: whether the model knows any word of the focus
    understood: bool = True
    #: one line on a weak focus while there is no issue yet to say it, or ""
    focus_warning: str = ""
    #: what failed, in one line, or ""
    problem: str = ""


def issue_and_deliver(
    config: Config,
    ranked: Ranked,
    now: datetime,
    *,
    mail: MailMarks,
    end_period: bool,
    wait: float,
    reading: SharedReading | None = None,
) -> LearnerResult:
    """Build the issue if it is due, or end the period now, and deliver what is pending."""
    unwritten = _problem(lambda: projects.review(config, ranked, now, wait=wait))
    focus_warning = focus_report.warning_before_first_issue(config, now, wait=wait)
    build = building.build if end_period else building.build_due
    issue = build(config, ranked, now, wait=wait, reading=reading)
    unwritten = _problem(lambda: projects.write_wrap_up(config, issue, wait=wait)) or unwritten
    delivered = delivering.deliver_pending(config, now, wait=wait)
    if issue and config.digest.calendar:
        calendars.write_beside(config, now, wait=wait)
    return LearnerResult(
        config=config,
        mail=mail,
        issue=issue,
        delivered=tuple(delivered),
        next_issue=None if issue else schedule.next_due(config, now, wait=wait),
        understood=ranked.focus.understood,
        focus_warning=focus_warning,
        problem=unwritten,
    )


def _problem(act: Callable[[], None]) -> str:
    """Do what no issue should have to wait for; why it failed, or ""."""
    try:
        act()
    except ArchiveBusy:
        raise
    except DigestError as error:
        return str(error)
    return ""


def for_each(learners: Sequence[Config], act: Callable[[Config], LearnerResult]) -> tuple[LearnerResult, ...]:
    """The result for each learner; the failure of one of several is a line in theirs."""
    return tuple(_guarded(config, act) if len(config.learners) > 1 else act(config) for config in learners)


def _guarded(config: Config, act: Callable[[Config], LearnerResult]) -> LearnerResult:
    try:
        return act(config)
    except ArchiveBusy:
        raise  # it is held from all of them
    except DigestError as error:
        return LearnerResult(config=config, problem=str(error))
    except Exception as bug:
        return LearnerResult(config=config, problem=f"a bug: {bug!r}")
