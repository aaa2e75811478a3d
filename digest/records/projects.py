"""A learner's project: its literature review, what an issue says of it, and its trail from beginning to end."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class ReviewKind(StrEnum):
    """What a work does for a reader who is new to a question, from wide to deep."""

    OVERVIEW = "overview"
    SOLUTION = "solution"
    FURTHER = "further"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedWork:
    """One work of a literature review. Texts are plain and untrusted."""

    item_id: str
    title: str
    url: str
    source: str
    kind: ReviewKind
    #: a sentence of the work itself, or ""
    words: str = ""
    #: standard deviations by which it is nearer to the question than arbitrary texts
    fit: float = 0.0
    published_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReview:
    """A literature review, its works in reading order."""

    made_at: dt.datetime
    works: tuple[ReviewedWork, ...] = ()
    #: whether arXiv had answered before it was made
    asked_arxiv: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What the learner reached, in their own words."""

    milestone: str
    reached_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWork:
    """A work that an issue picked because it speaks to the question."""

    period: str
    item_id: str
    title: str
    url: str
    source: str
    #: when it was read; None while it was not
    read_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectNote:
    """What the learner wrote on a work that was found for the project."""

    title: str
    note: str
    written_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp:
    """What became of a project."""

    began_at: dt.datetime
    #: how many works the issues found for it
    found: int = 0
    #: of these and of the review, what was read
    read: tuple[FoundWork, ...] = ()
    notes: tuple[ProjectNote, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    #: parts of the question that nothing answered
    never_found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSection:
    """What one issue says of the project."""

    name: str
    question: str = ""
    #: the last day, and the days that were left; None where the project has no end
    until: dt.date | None = None
    days_left: int | None = None
    #: parts of the question that no work has answered yet
    missing: tuple[str, ...] = ()
    #: only in the first issue of the project
    review: ProjectReview | None = None
    #: the project's file, relative to the folder of digests
    path: str = ""
    #: only in the first issue after its end
    wrap_up: WrapUp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTrail:
    """All that is known of a project."""

    name: str
    question: str
    began_at: dt.datetime
    until: dt.date | None = None
    days_left: int | None = None
    ended: bool = False
    review: ProjectReview | None = None
    found: tuple[FoundWork, ...] = ()
    #: what was read of the review and of what was found
    read: tuple[FoundWork, ...] = ()
    notes: tuple[ProjectNote, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    missing: tuple[str, ...] = ()
