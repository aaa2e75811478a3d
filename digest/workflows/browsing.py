"""What the local page shows of the archive: issues, the works that they considered, and single items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.config import Config
from digest.records import Issue, Item, Verdict, Work
from digest.store import archive, considered, lookup, verdicts
from digest.store import marks as mark_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import delivering, explaining

#: Works on one page of a list.
PAGE = 50

#: Facts of an item that its page shows by themselves.
_SHOWN = {"item_id", "title", "source", "url", "authors", "published_at"}

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
class ItemView:
    """One item with all that is known of it."""

    item: Item
    work: Work
    #: as `digest why` tells it
    facts: Mapping[str, Any]
    #: the verdicts over its work with their issues, newest first
    decided: Sequence[tuple[str, Verdict]]
    marks: tuple[tuple[str, datetime], ...]

    @property
    def evidence(self) -> list[tuple[str, str]]:
        """The facts that a page does not show otherwise, as texts."""
        return [
            (name.replace("_", " "), _words(value))
            for name, value in self.facts.items()
            if name not in _SHOWN and value not in ("", None, [], ())
        ]

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.item.body.splitlines() if line.strip()]


def list_issues(config: Config, *, wait: float) -> list[Issue]:
    """All issues, newest first."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        found = [verdicts.issue(db, period) for period, _ in verdicts.periods(db)]
    return [issue for issue in reversed(found) if issue]


def view_issue(config: Config, period: str = "", *, wait: float) -> IssueView | None:
    """An issue by its name, by default the newest; None where there is none yet. NotFound for an unknown name."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        periods = [name for name, _ in verdicts.periods(db)]
        if not period and not periods:
            return None
        issue = delivering.find_issue(db, period or periods[-1])
        return IssueView(issue=issue, periods=periods, marks=mark_rows.standing(db))


def view_considered(
    config: Config, period: str, wanted: considered.Filter, *, number: int = 1, wait: float
) -> ConsideredPage:
    """A page of the works that an issue considered. NotFound for an unknown issue."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        delivering.find_issue(db, period)
        return ConsideredPage(
            period=period,
            works=considered.works(db, period, wanted, limit=PAGE, offset=PAGE * (number - 1)),
            count=considered.count(db, period, wanted),
            number=number,
            sources=considered.by_source(db, period),
            marks=mark_rows.standing(db),
        )


def view_item(config: Config, typed: str, *, wait: float) -> ItemView:
    """An item, named as in any command. NotFound where there is none."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        return _item_view(db, config, lookup.resolve(db, typed))


def _item_view(db: Connection, config: Config, item_id: str) -> ItemView:
    work, item = work_rows.with_item(db, item_id)
    return ItemView(
        item=item,
        work=work,
        facts=explaining.facts_of(db, config, (work, item)),
        decided=verdicts.decided(db, item_id),
        marks=mark_rows.marked_at(db).get(item_id, ()),
    )


def _words(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
