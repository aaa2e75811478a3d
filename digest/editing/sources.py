"""Add and remove sources: pure functions of the text, which check that the result is a valid configuration."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tomlkit

from digest.config import Config, parse_config, parse_toml
from digest.config.messages import did_you_mean, source_complaint
from digest.config.positions import statements
from digest.errors import ConfigError
from digest.sources.identifiers import canonical_url

_BY_HAND = "its sources are laid out in a way that cannot be edited here; edit it by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A source to add."""

    name: str
    url: str = ""
    kind: str = ""
    folder: str = ""
    #: of an arXiv source, in place of an address
    categories: tuple[str, ...] = ()
    base_url: str = ""


def add(text: str, entries: Iterable[SourceEntry], *, where: str) -> str:
    """Append [[sources]] tables to the end of the file, where they are always valid."""
    before = text.removeprefix("\ufeff")
    _parse(before, where)
    tables = [_table(entry) for entry in entries]
    return _checked("\n".join([before if before.endswith("\n") else f"{before}\n", *tables]), where)


def remove(text: str, name: str, *, where: str) -> str:
    """Take the [[sources]] table of that name out, with the comment right above it; comments in it stay."""
    text = text.removeprefix("\ufeff")
    names = [source.name for source in parse_config(_parse(text, where), where=where).sources]
    if name not in names:
        raise ConfigError(f"{where}: there is no source named {name!r}{did_you_mean(name, names)}")
    number = names.index(name)
    lines = text.splitlines(keepends=True)
    starts = [at for at, line in enumerate(lines) if re.match(r"\s*\[\[\s*sources\s*\]\]", line)]
    if len(starts) != len(names):  # written as sources = [...], or a text of several lines looks like a header
        raise ConfigError(f"{where}: {_BY_HAND}")
    headers = [at for at, line in enumerate(lines) if line.lstrip().startswith("[") and at > starts[number]]
    first = _with_comment(lines, starts[number])
    last = _with_comment(lines, headers[0]) if headers else len(lines)
    explained = _comments("".join(lines[starts[number] + 1 : last]))
    return _checked(
        "".join([*lines[:first], explained, *lines[last:]]), where, but=names[:number] + names[number + 1 :]
    )


def new_entries(wanted: Iterable[SourceEntry], config: Config) -> tuple[list[SourceEntry], dict[SourceEntry, str]]:
    """What can be added, where a name that is taken gets a number; and what cannot, each with the reason."""
    known = {_identity(source.url, source.categories): source.name for source in config.sources}
    names = {source.name for source in config.sources}
    entries: list[SourceEntry] = []
    passed_over: dict[SourceEntry, str] = {}
    for entry in wanted:
        identity = _identity(entry.url, entry.categories)
        if reason := f"is a source already: {known[identity]}" if identity in known else source_complaint(_keys(entry)):
            passed_over[entry] = reason
            continue
        name, number = entry.name, 2
        while name in names:
            name, number = f"{entry.name} ({number})", number + 1
        known[identity] = name
        names.add(name)
        entries.append(replace(entry, name=name))
    return entries, passed_over


def _identity(url: str, categories: Sequence[str]) -> str:
    """What makes two sources the same one."""
    return canonical_url(url) if url else ",".join(sorted(categories))


def _table(entry: SourceEntry) -> str:
    return tomlkit.dumps({"sources": [_keys(entry)]})


def _keys(entry: SourceEntry) -> dict[str, Any]:
    """The keys that have to be written; a feed is found out to be one."""
    given = {name: getattr(entry, name) for name in ("name", "url", "kind", "categories", "base_url", "folder")}
    if entry.kind == "feed":
        del given["kind"]
    return {key: list(value) if isinstance(value, tuple) else value for key, value in given.items() if value}


def _comments(table: str) -> str:
    """The comment lines of a table, which explain keys that are not used, or begin what follows it."""
    kept = "".join(statement for statement, said in statements(table) if not said).strip("\r\n")
    return f"{kept}\n\n" if kept else ""


def _with_comment(lines: Sequence[str], header: int) -> int:
    """The line where a table starts, with the comment right above its header."""
    while header and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header


def _parse(text: str, where: str) -> dict[str, Any]:
    return parse_toml(text, where=where)


def _checked(text: str, where: str, *, but: Sequence[str] | None = None) -> str:
    """The text, if it is a valid configuration, with just the sources *but* if that is given."""
    try:
        config = parse_config(tomllib.loads(text), where=where)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: {_BY_HAND}") from error
    if but is not None and [source.name for source in config.sources] != list(but):
        raise ConfigError(f"{where}: {_BY_HAND}")
    return text
