"""Several learners in one sources.toml: each [[learner]] as the file it would be alone, and what they may not share.

What [digest], [email] and [marks] at the top say is for all; a learner's own tables say otherwise, key by key. Pure.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from digest.config.contradictions import Complaint
from digest.config.positions import Location
from digest.config.values import shown

#: The key of the learner in a file with one [learner] table, under which the archive keeps their rows.
ALONE = "default"
#: Tables that a learner says for themselves, and those that they may share.
_OWN, _SHARED = "focus", ("digest", "notes", "email", "marks")
#: What a learner says for themselves alone, if at all.
_POSTS = "notify"
#: Where what they own lies unless they say otherwise.
_FOLDERS = {"digest": "digests", "notes": "notes"}


def are_several(table: Mapping[str, Any]) -> bool:
    """Whether [[learner]] is an array of tables."""
    return isinstance(table.get("learner"), list)


def declared(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of [[learner]], those that are no tables as empty ones."""
    listed = table.get("learner")
    return [one if isinstance(one, Mapping) else {} for one in listed] if isinstance(listed, list) else []


def learner_id(entry: Mapping[str, Any]) -> str:
    """The key of a learner in the archive: their id, or their name in small letters, digits and hyphens."""
    given, name = entry.get("id"), entry.get("name")
    if isinstance(given, str):
        return given
    plain = unicodedata.normalize("NFKD", name if isinstance(name, str) else "").encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def learner_label(table: Mapping[str, Any], place: int) -> str:
    """A learner by name, or by place, counted from 0, where there is none."""
    name = _entry(table, place).get("name")
    return f"learner {shown(name)}" if isinstance(name, str) and name.strip() else f"learner[{place}]"


def _entry(table: Mapping[str, Any], place: int) -> Mapping[str, Any]:
    """One entry of [[learner]]; an empty one where there is none, or no table."""
    listed = table.get("learner")
    one = listed[place] if isinstance(listed, list) and place < len(listed) else {}
    return one if isinstance(one, Mapping) else {}


def view(table: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The file as it would be if this learner were alone."""
    entry = _entry(table, place)
    own: dict[str, Any] = {
        "learner": {key: value for key, value in entry.items() if key not in ("id", _OWN, _POSTS, *_SHARED)}
    }
    own |= {name: entry[name] for name in (_OWN, _POSTS) if name in entry}
    rest = {key: value for key, value in table.items() if key not in ("learner", _OWN, _POSTS, *_SHARED)}
    mail = "email" in entry
    own |= {"digest": _with_folder(table, entry, "digest"), "notes": _with_folder(table, entry, "notes")}
    own |= {"email": _merged(_without(table.get("email"), "to"), entry["email"])} if mail else {}
    if "marks" in entry:
        own |= {"marks": _marks(table.get("marks"), entry["marks"])}
    elif mail and "marks" in table:  # without mail there are no links to answer
        own |= {"marks": table["marks"]}
    return rest | own


def alone(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The file as it would be if the learner with this id were alone; a file of one as it is."""
    ids = [learner_id(entry) for entry in declared(table)]
    return view(table, ids.index(key)) if key in ids else table


def relocation(table: Mapping[str, Any], place: int) -> Callable[[Location], Location]:
    """From a place in a learner's view to the place in the file."""
    entry = _entry(table, place)

    def moved(location: Location) -> Location:
        head, *rest = location
        if head in ("learner", _OWN, _POSTS):
            return ("learner", place, *(rest if head == "learner" else location))
        if head in _SHARED and head in entry and not _said_by_all(head, rest):
            return ("learner", place, *location)
        return location

    def _said_by_all(head: int | str, rest: Sequence[int | str]) -> bool:
        """Whether a key comes from the table that all share."""
        own, common = entry.get(str(head)), table.get(str(head))
        return bool(rest) and isinstance(own, Mapping) and rest[0] not in own and rest[0] in _keys(common)

    return moved


def learner_complaints(table: Mapping[str, Any]) -> Iterator[Complaint]:
    """What is wrong with several learners beside each other."""
    entries = declared(table)
    if not entries:
        yield Complaint(("learner",), "learner: at least one [[learner]] entry is needed")
    if _OWN in table:
        yield Complaint(
            (_OWN,), "focus: there are several learners, so it goes into a [learner.focus] below each [[learner]]"
        )
    if _POSTS in table:
        yield Complaint(
            (_POSTS,), "notify: there are several learners, so it goes into a [[learner.notify]] below each [[learner]]"
        )
    if "to" in _keys(table.get("email")):
        yield Complaint(
            ("email", "to"), "email.to: there are several learners, so it goes into each one's [learner.email]"
        )
    if "marks" in table and entries and not any("email" in entry for entry in entries):
        yield Complaint(("marks",), "marks: their links stand in the mail, and no learner has a [learner.email]")
    for place, entry in enumerate(entries):
        yield from _own_complaints(table, place, entry)
    yield from _twins(table, entries)
    yield from _folders(table, entries)


def for_all(told: Sequence[Sequence[Complaint]]) -> list[Complaint]:
    """What was found in each learner's view, once; that nothing is read from the mail account, if nobody reads it."""
    found = list(dict.fromkeys(one for view in told for one in view))
    return [one for one in found if one.location != ("imap",) or all(one in view for view in told)]


def _own_complaints(table: Mapping[str, Any], place: int, entry: Mapping[str, Any]) -> Iterator[Complaint]:
    label = learner_label(table, place)
    name, given = entry.get("name"), entry.get("id")
    if "name" not in entry or (isinstance(name, str) and not name.strip()):
        yield Complaint(("learner", place, "name"), f"{label}: name: is missing")
    if "id" in entry and not (isinstance(given, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", given)):
        told = f"must be letters, digits, hyphens and underscores, at most 64, not {shown(given)}"
        yield Complaint(("learner", place, "id"), f"{label}: id: {told}")
    elif isinstance(name, str) and name.strip() and not learner_id(entry):
        yield Complaint(
            ("learner", place, "name"), f'{label}: no id can be made of the name; say one, such as id = "ada"'
        )
    elif learner_id(entry).lower() == ALONE:
        told = f"{ALONE!r} is the id of the learner in a file of one; say another id"
        yield Complaint(("learner", place, "id"), f"{label}: {told}")


def _twins(table: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
    names, ids = dict[str, int](), dict[str, int]()
    for place, entry in enumerate(entries):
        name, key = entry.get("name"), learner_id(entry).lower()
        if isinstance(name, str) and names.setdefault(name.strip().lower(), place) != place:
            yield Complaint(("learner", place, "name"), f"two learners have the same name {name!r}")
        elif key and ids.setdefault(key, place) != place:
            both = f"{learner_label(table, ids[key])} and {learner_label(table, place)}"
            at = "id" if "id" in entry else "name"
            yield Complaint(("learner", place, at), f"{both} have the same id {key!r}; give one another id")


def _folders(table: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
    """One learner's ticks and notes must not be taken for another's."""
    for name in ("digest", "notes"):
        yield from _folders_of(table, entries, name)


def _folders_of(table: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], name: str) -> Iterator[Complaint]:
    taken = _Taken()
    for place, entry in enumerate(entries):
        key = learner_id(entry)
        folder = _with_folder(table, entry, name).get("directory") if key else None
        if not isinstance(folder, str):
            continue
        path = os.path.normpath(folder)
        first = taken.by(path, key)
        taken.add(path, key, place)
        if first is None:
            continue
        both = f"{learner_label(table, first)} and {learner_label(table, place)}"
        same = path == taken.path_of[first]
        told = "write into one directory" if same else "write into directories of which one holds the other"
        where = "directory" if "directory" in _keys(entry.get(name)) else "name"
        at: Location = ("learner", place, *((name, where) if where == "directory" else (where,)))
        yield Complaint(at, f"{both} {told}: {folder!r}")


class _Taken:
    """Whose folders are where, so that ten thousand learners are compared with each other in one pass."""

    def __init__(self) -> None:
        self.path_of: dict[int, str] = {}
        self._at: dict[str, int] = {}  # the first learner with this path
        self._below: dict[str, int] = {}  # the first learner with a path inside this one
        self._ids: dict[str, int] = {}

    def by(self, path: str, key: str) -> int | None:
        """The first learner whose folder is *path*, holds it or lies in it; None, too, where their ids are complained of."""
        found = [self._at.get(one) for one in (path, *_holders(path))] + [self._below.get(path)]
        first = min((place for place in found if place is not None), default=None)
        twin = self._ids.get(key)
        return None if first is None or (twin is not None and twin <= first) else first

    def add(self, path: str, key: str, place: int) -> None:
        self.path_of[place] = path
        self._at.setdefault(path, place)
        self._ids.setdefault(key, place)
        for holder in _holders(path):
            self._below.setdefault(holder, place)


def _holders(path: str) -> Iterator[str]:
    """The folders that a path lies in, as they would be written; "." holds them all."""
    yield "."
    yield from map(str, Path(path).parents)


def _with_folder(table: Mapping[str, Any], entry: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - as it stands in the file
    """[digest] or [notes] for one learner; the directory that all share holds one of each learner's own."""
    merged = _merged(table.get(name), entry.get(name, {}))
    if not isinstance(merged, Mapping) or "directory" in _keys(entry.get(name)):
        return merged
    shared = merged.get("directory", _FOLDERS[name])
    return {**merged, "directory": f"{shared.rstrip('/')}/{learner_id(entry)}"} if isinstance(shared, str) else merged


def _marks(common: object, own: object) -> object:
    """A learner who says where replies are read from says all of it: a folder in place of a maildir, or the reverse."""
    if {"folder", "maildir"} & _keys(own):
        common = _without(_without(common, "folder"), "maildir")
    return _merged(common, own)


def _merged(common: object, own: object) -> object:
    """Two tables as one; where one of them is something else, that, so that it is complained of."""
    if not isinstance(own, Mapping) or not isinstance(common, Mapping):
        return own if common is None or not isinstance(own, Mapping) else common
    return {**common, **own}


def _without(common: object, key: str) -> object:
    return {name: value for name, value in common.items() if name != key} if isinstance(common, Mapping) else common


def _keys(table: object) -> set[str]:
    return set(table) if isinstance(table, Mapping) else set()
