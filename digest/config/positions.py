"""Where in a TOML text each key stands, for messages; the parser of the standard library does not say."""

import io
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Location = tuple[int | str, ...]


def line_numbers(text: str) -> dict[Location, int]:
    """The line, from 1, of every table and key of a valid TOML text; ("sources", 0) is the first [[sources]]."""
    found: dict[Location, int] = {}
    counts: Counter[Location] = Counter()
    table: Location = ()
    line = 1
    for statement, parsed in statements(text):
        place = _place(parsed)
        if statement.lstrip().startswith("["):
            table = _counted(place, counts, new=statement.lstrip().startswith("[["))
            place = ()
        whole = (*table, *place)
        for end in range(1, len(whole) + 1 if parsed else 1):
            found.setdefault(whole[:end], line)
        line += statement.count("\n")
    return found


def statements(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each header, key with its value, comment and empty line of a valid TOML text, with what it says by itself."""
    statement = ""
    for line in io.StringIO(text, newline=""):
        statement += line
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a value that goes on in the next line
        yield statement, parsed
        statement = ""


def line_of(location: Sequence[int | str], lines: Mapping[Location, int]) -> int:
    """The line of a key, or of the nearest table around it; 0 where neither stands in the text."""
    parts = tuple(location)
    return next((lines[parts[:end]] for end in range(len(parts), 0, -1) if parts[:end] in lines), 0)


def _place(parsed: Mapping[str, Any]) -> Location:
    """The keys of one statement, from the outside in."""
    place: list[int | str] = []
    inner: Any = parsed
    while isinstance(inner, Mapping) and len(inner) == 1:
        [(key, inner)] = inner.items()
        place.append(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            inner = inner[0]
    return tuple(place)


def _counted(place: Location, counts: Counter[Location], *, new: bool) -> Location:
    """A header's keys with the number of each array's element; `[[a]]` begins a new one, `[a.b]` lies in the last."""
    counted: Location = ()
    for depth, key in enumerate(place, 1):
        counted = (*counted, key)
        if new and depth == len(place):
            counts[counted] += 1
        if counts[counted]:
            counted = (*counted, counts[counted] - 1)
    return counted
