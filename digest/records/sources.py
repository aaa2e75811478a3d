"""A source, what is remembered of it, and one visit to it."""

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
