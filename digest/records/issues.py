"""An issue with all that a renderer needs, and the receipts of its deliveries."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.records.drifts import Drift
from digest.records.events import ComingEvent
from digest.records.groups import GroupSection
from digest.records.notes import Noted
from digest.records.plans import WeekPlan
from digest.records.projects import ProjectSection
from digest.records.verdicts import Resource, Section


def is_period(name: object) -> bool:
    """Whether it can be a period's name, which files are named for: letters, digits and hyphens."""
    return isinstance(name, str) and bool(re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}", name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where else a work can be read."""

    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A thing from the archive that a pick goes back to."""

    item_id: str
    title: str
    url: str
    source: str
    #: "cites" where the pick's own text names it, "repeats" where the two say much the same, else "builds on"
    relation: str
    published_at: datetime | None = None
    #: the issue that showed it, or ""
    period: str = ""
    #: what the learner said of it: "like", "save" or "read", or ""
    mark: str = ""
    #: cosine between the two
    similarity: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """An older thing from the archive on which several picks lean."""

    item_id: str
    title: str
    url: str
    source: str
    published_at: datetime | None = None
    #: item ids of those picks, in the issue's order
    leaning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One kept work, with all that a renderer needs. Texts are plain and untrusted."""

    item_id: str
    work_id: str
    title: str
    #: http or https, or "" where there is none
    url: str
    source: str
    section: Section
    reason: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    #: honest reading or playing time in minutes
    minutes: int = 0
    excerpt: str = ""
    score: float = 0.0
    relevance: float = 0.0
    lean: float = 0.5
    also_at: tuple[Place, ...] = ()
    arxiv_id: str = ""
    words: int = 0
    #: playing time; more than 0 means that it is listened to or watched
    seconds: int = 0
    #: for papers the pass we suggest, 1, 2 or 3, and why; 0 for everything else
    suggested_pass: int = 0
    pass_reason: str = ""
    #: speaks to the question of the learner's project
    on_question: bool = False
    connections: tuple[Connection, ...] = ()
    #: the better-scored work that it was kept before, and why; "" for none
    traded: str = ""
    #: code, data, talk and PDF, and what the reason names, with their addresses
    resources: tuple[Resource, ...] = ()
    #: the learner's note that it is close to
    noted: Noted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A thing that many works in focus are about, and how that changed."""

    #: the word or two that set it apart
    term: str
    #: works about it a week, oldest first; the last is this period
    weeks: tuple[int, ...]
    #: its share of the works in focus: in this period, and on average before
    share: float
    share_before: float
    growing: bool
    #: the work of this period, or for a fading theme of the last weeks, that is most about it
    example: str = ""
    example_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceYield:
    """What one source brought."""

    source: str
    #: works in this period, and those of them that are kept
    seen: int
    kept: int
    #: the same over the issues before that are looked back on
    seen_before: int = 0
    kept_before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRate:
    """How many works of one issue were kept."""

    period: str
    seen: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """What moved: themes, sources and the keep rate, seen against the weeks before."""

    themes: tuple[Theme, ...] = ()
    #: works in focus in this period, and on average in a week before
    in_focus: int = 0
    in_focus_before: float = 0.0
    yields: tuple[SourceYield, ...] = ()
    #: this issue and those before, oldest first
    keep_rates: tuple[KeepRate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where one considered work lies: what the chart is drawn from."""

    lean: float
    relevance: float
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A work that was almost kept, and what kept it out."""

    item_id: str
    title: str
    url: str
    source: str
    reason: str
    #: what would have had to be otherwise, as "0.4 more relevance", or ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanting:
    """Why an issue keeps little or nothing, and what would help."""

    #: the best of what was not kept, how relevant it is, and what would have been needed
    nearest: str = ""
    relevance: float = 0.0
    floor: float = 0.0
    #: terms that the works near the focus use and the focus does not say
    add: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One digest: all that a renderer needs, and nothing it has to ask for."""

    #: the period's name, as 2026-W47, 2026-11-20, or 2026-W47-2
    period: str
    starts_at: datetime
    ends_at: datetime
    built_at: datetime
    #: name of the learner's time zone, in which dates are shown
    zone: str
    learner: str = ""
    statement: str = ""
    question: str = ""
    #: names what of the focus relevance depends on, to tell two apart; "" while issues did not say it
    focus_id: str = ""
    #: envelope's declared share, 0 .. 1
    lean: float = 0.5
    #: works considered and kept
    seen: int = 0
    kept: int = 0
    #: in reading order within their sections, the most important section first
    picks: tuple[Pick, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    points: tuple[Point, ...] = ()
    #: one short line for each failing source
    ailing: tuple[str, ...] = ()
    #: names of the sources that had never answered; when they do, their works of this period count in the next
    unreached: tuple[str, ...] = ()
    #: item id of the pick to read if there is time for one, or ""
    first: str = ""
    foundation: Foundation | None = None
    weekly: Weekly = Weekly()
    #: only where little or nothing is kept
    wanting: Wanting | None = None
    #: told in this issue, where what is liked has left what is declared
    drift: Drift | None = None
    #: only while there is a project
    project: ProjectSection | None = None
    #: only in the issue of a reading group, which has no picks
    group: GroupSection | None = None
    #: what to read in which order; None where nothing is proposed
    plan: WeekPlan | None = None
    #: events worth going to, and deadlines, the next ones first
    events: tuple[ComingEvent, ...] = ()


class DeliveryState(StrEnum):
    """How a delivery stands. `UNKNOWN`: the connection broke so late that it may have arrived."""

    PENDING = "pending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was delivered where; makes delivery idempotent."""

    period: str
    #: "markdown", "html", "email"
    channel: str
    recipient: str
    state: DeliveryState
    attempted_at: datetime
    delivered_at: datetime | None = None
    message_id: str = ""
    error: str = ""
