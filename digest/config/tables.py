"""The tables of sources.toml with their keys, defaults and bounds."""

import datetime as dt
import re
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from digest.config.values import (
    LEANS,
    SOURCE_SHARES,
    ClockTime,
    Count,
    Day,
    Duration,
    EnvironmentName,
    Fraction,
    Headers,
    Interval,
    Lean,
    Line,
    MailAddress,
    Size,
    SourceShare,
    Weight,
    Whole,
    Zone,
)
from digest.records import Source

HACKER_NEWS = "https://news.ycombinator.com/rss"

Port = Annotated[Whole, Field(ge=1, le=65535)]
Security = Literal["starttls", "tls", "none"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Learner(_Table):
    name: Line = ""
    timezone: Zone | None = None  # None: the machine's


class Project(_Table):
    name: Line
    question: str = ""
    until: Day | None = None


class Focus(_Table):
    statement: str
    lean: Lean = LEANS["balanced"]
    topics: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    mode: Literal["wide", "deep"] = "wide"
    prefer: tuple[Literal["code", "data", "talk"], ...] = ()
    project: Project | None = None

    @field_validator("statement")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("is empty: say in a sentence what you want to learn")
        return value


class Digest(_Table):
    every: Literal["week", "day"] = "week"
    on: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    at: ClockTime = dt.time(7, 0)
    keep: Fraction = 0.03
    at_most: Annotated[Whole, Field(ge=1)] = 12
    at_least: Count = 0
    minutes: Annotated[Whole, Field(ge=1)] | None = None
    stretch: Count = 1
    per_source: SourceShare = SOURCE_SHARES["a third"]
    send_empty: bool = True
    formats: tuple[Literal["markdown", "html"], ...] = ("markdown", "html")
    directory: str = "digests"
    #: whether an issue proposes what to read in which order
    plan: bool = True
    calendar: bool = False

    @model_validator(mode="after")
    def _bounds_agree(self) -> "Digest":
        if self.at_least > self.at_most:
            raise ValueError(f"at_least = {self.at_least} is more than at_most = {self.at_most}")
        return self


class _MailServer(_Table):
    """How a mail server is reached and logged in to."""

    host: Line
    port: Port
    security: Security
    username: Line = ""
    password_env: EnvironmentName = ""

    @model_validator(mode="after")
    def _plain_only_to_loopback(self) -> Self:
        if self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(f'security = "none" is for loopback only, not for {self.host}')
        return self


class Email(_MailServer):
    to: tuple[MailAddress, ...] = Field(min_length=1)
    sender: MailAddress = Field(alias="from")
    port: Port = 587
    security: Security = "starttls"


class MarksTable(_Table):
    """Marks by mail: where the links in a digest write to, and the one place their replies are read from."""

    to: MailAddress | None = None  # None: email.from
    folder: Line = ""
    maildir: Line = ""

    @model_validator(mode="after")
    def _read_from_one_place(self) -> Self:
        if not (self.folder or self.maildir):
            raise ValueError("replies are read from nowhere: say folder (of the account of [imap]) or maildir")
        if self.folder and self.maildir:
            raise ValueError("folder and maildir are two places; replies are read from one")
        return self


class Notes(_Table):
    directory: str = "notes"


class Store(_Table):
    path: str = "digest.duckdb"


class Embedding(_Table):
    model: str = "bundled"
    #: reads the best few hundred again: "bundled", "none", or a sentence-transformers model
    reranker: str = "bundled"
    #: another model in its place, by the key's older name
    second_opinion: str = ""


class Fetch(_Table):
    contact: Line = ""
    every: Interval = dt.timedelta(hours=1)
    pause: Duration = dt.timedelta(seconds=1)
    max_body: Size = 32 * 10**6


class Imap(_MailServer):
    """A mail account, with the folder in which newsletters lie; it is only ever read."""

    port: Port = 993
    security: Security = "tls"
    username: Line
    password_env: EnvironmentName
    folder: Line = ""


class SourceTable(_Table):
    name: Line
    url: Line = ""
    kind: Literal[
        "",
        "feed",
        "arxiv",
        "page",
        "newsletter",
        "youtube",
        "podcast",
        "releases",
        "hackernews",
        "reddit",
        "ical",
        "competition",
    ] = ""
    categories: tuple[str, ...] = ()
    query: str = ""
    base_url: Line = ""
    folder: Line = ""
    full_text: bool = False
    every: Interval | None = None
    weight: Weight = 1.0
    headers_env: Headers = ()
    maildir: Line = ""
    sender: Line = ""

    @model_validator(mode="after")
    def _can_be_asked(self) -> "SourceTable":
        if not self.name.strip():
            raise ValueError("name is empty")
        self._keys_go_with_kind()
        if self.kind == "newsletter":
            if self.url:
                raise ValueError("a newsletter has no url; it comes from the folder of [imap], or from a maildir")
            return self
        for key, url in (("url", self._address), ("base_url", self.base_url)):
            if re.match(r"[^/]*//[^/?#]*@", url):
                raise ValueError(
                    f"{key}: a user name or password stands in the address; they do not belong in this file"
                )
            if url and not _is_web_address(url):
                raise ValueError(f"{key} must be an http or https address, not {url!r}")
        if self.kind == "arxiv":
            if not (self.categories or self.query or self.url):
                raise ValueError('an arxiv source needs categories such as ["cs.LG"], or a query')
        elif not self._address:
            raise ValueError("url is missing")
        return self

    @property
    def _address(self) -> str:
        """The url, which for some kinds may be said in fewer words."""
        if self.kind == "releases" and re.fullmatch(r"[\w.-]+/[\w.-]+", self.url):
            return f"https://github.com/{self.url}"
        url = re.sub(r"^webcals?://", "https://", self.url)  # what calendars are subscribed to with
        return url or (HACKER_NEWS if self.kind == "hackernews" else "")

    def _keys_go_with_kind(self) -> None:
        if self.kind != "arxiv" and (self.categories or self.query or self.base_url):
            raise ValueError('categories, query and base_url go with kind = "arxiv"')
        if self.kind != "newsletter" and (self.maildir or self.sender):
            raise ValueError('maildir and sender go with kind = "newsletter"')
        if self.kind in ("arxiv", "newsletter", "page", "youtube", "ical", "competition") and self.full_text:
            raise ValueError(f'full_text does not go with kind = "{self.kind}"')
        if self.kind in ("arxiv", "newsletter") and self.headers_env:
            raise ValueError(f'headers_env does not go with kind = "{self.kind}"')

    @field_validator("categories")
    @classmethod
    def _are_categories(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not re.fullmatch(r"[a-z]+(-[a-z]+)?(\.([A-Za-z]+(-[A-Za-z]+)?|\*))?", value):
                raise ValueError(f'{value!r} is no arXiv category; they look like "cs.LG"')
        return values

    def record(self, imap: Imap | None) -> Source:
        return Source(
            **(self.model_dump() | {"url": self._mailbox(imap) if self.kind == "newsletter" else self._address})
        )

    def _mailbox(self, imap: Imap | None) -> str:
        """Where a newsletter comes from, as an address, so that another mailbox or sender starts afresh."""
        place = f"imap://{imap.host}:{imap.port}/{quote(imap.folder)}" if imap else ""
        return f"{f'maildir:{self.maildir}' if self.maildir else place}{f'#{self.sender}' if self.sender else ''}"


class GroupDigest(_Table):
    """When a reading group has its issue, and where it lies; None is as the first member has it."""

    every: Literal["week", "day"] | None = None
    on: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = None
    at: ClockTime | None = None
    formats: tuple[Literal["markdown", "html"], ...] | None = None
    directory: str | None = None


class Group(_Table):
    """A reading group of the learners of the file."""

    name: Line
    #: names or ids of learners; () is everybody
    members: tuple[str, ...] = ()
    digest: GroupDigest = GroupDigest()
    email: Email | None = None


class Settings(_Table):
    """Every table but the sources."""

    learner: Learner = Learner()
    focus: Focus
    digest: Digest = Digest()
    email: Email | None = None
    notes: Notes = Notes()
    store: Store = Store()
    embedding: Embedding = Embedding()
    fetch: Fetch = Fetch()
    imap: Imap | None = None
    marks: MarksTable | None = None
    group: Group | None = None
    #: SQL by name, for `digest query NAME`
    queries: dict[str, str] = Field(default_factory=dict)


class LearnerEntry(Learner):
    """One of several learners, with the keys of an entry of [[learner]]."""

    id: Line = ""
    focus: Focus
    digest: Digest = Digest()
    email: Email | None = None
    notes: Notes = Notes()
    marks: MarksTable | None = None


class File(Settings):
    """The file as it stands, before its sources become records."""

    sources: tuple[SourceTable, ...] = Field(min_length=1)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
