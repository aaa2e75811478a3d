"""What is said of a sources.toml that cannot be used: one line each, naming the key, and never a secret."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from digest.config.contradictions import Complaint, OfSources, contradictions, source_label
from digest.config.file import File, SourceTable
from digest.config.learners import learner_label
from digest.config.notify import Notify, notify_secrets, notify_twins
from digest.config.positions import Location
from digest.config.tables import (
    Digest,
    Email,
    Embedding,
    Fetch,
    Focus,
    Group,
    Imap,
    Learner,
    LearnerEntry,
    MarksTable,
    Notes,
    Project,
    Store,
)
from digest.config.values import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_TABLES: dict[str, type[BaseModel]] = {
    "learner": Learner,
    "focus": Focus,
    "project": Project,
    "digest": Digest,
    "email": Email,
    "notes": Notes,
    "store": Store,
    "embedding": Embedding,
    "fetch": Fetch,
    "imap": Imap,
    "group": Group,
    "marks": MarksTable,
    "notify": Notify,
    "sources": SourceTable,
}


#: Tables below a [[learner]], which a single [learner] has at the top.
_OF_MANY = ("focus", "digest", "email", "marks", "notes", "notify")
#: What people write for a kind of source, where no letter is near.
_KINDS = {"rss": "feed", "atom": "feed", "rdf": "feed", "json": "feed", "xml": "feed", "blog": "feed", "site": "page"}
_KINDS |= {"github": "releases", "hn": "hackernews", "mail": "newsletter", "email": "newsletter", "html": "page"}


def complaints(table: Mapping[str, Any], error: ValidationError | None = None) -> list[Complaint]:
    """All that is wrong with a parsed sources.toml, where *error* is what its types and bounds found."""
    return complaints_of_view(table, error, view=table, moved=lambda location: location)


def complaints_of_view(
    table: Mapping[str, Any],
    error: ValidationError | None,
    *,
    view: Mapping[str, Any],
    moved: Callable[[Location], Location],
    known: OfSources | None = None,
) -> list[Complaint]:
    """The same of one learner's *view* of the file, each where it stands in the whole *table*.

    *known* is one for all views of a file.
    """
    secrets = list(labelled(table, _secrets(view), moved))
    told = {one.location for one in secrets}
    problems = error.errors(include_url=False, include_input=True) if error else []
    for problem in problems:
        problem["loc"] = moved(problem["loc"])
    # A misspelt key that is required is missing as well, and an array of wrong entries too short; both say less.
    told |= {("sources",)} if any(p["loc"][:1] == ("sources",) and len(p["loc"]) > 1 for p in problems) else set()
    deep = {p["loc"][:-1] for p in problems}
    misspelt = {(*p["loc"][:-1], _nearest_key(p["loc"])) for p in problems if p["type"] == "extra_forbidden"}
    found = [
        Complaint(p["loc"], _complaint(table, p))
        for p in sorted(problems, key=lambda p: p["type"] != "extra_forbidden")
        if p["loc"] not in told
        and not (p["type"] == "missing" and p["loc"] in misspelt)
        and not (p["type"] == "too_short" and p["loc"] in deep)
    ]
    beside = [*contradictions(view, known), *notify_twins(view)]
    return [*secrets, *found, *labelled(table, beside, moved)]


def labelled(
    table: Mapping[str, Any], found: Iterable[Complaint], moved: Callable[[Location], Location]
) -> Iterator[Complaint]:
    """Complaints of a view where they stand in the file, with the learner in whose table that is."""
    for one in found:
        place = moved(one.location)
        whose = f"{learner_label(table, int(place[1]))}: " if place != one.location else ""
        yield Complaint(place, f"{whose}{one.text}")


def source_complaint(keys: Mapping[str, Any]) -> str:
    """What is wrong with the keys of one [[sources]] entry by itself; "" where nothing is."""
    try:
        SourceTable.model_validate(keys)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_input=True)
        return _complaint({}, first)
    return ""


def _secrets(table: Mapping[str, Any]) -> Iterator[Complaint]:
    """A password in a file that people share and commit is refused by name, and never repeated."""
    yield from notify_secrets(table)
    for name, variable in (("email", "DIGEST_SMTP_PASSWORD"), ("imap", "DIGEST_IMAP_PASSWORD")):
        given = table.get(name)
        for key in ("password", "pass", "passwd", "secret"):
            if isinstance(given, Mapping) and key in given:
                yield Complaint(
                    (name, key),
                    f"{name}.{key}: passwords do not belong in this file; "
                    f'put it into an environment variable and name that in password_env = "{variable}"',
                )


def _complaint(table: Mapping[str, Any], problem: "ErrorDetails") -> str:
    """One line on one problem."""
    location = problem["loc"]
    path = key_path(table, location)
    match problem["type"]:
        case "extra_forbidden" if location[0] == "learner" and len(location) == 2 and location[1] in _OF_MANY:
            return f"{path}: goes below a [[learner]], of which there may be several; for one learner it is [{location[1]}]"
        case "extra_forbidden":
            near = _nearest_key(location)
            return f"{path}: unknown key" + (
                f"; did you mean {near!r}?" if near else f"; known here: {', '.join(_keys_at(location))}"
            )
        case "missing":
            return f"{path}: is missing"
        case "too_short" if location == ("sources",):
            return "sources: at least one [[sources]] entry is needed"
        case "too_short":
            return f"{path}: is empty"
        case "tuple_type":
            return f"{path}: {_no_array(problem)}"
        case "model_type":
            return f"{path}: must be one table, not {shown(problem['input'])}"
        case "literal_error":
            return f"{path}: {_one_of(problem)}"
        case "value_error":
            return f"{path}: {problem['msg'].removeprefix('Value error, ')}".removeprefix(": ")
        case _:
            message = problem["msg"].replace("Input should be", "must be", 1)
            return f"{path}: {message[:1].lower()}{message[1:]}, not {shown(problem['input'])}"


def _no_array(problem: "ErrorDetails") -> str:
    """What a key with something else than an array should hold."""
    location = problem["loc"]
    if location[-1] == "notify":
        names = [part for part in location if isinstance(part, str)]
        return f"there may be several, so its header is [[{'.'.join(names)}]]"
    return f'must be an array such as ["one", "two"], not {shown(problem["input"])}'


def _one_of(problem: "ErrorDetails") -> str:
    """The few words that a key takes, and the one that was meant."""
    words = [word for word in re.findall(r"'([^']*)'", problem["ctx"]["expected"]) if word]
    given = problem["input"]
    meant = _KINDS.get(given.lower(), given) if isinstance(given, str) and problem["loc"][-1] == "kind" else given
    near = did_you_mean(meant, words) if isinstance(meant, str) else ""
    return f"must be {', '.join(map(repr, words[:-1]))} or {words[-1]!r}, not {shown(given)}{near}"


def key_path(table: Mapping[str, Any], location: Sequence[int | str]) -> str:
    """('sources', 3, 'url') -> "source 'Blog': url", and ('focus', 'topics', 0) -> "focus.topics[0]"."""
    match tuple(location):
        case ("sources", int() as place, *inner):
            label = source_label(table, place)
            between = "." if label.startswith("sources[") else ": "
            return between.join([label, *([_joined(inner)] if inner else [])])
        case ("learner", int() as place, *inner):
            label = learner_label(table, place)
            between = "." if label.startswith("learner[") else ": "
            return between.join([label, *([_joined(inner)] if inner else [])])
        case whole:
            return _joined(whole)


def _joined(location: Sequence[int | str]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f"{'.' if path else ''}{_key(part)}"
    return path


def _key(name: str) -> str:
    """A key as it would stand in the file: in quotes, and on one line, unless it is a bare one."""
    return name if re.fullmatch(r"[\w-]+", name) else shown(name)


def _keys_at(location: Sequence[int | str]) -> list[str]:
    """The keys that there are where an unknown one stands."""
    table: type[BaseModel] = File
    for part in location[:-1]:
        if isinstance(part, str):
            table = _TABLES.get(part, table)
        elif table is Learner:
            table = LearnerEntry
    return [field.alias or name for name, field in table.model_fields.items()]


def _nearest_key(location: Sequence[int | str]) -> str:
    near = difflib.get_close_matches(str(location[-1]), _keys_at(location), n=1)
    return near[0] if near else ""


def did_you_mean(typed: str, names: Iterable[str]) -> str:
    """The end of a message that suggests the nearest of some names, whatever their case; "" where none is near."""
    known = {name.lower(): name for name in names}
    near = difflib.get_close_matches(typed.lower(), known, n=1)
    return f"; did you mean {known[near[0]]!r}?" if near else ""
