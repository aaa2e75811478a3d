"""The tables of sources.toml with their keys, defaults and bounds."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from digest.config.notify import Notify
from digest.config.values import (
    LEANS,
    SOURCE_SHARES,
    ClockTime,
    Count,
    Day,
    Duration,
    EnvironmentName,
    Fraction,
    Interval,
    Lean,
    Line,
    MailAddress,
    Size,
    SourceShare,
    Whole,
    Zone,
)

Port = Annotated[Whole, Field(ge=1, le=65535)]
Security = Literal["starttls", "tls", "none"]


class Table(BaseModel):
    """A table whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Learner(Table):
    name: Line = ""
    timezone: Zone | None = None  # None: the machine's


class Project(Table):
    name: Line
    question: str = ""
    until: Day | None = None


class Focus(Table):
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


class Digest(Table):
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


class _MailServer(Table):
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


class MarksTable(Table):
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


class Notes(Table):
    directory: str = "notes"


class Store(Table):
    path: str = "digest.duckdb"


class Embedding(Table):
    model: str = "bundled"
    #: reads the best few hundred again: "bundled", "none", or a sentence-transformers model
    reranker: str = "bundled"
    #: another model in its place, by the key's older name
    second_opinion: str = ""


class Fetch(Table):
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


class GroupDigest(Table):
    """When a reading group has its issue, and where it lies; None is as the first member has it."""

    every: Literal["week", "day"] | None = None
    on: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = None
    at: ClockTime | None = None
    formats: tuple[Literal["markdown", "html"], ...] | None = None
    directory: str | None = None


class Group(Table):
    """A reading group of the learners of the file."""

    name: Line
    #: names or ids of learners; () is everybody
    members: tuple[str, ...] = ()
    digest: GroupDigest = GroupDigest()
    email: Email | None = None


class Settings(Table):
    """Every table but the sources."""

    learner: Learner = Learner()
    focus: Focus
    digest: Digest = Digest()
    email: Email | None = None
    notify: tuple[Notify, ...] = ()
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
    notify: tuple[Notify, ...] = ()
    notes: Notes = Notes()
    marks: MarksTable | None = None
