"""What the local page shows of the archive: issues, and the works that they considered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.config import Config
from digest.records import Issue
from digest.store import considered, listed, verdicts
from digest.store import marks as mark_rows
from digest.workflows import delivering
from digest.workflows.opening import opened

#: Works on one page of a list.
PAGE = 50
#: Issues on one page of their list.
ISSUES_PAGE = 12

Marks = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """One issue among all, with the marks that hold now."""

    issue: Issue
    #: names of the issues, oldest first
    periods: Sequence[str]
    marks: Marks

    @property
    def before(self) -> str:
        """The issue before this one, or ""."""
        place = self.periods.index(self.issue.period)
        return self.periods[place - 1] if place else ""

    @property
    def after(self) -> str:
        """The issue after this one, or ""."""
        place = self.periods.index(self.issue.period)
        return self.periods[place + 1] if place + 1 < len(self.periods) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsideredPage:
    """One page of the works that an issue considered."""

    period: str
    works: Sequence[considered.ConsideredWork]
    #: how many pass the filter
    count: int
    #: the number of this page, from 1
    number: int
    sources: Sequence[tuple[str, int]]
    marks: Marks

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuesPage:
    """One page of the list of issues."""

    #: newest first, with their picks and without what only their own pages show
    issues: Sequence[Issue]
    #: how many there are in all
    count: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // ISSUES_PAGE))


def list_issues(config: Config, *, number: int = 1, wait: float) -> IssuesPage:
    """A page of all issues, newest first."""
    with opened(config, wait=wait, read_only=True) as db:
        return IssuesPage(
            issues=listed.issues(db, limit=ISSUES_PAGE, offset=ISSUES_PAGE * (number - 1)),
            count=len(verdicts.periods(db)),
            number=number,
        )


def view_issue(config: Config, period: str = "", *, wait: float) -> IssueView | None:
    """An issue by its name, by default the newest; None where there is none yet. NotFound for an unknown name."""
    with opened(config, wait=wait, read_only=True) as db:
        periods = [name for name, _ in verdicts.periods(db)]
        if not period and not periods:
            return None
        issue = delivering.find_issue(db, period or periods[-1])
        return IssueView(issue=issue, periods=periods, marks=mark_rows.standing(db))


def view_considered(
    config: Config, period: str, wanted: considered.Filter, *, number: int = 1, wait: float
) -> ConsideredPage:
    """A page of the works that an issue considered. NotFound for an unknown issue."""
    with opened(config, wait=wait, read_only=True) as db:
        if period not in dict(verdicts.periods(db)):
            delivering.find_issue(db, period)  # says that there is none
        found = considered.find(db, period, wanted, limit=PAGE, offset=PAGE * (number - 1))
        return ConsideredPage(
            period=period,
            works=found.works,
            count=found.count,
            number=number,
            sources=found.sources,
            marks=mark_rows.standing(db),
        )
