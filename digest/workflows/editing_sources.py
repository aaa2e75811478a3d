"""Add sources to sources.toml, once they have answered, and remove them."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest import editing
from digest.config import Config, load_config
from digest.editing import SourceEntry
from digest.errors import ConfigError
from digest.records import Parsed
from digest.sources.shorthand import source_meant

if TYPE_CHECKING:
    from digest.workflows.probing import ProbeResult

#: Two threads that edit the file at once would lose what one of them wrote.
_editing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSource:
    """What an address or a short name turned out to be."""

    #: what was asked: an address or the name that was typed
    asked: str
    #: what to write into sources.toml; None where the source gave no usable answer
    entry: SourceEntry | None
    #: why there is none, or ""
    error: str = ""
    #: how many items it has now, and the titles of the first of them
    count: int = 0
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What was written into sources.toml, and what was not, each with the reason."""

    entries: tuple[SourceEntry, ...]
    passed_over: tuple[tuple[SourceEntry, str], ...]


def look_at(config: Config, typed: Sequence[str], now: datetime, *, kind: str = "") -> list[FoundSource]:
    """Ask what is behind addresses or short names; nothing is written."""
    from digest.workflows.probing import probe  # the page needs nothing of the network until somebody adds a source

    mirror = next((one.base_url for one in config.sources if one.base_url), "")
    wanted = [source_meant(one, kind=kind, mirror=mirror) for one in dict.fromkeys(typed)]
    return [_found(one) for one in probe(wanted, config, now)]


def add(path: Path, entries: Iterable[SourceEntry]) -> Added:
    """Write entries into the file, except those that it has already or that are no sources."""
    with _editing:
        fresh, passed_over = editing.new_entries(entries, load_config(path))
        if fresh:
            editing.write(path, editing.add(read(path), fresh, where=str(path)))
    return Added(entries=tuple(fresh), passed_over=tuple(passed_over.items()))


def remove(path: Path, name: str) -> None:
    """Take a source out of the file; its items stay in the archive. ConfigError where there is none of that name."""
    with _editing:
        editing.write(path, editing.remove(read(path), name, where=str(path)))


def named(entry: SourceEntry, *, name: str, folder: str) -> SourceEntry:
    """The same entry under the learner's own name and in their own folder, where they gave them."""
    return replace(entry, name=name or entry.name, folder=folder or entry.folder)


def read(path: Path) -> str:
    """The text of sources.toml."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error


def _found(result: "ProbeResult") -> FoundSource:
    asked = result.source.url or result.source.name
    if result.parsed is None:
        return FoundSource(asked=asked, entry=None, error=result.error)
    items = result.parsed.items
    titles = tuple(item.title for item in items[:3] if item.title)
    return FoundSource(asked=asked, entry=_entry(result, result.parsed), count=len(items), titles=titles)


def _entry(result: "ProbeResult", parsed: Parsed) -> SourceEntry:
    """What to write of a source that answered."""
    source = result.source
    if source.categories:
        return SourceEntry(
            name=f"arXiv: {', '.join(source.categories)}",
            kind="arxiv",
            categories=source.categories,
            base_url=source.base_url,
        )
    return SourceEntry(
        name=parsed.title or source.name,
        url=parsed.url or source.url,
        kind=parsed.kind or source.kind or "feed",
    )
