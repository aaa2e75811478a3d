"""One value of an answer as a cell of a table, of CSV, or of JSON; what the archive hands over may be of any type."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

#: From here on four digits would turn a number of milliseconds or bytes into powers of ten.
_LARGE, _HUGE = 1e4, 1e15


def as_json(value: Any) -> Any:  # noqa: ANN401 - a cell holds anything
    """The value in JSON's own words: times are UTC, in ISO 8601; what is no number there is null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return as_json(float(value))
        case dict():
            return {_key(key): as_json(inner) for key, inner in value.items()}
        case list() | tuple():
            return [as_json(inner) for inner in value]
        case bytes():
            return value.hex()
        case datetime():
            at = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
            return at.isoformat(timespec="microseconds" if at.microsecond else "seconds") + "Z"
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def as_csv(value: Any) -> str:  # noqa: ANN401 - a cell holds anything
    """The value whole, for programs: every digit, times as in JSON, and JSON for what has parts."""
    match value:
        case None:
            return ""
        case str():
            return value
        case float() | Decimal():
            return str(value)
        case bool() | dict() | list() | tuple():
            return json.dumps(as_json(value), ensure_ascii=False)
        case _:
            return str(as_json(value))


def as_text(value: Any) -> str:  # noqa: ANN401 - a cell holds anything
    """The value for reading: a few digits, minutes, and lists without brackets."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.0f}" if _LARGE <= abs(value) < _HUGE else f"{value:.4g}"
        case list() | tuple():
            return ", ".join(as_text(part) for part in value)
        case dict():
            return ", ".join(f"{as_text(key)}: {as_text(inner)}" for key, inner in value.items())
        case bytes():
            return value.hex()
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case _:
            return str(value)


def distinct(columns: Sequence[str]) -> list[str]:
    """The columns' names, each its own, as DuckDB would number those that come twice: a, a_1."""
    names: list[str] = []
    for column in columns:
        name, count = column, 0
        while name in names:
            count += 1
            name = f"{column}_{count}"
        names.append(name)
    return names


def _key(key: Any) -> str:  # noqa: ANN401 - so does a map's key
    plain = as_json(key)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
