"""RIS, as reference managers and publishers export it."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from digest.sources.references.reference import Reference, References, reference

_START = re.compile(r"\s{0,3}TY  -")
_END = re.compile(r"\s{0,3}ER  -")
#: The library's names of the tags that may hold each thing, the best first.
_TITLE = ("title", "primary_title", "translated_title")
_AUTHORS = ("authors", "first_authors")
_ABSTRACT = ("abstract", "notes_abstract")
_DATE = ("date", "publication_year", "year", "access_date")
_NAMES = (
    "doi",
    "urls",
    "url",
    "number",
    "id",
    "notes",
    "note",
    "custom1",
    "custom3",
    "journal_name",
    "secondary_title",
)


def read(text: str, now: datetime) -> References:
    """Every record from its TY line to its ER line, or to the next TY where the end is missing."""
    found, problems = list[Reference](), list[str]()
    for line, record in _records(text):
        fields = _fields(record)
        one = _reference(line, fields, now) if fields else None
        if one:
            found.append(one)
        else:
            problems.append(f"line {line}: the record names no work")
    return References(found=tuple(found), problems=tuple(problems))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record's first line, from 1, and its lines; one that is broken ends where the next begins."""
    began, lines = 0, list[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        starts, ends = _START.match(line), _END.match(line)
        if (starts or ends) and lines:
            yield began, lines
            lines = []
        if starts:
            began, lines = number, [line.strip()]
        elif lines:
            lines.append(line.strip())
    if lines:
        yield began, lines


def _fields(record: list[str]) -> Mapping[str, Any]:
    from rispy import RisParser

    try:
        [fields] = RisParser().parse("\n".join([*record, "ER  - "]))
    except Exception:  # such as a record whose second line has no tag
        return {}
    return dict(fields)


def _reference(line: int, fields: Mapping[str, Any], now: datetime) -> Reference | None:
    return reference(
        line,
        now,
        title=next(_values(fields, _TITLE), ""),
        authors=list(_values(fields, _AUTHORS)),
        abstract=next(_values(fields, _ABSTRACT), ""),
        names=_values(fields, _NAMES),
        date=next(_values(fields, _DATE), ""),
    )


def _values(fields: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        value = fields.get(key, "")
        yield from (str(one) for one in (value if isinstance(value, list) else [value]) if str(one).strip())
