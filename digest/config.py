"""sources.toml -> Config: the whole contract, checked once, before anything else runs.

`parse_config` is pure; `load_config` is the only function here that opens a file.
"""

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from digest.errors import ConfigError
from digest.records import Source

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HACKER_NEWS = "https://news.ycombinator.com/rss"
LEANS = {"letter": 0.15, "envelope": 0.85, "balanced": 0.5}
#: headers that this program says itself, or that are the connection's own
_OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "te"}
    | {"transfer-encoding", "upgrade", "user-agent"}
)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def _whole(value: object) -> int:
    """TOML's true, "12" and 12.0 are no whole numbers, though Python would take them for some."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {_shown(value)}")
    return value


def _fraction(value: object) -> float:
    number = value
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)
        if not match:
            raise ValueError(f'must be a percentage such as "3%", not {value!r}')
        number = float(match[1]) / 100
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number <= 1:
        raise ValueError(f'must be more than 0% and at most 100%, such as "3%", not {_shown(value)}')
    return float(number)


def _duration(value: object) -> dt.timedelta:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'must be a duration such as "1s", "30m" or "1h", not {_shown(value)}')
    try:
        return dt.timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError as error:
        raise ValueError(f"is longer than anybody waits: {_shown(value)}") from error


def _size(value: object) -> int:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?B)\s*", value) if isinstance(value, str) else None
    size = float(match[1]) * _SIZES[match[2]] if match else 0
    if not 1 <= size < 2**63:
        raise ValueError(f'must be a size such as "32MB", not {_shown(value)}')
    return int(size)


def _lean(value: object) -> float:
    if isinstance(value, str) and value in LEANS:
        return LEANS[value]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(
            f'must be "letter", "envelope", "balanced" or the envelope\'s share from 0.0 to 1.0, not {_shown(value)}'
        )
    return float(value)


def _clock(value: object) -> dt.time:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        hour, minute = value.split(":")
        return dt.time(int(hour), int(minute))
    if isinstance(value, dt.time) and value.tzinfo is None:
        return value
    raise ValueError(f'must be a time of day such as "07:00", not {_shown(value)}')


def _day(value: object) -> dt.date:
    if isinstance(value, str):
        with suppress(ValueError):
            return dt.date.fromisoformat(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError(f"must be a date such as 2026-12-31, not {_shown(value)}")


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f'is no known time zone: {_shown(value)}; names look like "Europe/Berlin"') from error


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise ValueError("must be one line")
    return value


def _mail_address(value: str) -> str:
    local, _, domain = parseaddr(value)[1].rpartition("@")
    if not local or not domain or not local.isascii() or not domain.isprintable() or " " in domain:
        raise ValueError(f'must be an address such as "ada@example.org" or "Ada <ada@example.org>", not {value!r}')
    return value


def _refuse_plain(security: str, host: str) -> None:
    if security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(f'security = "none" is for loopback only, not for {host}')


def _environment_name(value: object) -> str:
    """Checked before its type is, because a complaint about that would repeat what may be a secret."""
    if not isinstance(value, str) or (value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value)):
        raise ValueError("must be the name of an environment variable, not the secret itself")
    return value


Fraction = Annotated[float, BeforeValidator(_fraction)]
Duration = Annotated[dt.timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Lean = Annotated[float, BeforeValidator(_lean)]
ClockTime = Annotated[dt.time, BeforeValidator(_clock)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Line = Annotated[str, AfterValidator(_one_line)]
MailAddress = Annotated[Line, AfterValidator(_mail_address)]
EnvironmentName = Annotated[str, BeforeValidator(_environment_name)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[Whole, Field(ge=0)]


def _interval(value: dt.timedelta) -> dt.timedelta:
    if not dt.timedelta(minutes=1) <= value <= dt.timedelta(days=1):
        raise ValueError('must be between "1m" and "24h"')
    return value


def _weight(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.1 <= value <= 10:
        raise ValueError(f"must be a number from 0.1 to 10, not {_shown(value)}")
    return float(value)


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    """{ header = "VARIABLE" } as pairs; "basic" stands for basic authentication with user:password."""
    if not isinstance(value, Mapping):
        raise ValueError('must be a table such as { Authorization = "MY_TOKEN" }')
    for header in value:
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", header) or header.lower() in _OWN_HEADERS:
            raise ValueError(f"{header!r} is no header that can be set")
    return tuple((header, _environment_name(name)) for header, name in value.items())


Interval = Annotated[Duration, AfterValidator(_interval)]
Weight = Annotated[float, BeforeValidator(_weight)]
Headers = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_headers)]


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
    send_empty: bool = True
    formats: tuple[Literal["markdown", "html"], ...] = ("markdown", "html")
    directory: str = "digests"

    @model_validator(mode="after")
    def _bounds_agree(self) -> "Digest":
        if self.at_least > self.at_most:
            raise ValueError(f"at_least = {self.at_least} is more than at_most = {self.at_most}")
        return self


class Email(_Table):
    to: tuple[MailAddress, ...] = Field(min_length=1)
    sender: MailAddress = Field(alias="from")
    host: Line
    port: Annotated[Whole, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Line = ""
    password_env: EnvironmentName = ""

    @model_validator(mode="after")
    def _plain_only_to_loopback(self) -> "Email":
        _refuse_plain(self.security, self.host)
        return self


class Store(_Table):
    path: str = "digest.duckdb"


class Embedding(_Table):
    model: str = "bundled"
    second_opinion: str = ""


class Fetch(_Table):
    contact: Line = ""
    every: Interval = dt.timedelta(hours=1)
    pause: Duration = dt.timedelta(seconds=1)
    max_body: Size = 32 * 10**6


class Imap(_Table):
    """The one folder of a mail account in which newsletters lie; it is only ever read."""

    host: Line
    port: Annotated[Whole, Field(ge=1, le=65535)] = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    username: Line
    password_env: EnvironmentName
    folder: Line

    @model_validator(mode="after")
    def _plain_only_to_loopback(self) -> "Imap":
        _refuse_plain(self.security, self.host)
        return self


class _SourceTable(_Table):
    name: Line
    url: Line = ""
    kind: Literal[
        "", "feed", "arxiv", "page", "newsletter", "youtube", "podcast", "releases", "hackernews", "reddit"
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
    def _can_be_asked(self) -> "_SourceTable":
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
        return self.url or (HACKER_NEWS if self.kind == "hackernews" else "")

    def _keys_go_with_kind(self) -> None:
        if self.kind != "arxiv" and (self.categories or self.query or self.base_url):
            raise ValueError('categories, query and base_url go with kind = "arxiv"')
        if self.kind != "newsletter" and (self.maildir or self.sender):
            raise ValueError('maildir and sender go with kind = "newsletter"')
        if self.kind in ("arxiv", "newsletter", "page", "youtube") and self.full_text:
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


class _Settings(_Table):
    """Every table but the sources."""

    learner: Learner = Learner()
    focus: Focus
    digest: Digest = Digest()
    email: Email | None = None
    store: Store = Store()
    embedding: Embedding = Embedding()
    fetch: Fetch = Fetch()
    imap: Imap | None = None
    #: SQL by name, for `digest query NAME`
    queries: dict[str, str] = Field(default_factory=dict)


class Config(_Settings):
    """All that sources.toml says; `folder` is where its relative paths start."""

    sources: tuple[Source, ...]
    folder: Path = Path()

    @property
    def archive(self) -> Path:
        return self.folder / Path(self.store.path).expanduser()

    @property
    def digest_folder(self) -> Path:
        return self.folder / Path(self.digest.directory).expanduser()

    @property
    def zone(self) -> dt.tzinfo:
        return self.learner.timezone or _machine_zone()


class _File(_Settings):
    """The file as it stands, before its sources become records."""

    sources: tuple[_SourceTable, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sources_differ(self) -> "_File":
        _refuse_twins("name", [s.name for s in self.sources], self.sources)
        _refuse_twins("url", [s.url.rstrip("/") for s in self.sources if s.url], self.sources)
        for source in self.sources:
            if source.kind == "newsletter" and not (source.maildir or self.imap):
                raise ValueError(f"{source.name}: a newsletter needs a maildir, or an [imap] table for all newsletters")
        return self


def parse_config(table: Mapping[str, Any], *, folder: Path = Path(), where: str = "sources.toml") -> Config:
    """Check a parsed sources.toml; the first thing wrong is a ConfigError naming its key."""
    _refuse_secrets(table, where)
    try:
        file = _File.model_validate(table)
    except ValidationError as error:
        raise ConfigError(f"{where}: {_first_complaint(error)}") from error
    given = {name: getattr(file, name) for name in _Settings.model_fields}
    return Config(**given, sources=tuple(source.record(file.imap) for source in file.sources), folder=folder)


def load_config(path: Path) -> Config:
    """Read and check the sources.toml at *path*."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error
    return parse_config(table, folder=path.absolute().parent, where=str(path))


def find_config(given: Path | None, environment: Mapping[str, str], *, home: Path, here: Path) -> Path:
    """Where sources.toml is looked for: --config, DIGEST_CONFIG, here, then the user's own."""
    if given is not None:
        return given
    if named := environment.get("DIGEST_CONFIG"):
        return Path(named).expanduser()
    own = home / ".config" / "digest" / "sources.toml"
    if not (here / "sources.toml").exists() and own.exists():
        return own
    return here / "sources.toml"


def _machine_zone() -> dt.tzinfo:
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (ValueError, OSError, KeyError) as error:
        raise ConfigError(
            'this machine\'s time zone has no name; say timezone = "Europe/Berlin" in [learner]'
        ) from error


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _refuse_twins(key: str, values: Sequence[str], sources: Sequence[_SourceTable]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            names = [s.name for s in sources if getattr(s, key).rstrip("/") == value]
            both = f" ({' and '.join(names)})" if key == "url" else ""
            raise ValueError(f"two sources have the same {key} {value!r}{both}")
        seen.add(value)


def _refuse_secrets(table: Mapping[str, Any], where: str) -> None:
    """A password in a file that people share and commit is refused by name, and never repeated."""
    for name, variable in (("email", "DIGEST_SMTP_PASSWORD"), ("imap", "DIGEST_IMAP_PASSWORD")):
        given = table.get(name)
        for key in ("password", "pass", "passwd", "secret"):
            if isinstance(given, Mapping) and key in given:
                raise ConfigError(
                    f"{where}: {name}.{key}: passwords do not belong in this file; "
                    f'put it into an environment variable and name that in password_env = "{variable}"'
                )


def _first_complaint(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=True)
    # A misspelt key that is required is missing as well; the misspelling says more.
    problem = min(problems, key=lambda found: found["type"] != "extra_forbidden")
    path = _key_path(problem["loc"])
    match problem["type"]:
        case "extra_forbidden":
            return f"{path}: unknown key{_suggestion(problem['loc'])}"
        case "missing":
            return f"{path}: is missing"
        case "too_short" if problem["loc"] == ("sources",):
            return "sources: at least one [[sources]] entry is needed"
        case "too_short":
            return f"{path}: is empty"
        case "tuple_type":
            return f'{path}: must be an array such as ["one", "two"], not {_shown(problem["input"])}'
        case "model_type":
            return f"{path}: must be one table, not {_shown(problem['input'])}"
        case "value_error":
            return f"{path}: {problem['msg'].removeprefix('Value error, ')}".removeprefix(": ")
        case _:
            return f"{path}: {problem['msg'][:1].lower()}{problem['msg'][1:]}, not {_shown(problem['input'])}"


def _key_path(location: Sequence[int | str]) -> str:
    """('sources', 3, 'url') -> 'sources[3].url', counting from 0 as TOML tools do."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f"{'.' if path else ''}{part}"
    return path


def _suggestion(location: Sequence[int | str]) -> str:
    table: type[BaseModel] = _File
    for part in location[:-1]:
        if isinstance(part, str):
            table = _TABLES.get(part, table)
    names = [field.alias or name for name, field in table.model_fields.items()]
    near = difflib.get_close_matches(str(location[-1]), names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(names)}"


def _shown(value: object) -> str:
    """A value for a message: short, in TOML's words, and nothing of a table, which may hold a secret."""
    match value:
        case Mapping():
            return "a table"
        case list():
            return "an array"
        case bool():
            return "true" if value else "false"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_TABLES: dict[str, type[BaseModel]] = {
    "learner": Learner,
    "focus": Focus,
    "project": Project,
    "digest": Digest,
    "email": Email,
    "store": Store,
    "embedding": Embedding,
    "fetch": Fetch,
    "imap": Imap,
    "sources": _SourceTable,
}
