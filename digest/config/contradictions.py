"""What tables of sources.toml say against each other; each by itself is in order, or complained of elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from digest.config.positions import Location
from digest.config.values import shown


class Complaint(NamedTuple):
    """What is wrong at one place of the file."""

    location: Location
    text: str


#: What was found in the sources of a file, by the folder that marks are read from: learners have few of them.
OfSources = dict[str, list[Complaint]]


def contradictions(table: Mapping[str, Any], known: OfSources | None = None) -> Iterator[Complaint]:
    """Every contradiction in a parsed sources.toml, whose values may be of any type yet.

    *known* is filled on the way and spares the other learners' views of the file another look at all its sources.
    """
    known = {} if known is None else known
    folder = _said(table.get("marks"), "folder")
    if folder not in known:
        known[folder] = list(_of_sources(table))
    told = known[folder]
    yield from told
    yield from (one for one in _marks(table) if one.location not in {other.location for other in told})


def _of_sources(table: Mapping[str, Any]) -> Iterator[Complaint]:
    sources = declared_sources(table)
    yield from _twins("name", [_said(one, "name") for one in sources], sources)
    yield from _twins("url", [_said(one, "url").rstrip("/") for one in sources], sources)
    yield from _newsletters(table, sources)


def declared_sources(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of [[sources]], those that are no tables as empty ones."""
    listed = table.get("sources")
    return [one if isinstance(one, Mapping) else {} for one in listed] if isinstance(listed, list) else []


def source_label(table: Mapping[str, Any], place: int) -> str:
    """A source by its name, or by its place, counted from 0, where it has none."""
    sources = declared_sources(table)
    name = _said(sources[place], "name") if place < len(sources) else ""
    return f"source {shown(name)}" if name.strip() else f"sources[{place}]"


def _twins(key: str, values: Sequence[str], sources: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if value and value in seen:
            names = [
                " ".join(_said(one, "name").split())
                for one, other in zip(sources, values, strict=True)
                if other == value
            ]
            both = f" ({' and '.join(names)})" if key == "url" else ""
            yield Complaint(("sources", place, key), f"two sources have the same {key} {value!r}{both}")
        seen.add(value)


def _newsletters(table: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
    """Newsletters need a maildir or a folder of [imap]."""
    imap, marks = table.get("imap"), table.get("marks")
    folder = _said(imap, "folder")
    for place, source in enumerate(sources):
        if source.get("kind") != "newsletter" or _said(source, "maildir"):
            continue
        label = source_label(table, place)
        if not imap:
            yield Complaint(
                ("sources", place),
                f"{label}: a newsletter needs a maildir, or an [imap] table for all newsletters",
            )
        elif not folder:
            yield Complaint(("imap",), f"imap.folder: is missing, and {label} is a newsletter without a maildir")
            return
        elif _said(marks, "folder") == folder and not _said(source, "sender"):
            yield Complaint(
                ("sources", place),
                f"{label}: would take the replies in marks.folder for newsletters; say its sender",
            )


def _marks(table: Mapping[str, Any]) -> Iterator[Complaint]:
    """Marks go out by [email] and come back by [imap]."""
    imap, marks = table.get("imap"), table.get("marks")
    if marks and not table.get("email"):
        yield Complaint(("marks",), "marks: their links stand in the mail, and there is no [email] table")
    if _said(marks, "folder") and not imap:
        yield Complaint(("marks", "folder"), "marks.folder: is one of a mail account, and there is no [imap] table")
    if imap and not (_said(imap, "folder") or _said(marks, "folder")):
        yield Complaint(("imap",), "imap.folder: is missing")


def _said(table: object, key: str) -> str:
    """A text in a table; "" where there is no table, no such key, or something else under it."""
    value = table.get(key) if isinstance(table, Mapping) else None
    return value if isinstance(value, str) else ""
