"""Changing sources.toml as its owner would: comments, order and layout stay.

`add` and `remove` are pure, over the file's text, and what they return has been checked
to be a configuration still.
"""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from digest.config import Config, parse_config
from digest.errors import ConfigError
from digest.sources.identifiers import canonical_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A source to add."""

    name: str
    url: str
    kind: str = ""
    folder: str = ""


def add(text: str, entries: Iterable[Entry], *, where: str) -> str:
    """Append [[sources]] tables."""
    document = _parse(text, where)
    sources = document.setdefault("sources", tomlkit.aot())
    for entry in entries:
        table = tomlkit.table()
        table["name"] = entry.name
        table["url"] = entry.url
        if entry.kind and entry.kind != "feed":
            table["kind"] = entry.kind
        if entry.folder:
            table["folder"] = entry.folder
        sources.append(table)
    return _checked(document, where)


def remove(text: str, name: str, *, where: str) -> str:
    """Take the [[sources]] table of that name out."""
    document = _parse(text, where)
    sources = document.get("sources", [])
    for number, table in enumerate(sources):
        if table.get("name") == name:
            del sources[number]
            return _checked(document, where)
    raise ConfigError(f"{where}: there is no source named {name!r}")


def new_entries(wanted: Iterable[Entry], config: Config) -> list[Entry]:
    """Those entries whose address is no source yet; a name that is taken gets a number."""
    addresses = {canonical_url(source.url) for source in config.sources if source.url}
    names = {source.name for source in config.sources}
    entries = []
    for entry in wanted:
        if canonical_url(entry.url) in addresses:
            continue
        name, number = entry.name, 2
        while name in names:
            name, number = f"{entry.name} ({number})", number + 1
        addresses.add(canonical_url(entry.url))
        names.add(name)
        entries.append(replace(entry, name=name))
    return entries


def write(path: Path, text: str) -> None:
    """Replace the file in one step, so that a kill leaves the old one or the new one."""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
            draft.write(text)
            draft.flush()
            os.fsync(draft.fileno())
        if path.exists():
            Path(draft.name).chmod(path.stat().st_mode)
        Path(draft.name).replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _parse(text: str, where: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"{where}: is not valid TOML: {error}") from error


def _checked(document: tomlkit.TOMLDocument, where: str) -> str:
    parse_config(document.unwrap(), where=where)
    return tomlkit.dumps(document)
