"""What a reading group reads: the one paper of a period, how it serves each member, and who presents it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How a paper serves one member."""

    member: str
    #: in the words of the member's own digest
    reason: str
    #: its place among the papers to choose from by the member's own scores, from 1, and how many those were
    place: int = 0
    among: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPaper:
    """The paper of one period. Texts are plain and untrusted."""

    item_id: str
    work_id: str
    title: str
    url: str
    source: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    excerpt: str = ""
    #: in the order of the members in sources.toml
    serves: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSection:
    """All that a group's issue says."""

    name: str
    paper: GroupPaper
    #: names of who presents, of who would be next, and of the members
    presenter: str
    next_presenter: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTurn:
    """One period of a group: what was read, and who presented."""

    period: str
    ends_at: datetime
    item_id: str
    work_id: str
    #: learners' ids
    presenter: str
    members: tuple[str, ...]
    #: who was to present and did not
    skipped: tuple[str, ...] = ()
