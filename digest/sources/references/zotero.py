"""Zotero's CSV and CSL JSON, which other reference managers write too."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from digest.errors import ParseError
from digest.sources.references.reference import Reference, References, reference

#: The columns that may hold each thing, the best first; other programs' names are alike.
_ABSTRACT = ("abstract note", "abstract")
_AUTHORS = ("author", "authors")
_DATE = ("date", "publication year", "year")
_NAMES = (
    "doi",
    "url",
    "link",
    "links",
    "extra",
    "arxiv id",
    "arxiv_id",
    "arxiv",
    "archive location",
    "number",
    "issue",
)
#: What lies beside works in a library.
_NO_WORKS = frozenset({"attachment", "note", "annotation"})


def is_csv(head: str) -> bool:
    """Whether the first line names columns, and one of them is the title."""
    names = _columns(next(csv.reader([head.lstrip("\ufeff").partition("\n")[0]]), []))
    return len(names) >= 2 and "title" in names


def read_csv(text: str, now: datetime) -> References:
    """A row each; one that is broken costs itself."""
    rows = csv.reader(io.StringIO(text))
    found, problems = list[Reference](), list[str]()
    names = _columns(next(rows, []))
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return References(found=tuple(found), problems=tuple(problems))
        except csv.Error as error:
            problems.append(f"line {line}: the row cannot be read: {error}")
            continue
        one = _row(line, dict(zip(names, row, strict=False)), now)
        if one:
            found.append(one)
        elif any(row) and dict(zip(names, row, strict=False)).get("item type", "").lower() not in _NO_WORKS:
            problems.append(f"line {line}: the row names no work")


def read_csl(text: str, now: datetime) -> References:
    """An object each; ParseError with the place where it is no JSON."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ParseError(f"is no JSON: line {error.lineno}: {error.msg}") from error
    except (RecursionError, ValueError) as error:  # a number of thousands of digits is one
        raise ParseError("is no JSON that can be read") from error
    entries = document.get("items", [document]) if isinstance(document, dict) else document
    found, problems = list[Reference](), list[str]()
    lines = _lines(text)
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        one = _csl(next(lines, 1), entry, now) if isinstance(entry, dict) else None
        if one:
            found.append(one)
        else:
            problems.append(f"entry {number}: it names no work")
    return References(found=tuple(found), problems=tuple(problems))


def _columns(row: list[str]) -> list[str]:
    return [name.strip().lstrip("\ufeff").lower() for name in row]


def _row(line: int, row: Mapping[str, str], now: datetime) -> Reference | None:
    if row.get("item type", "").lower() in _NO_WORKS:
        return None
    return reference(
        line,
        now,
        title=row.get("title", ""),
        authors=next((row[key] for key in _AUTHORS if row.get(key)), "").split(";"),
        abstract=next((row[key] for key in _ABSTRACT if row.get(key)), ""),
        names=[row.get(key, "") for key in _NAMES],
        date=next((row[key] for key in _DATE if row.get(key)), ""),
    )


def _csl(line: int, entry: Mapping[str, Any], now: datetime) -> Reference | None:
    return reference(
        line,
        now,
        title=_text(entry.get("title")),
        authors=list(_authors(entry.get("author"))),
        abstract=_text(entry.get("abstract")),
        names=[_text(entry.get(key)) for key in ("DOI", "URL", "number", "note", "id")],
        date=_date(entry.get("issued")),
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _authors(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict):
            yield " ".join(_text(one.get(key)) for key in ("given", "family", "literal") if one.get(key))


def _date(value: object) -> str:
    """The first of CSL's date-parts, or the date as it was written."""
    if not isinstance(value, dict):
        return _text(value)
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if not isinstance(first, list):
        return _text(value.get("raw") or value.get("literal"))
    return "-".join(part if len(part) > 1 else f"0{part}" for part in map(_text, first[:3]))


def _lines(text: str) -> Iterator[int]:
    """Where the objects of a list begin, found without a parser that keeps positions."""
    for number, line in enumerate(text.split("\n"), start=1):
        if re.match(r'\s*\[?\s*\{\s*("|$)', line):
            yield number
