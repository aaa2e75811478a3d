"""What is said of an item: by the relevance model, by the picking, and by the learner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Section(StrEnum):
    """Where a kept work stands in an issue."""

    LETTER = "letter"
    ENVELOPE = "envelope"
    STRETCH = "stretch"


class MarkKind(StrEnum):
    """What a learner may say of an item; the words they type and tick."""

    LIKE = "like"
    DISLIKE = "dislike"
    SAVE = "save"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """An address that comes with an item: of its code, data, talk or PDF, or of what the reason for it names."""

    #: "code", "data", "talk", "pdf", "liked" or "author"
    kind: str
    #: http or https
    url: str
    #: for "liked" and "author" the words of the reason that the address belongs to
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why one item was judged as it was: everything a reader may ask about a verdict."""

    #: the part of the focus that matched best, as the learner wrote it, and its cosine
    phrase: str = ""
    similarity: float = 0.0
    #: the part of that phrase to name in one line; the phrase itself unless it is long
    named: str = ""
    #: the few words of the item that answer it
    clause: str = ""
    #: what kind of phrase that is: "statement", "topic", "project" or "question"
    facet: str = ""
    #: the item's own sentence that matches the phrase best, what it contributes before what it says of others
    sentence: str = ""
    #: words of the item that carried the match, strongest first
    terms: tuple[str, ...] = ()
    #: title of the marked item nearest to this one, and its address
    liked: str = ""
    liked_url: str = ""
    #: what comes with it: "code", "data", "talk"
    extras: tuple[str, ...] = ()
    #: the addresses of those whose address it names
    resources: tuple[Resource, ...] = ()
    #: the avoided phrase that costs it relevance, or ""
    avoided: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the judge says of one item under the current focus and model."""

    item_id: str
    #: all that the focus and the marks say; comparable within one model only
    relevance: float
    #: probability of envelope against letter, 0 .. 1
    lean: float
    #: relevance with freshness, source trust and penalties; what the order is made by
    score: float
    #: named contributions; they add up to `score`
    parts: Mapping[str, float]
    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one work in one period, kept or not, and why."""

    work_id: str
    #: the item that stands for the work
    item_id: str
    kept: bool
    #: place among the works of the period by score, from 1
    rank: int
    score: float
    #: None where it was not kept
    section: Section | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the learner said of an item: like, dislike, save or read."""

    item_id: str
    mark: str
    marked_at: datetime
    #: where it came from: "command", "page", "mcp", "markdown", "mail", "import", "teach"
    origin: str
    #: the import or lesson it came with, to be taken back as a whole; "" for one said alone
    batch: str = ""
