"""The words everything else is written in: frozen records that flow through the pipeline.

A stage makes new records and never fills in old ones later. Times are aware and in UTC.
No I/O, no clock, no behaviour beyond derived names.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place to read from, as the learner declared it."""

    name: str
    url: str = ""
    #: one of `config.KINDS`, or "" while it is to be found out
    kind: str = ""
    categories: tuple[str, ...] = ()
    query: str = ""
    base_url: str = ""
    #: the folder it lies in for other readers, as "Blogs/Theory"
    folder: str = ""
    #: read the articles themselves where the feed carries only teasers
    full_text: bool = False
    #: how long to wait between two visits, in place of what its own pace says
    every: timedelta | None = None
    #: how much its word counts, 1.0 being as much as any other's
    weight: float = 1.0
    #: (header, environment variable that holds its value), sent to its own host and port only
    headers_env: tuple[tuple[str, str], ...] = ()
    #: for newsletters: the maildir they lie in ("" means the folder of [imap]), and whose mails count
    maildir: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between two visits."""

    source: str
    #: the address in sources.toml when this was written; another one there starts afresh
    declared_url: str = ""
    #: the address to ask: the declared one, or where discovery or a permanent redirect led
    url: str = ""
    #: the kind that was found out, or ""
    kind: str = ""
    etag: str = ""
    last_modified: str = ""
    #: the last time a full answer was taken without validators
    refreshed_at: datetime | None = None
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    first_success: datetime | None = None
    last_error: str = ""
    failures: int = 0
    next_check: datetime | None = None
    #: the source said not to come before this (Retry-After); obeyed even when asked by name
    retry_at: datetime | None = None
    #: the source said it will not come back (410)
    gone: bool = False
    #: entries a week, as far as their dates tell; None while unknown
    per_week: float | None = None
    #: addresses of articles already read from a page without a feed, newest last
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a server; validators are sent when given, verbatim."""

    url: str
    etag: str = ""
    last_modified: str = ""
    #: an article or a list of them rather than a feed: robots.txt is asked first
    page: bool = False

    @property
    def conditional(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer: status 200 with a decoded body, or 304 without."""

    request: Request
    status: int
    #: where the answer came from after redirects
    url: str
    #: the new address if every redirect on the way was permanent (301, 308), else ""
    permanent_url: str = ""
    #: names in lower case
    headers: Mapping[str, str] = field(default_factory=dict)
    #: decompressed, but in its own character encoding
    body: bytes = b""
    #: bytes that came over the wire
    wire_bytes: int = 0
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One visit to a source: its answers in the order asked, and the error that ended it, if any."""

    source: Source
    started_at: datetime
    responses: tuple[Response, ...] = ()
    error: str = ""
    #: HTTP status of the last answer, 0 where there was none
    status: int = 0
    retry_at: datetime | None = None
    gone: bool = False
    milliseconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a document says about when to come back."""

    #: seconds the document may be kept (ttl, sy:updatePeriod), 0 where unsaid
    ttl: int = 0
    #: hours of the day (GMT) and days of the week (Monday = 0) not to come
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of one source, complete at birth. Texts are plain, without markup."""

    source: str
    #: the kind of its source
    kind: str
    #: the feed's id, else the link, else a hash of title and text; unique within the source
    entry_id: str
    url: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    summary: str = ""
    #: the whole text where the source gives more than a summary
    text: str = ""
    published_at: datetime | None = None
    arxiv_id: str = ""
    doi: str = ""
    #: arXiv's categories or the feed's
    tags: tuple[str, ...] = ()
    #: playing time of audio or video, 0 for reading matter
    seconds: int = 0
    #: where it is talked about, if that is another place than its own address
    discussion: str = ""
    #: the public id, derived from source and entry id
    item_id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "item_id", short_id(self.source, self.entry_id))

    @property
    def body(self) -> str:
        return self.text or self.summary

    @property
    def words(self) -> int:
        return len(self.body.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What the answers of one visit hold."""

    items: tuple[Item, ...] = ()
    #: the document's own name for itself
    title: str = ""
    #: kind and address found out on the way; "" where nothing new was learned
    kind: str = ""
    url: str = ""
    hints: Hints = Hints()
    #: what is odd about the document, in words, though entries could be read
    remarks: tuple[str, ...] = ()
    #: ids of items that come as teasers this time, though they may have been read whole before
    teasers: frozenset[str] = frozenset()
    #: the next `SourceState.known`; () where it stays as it is
    known: tuple[str, ...] = ()


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u to mistype
_ID_LENGTH = 10


def short_id(*parts: str) -> str:
    """A short, stable name that is safe to type: 10 characters, the first one a letter.

    49 bits, so that a million items meet a collision about once in a thousand archives.
    """
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")
    letters = [_ALPHABET[10 + number % 22]]
    number //= 22
    for _ in range(_ID_LENGTH - 1):
        number, digit = divmod(number, 32)
        letters.append(_ALPHABET[digit])
    return "".join(letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The items that are one piece of work; the first is the one to show."""

    work_id: str
    items: tuple[Item, ...]
    first_seen_at: datetime


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
    #: "letter", "envelope", "stretch", or None where it was not kept
    section: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the learner said of an item: like, dislike, save or read."""

    item_id: str
    mark: str
    marked_at: datetime
    #: where it came from: "command", "markdown", "mail", "import", "teach"
    origin: str
    #: the import or lesson it came with, to be taken back as a whole; "" for one said alone
    batch: str = ""


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
    #: "letter", "envelope" or "stretch"
    section: str
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
    #: item id of the pick to read if there is time for one, or ""
    first: str = ""
    foundation: Foundation | None = None
    weekly: Weekly = Weekly()
    #: only where little or nothing is kept
    wanting: Wanting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was delivered where; makes delivery idempotent."""

    period: str
    #: "markdown", "html", "email"
    channel: str
    recipient: str
    #: "pending", "sent", "unknown" or "failed"
    state: str
    attempted_at: datetime
    delivered_at: datetime | None = None
    message_id: str = ""
    error: str = ""
