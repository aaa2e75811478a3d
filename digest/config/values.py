"""The forms in which sources.toml writes values, each with its complaint."""

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parseaddr
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

LEANS = {"letter": 0.15, "envelope": 0.85, "balanced": 0.5}
SOURCE_SHARES = {"a third": 1 / 3, "all": 1.0}
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
        raise ValueError(f"must be a whole number, not {shown(value)}")
    return value


def _fraction(value: object) -> float:
    number = value
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)
        if not match:
            raise ValueError(f'must be a percentage such as "3%", not {value!r}')
        number = float(match[1]) / 100
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number <= 1:
        raise ValueError(f'must be more than 0% and at most 100%, such as "3%", not {shown(value)}')
    return float(number)


def _duration(value: object) -> dt.timedelta:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'must be a duration such as "1s", "30m" or "1h", not {shown(value)}')
    try:
        return dt.timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError as error:
        raise ValueError(f"is longer than anybody waits: {shown(value)}") from error


def _size(value: object) -> int:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?B)\s*", value) if isinstance(value, str) else None
    size = float(match[1]) * _SIZES[match[2]] if match else 0
    if not 1 <= size < 2**63:
        raise ValueError(f'must be a size such as "32MB", not {shown(value)}')
    return int(size)


def _lean(value: object) -> float:
    if isinstance(value, str) and value in LEANS:
        return LEANS[value]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(
            f'must be "letter", "envelope", "balanced" or the envelope\'s share from 0.0 to 1.0, not {shown(value)}'
        )
    return float(value)


def _source_share(value: object) -> float:
    if isinstance(value, str) and value in SOURCE_SHARES:
        return SOURCE_SHARES[value]
    try:
        return _fraction(value)
    except ValueError as error:
        raise ValueError(f'must be "a third", "all" or a share such as "50%", not {shown(value)}') from error


def _clock(value: object) -> dt.time:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        hour, minute = value.split(":")
        return dt.time(int(hour), int(minute))
    if isinstance(value, dt.time) and value.tzinfo is None:
        return value
    raise ValueError(f'must be a time of day such as "07:00", not {shown(value)}')


def _day(value: object) -> dt.date:
    if isinstance(value, str):
        with suppress(ValueError):
            return dt.date.fromisoformat(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError(f"must be a date such as 2026-12-31, not {shown(value)}")


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f'is no known time zone: {shown(value)}; names look like "Europe/Berlin"') from error


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise ValueError("must be one line")
    return value


def _mail_address(value: str) -> str:
    local, _, domain = parseaddr(value)[1].rpartition("@")
    if not local or not domain or not local.isascii() or not domain.isprintable() or " " in domain:
        raise ValueError(f'must be an address such as "ada@example.org" or "Ada <ada@example.org>", not {value!r}')
    return value


def _environment_name(value: object) -> str:
    """Checked before its type is, because a complaint about that would repeat what may be a secret."""
    if not isinstance(value, str) or (value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value)):
        raise ValueError("must be the name of an environment variable, not the secret itself")
    return value


Fraction = Annotated[float, BeforeValidator(_fraction)]
Duration = Annotated[dt.timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Lean = Annotated[float, BeforeValidator(_lean)]
SourceShare = Annotated[float, BeforeValidator(_source_share)]
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
        raise ValueError(f"must be a number from 0.1 to 10, not {shown(value)}")
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


def shown(value: object) -> str:
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
