"""What is said of a sources.toml that cannot be used: one line, naming the key, and never a secret."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from digest.config.tables import (
    Digest,
    Email,
    Embedding,
    Fetch,
    File,
    Focus,
    Imap,
    Learner,
    MarksTable,
    Project,
    SourceTable,
    Store,
)
from digest.config.values import shown
from digest.errors import ConfigError

_TABLES: dict[str, type[BaseModel]] = {
    "learner": Learner,
    "focus": Focus,
    "project": Project,
    "digest": Digest,
    "email": Email,
    "store": Store,
    "embedding": Embedding,
    "fetch": Fetch,
    "imap": Imap,
    "marks": MarksTable,
    "sources": SourceTable,
}


def refuse_secrets(table: Mapping[str, Any], where: str) -> None:
    """A password in a file that people share and commit is refused by name, and never repeated."""
    for name, variable in (("email", "DIGEST_SMTP_PASSWORD"), ("imap", "DIGEST_IMAP_PASSWORD")):
        given = table.get(name)
        for key in ("password", "pass", "passwd", "secret"):
            if isinstance(given, Mapping) and key in given:
                raise ConfigError(
                    f"{where}: {name}.{key}: passwords do not belong in this file; "
                    f'put it into an environment variable and name that in password_env = "{variable}"'
                )


def first_complaint(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=True)
    # A misspelt key that is required is missing as well; the misspelling says more.
    problem = min(problems, key=lambda found: found["type"] != "extra_forbidden")
    path = _key_path(problem["loc"])
    match problem["type"]:
        case "extra_forbidden":
            return f"{path}: unknown key{_suggestion(problem['loc'])}"
        case "missing":
            return f"{path}: is missing"
        case "too_short" if problem["loc"] == ("sources",):
            return "sources: at least one [[sources]] entry is needed"
        case "too_short":
            return f"{path}: is empty"
        case "tuple_type":
            return f'{path}: must be an array such as ["one", "two"], not {shown(problem["input"])}'
        case "model_type":
            return f"{path}: must be one table, not {shown(problem['input'])}"
        case "value_error":
            return f"{path}: {problem['msg'].removeprefix('Value error, ')}".removeprefix(": ")
        case _:
            return f"{path}: {problem['msg'][:1].lower()}{problem['msg'][1:]}, not {shown(problem['input'])}"


def source_complaint(keys: Mapping[str, Any]) -> str:
    """What is wrong with the keys of one [[sources]] entry by itself; "" where nothing is."""
    try:
        SourceTable.model_validate(keys)
    except ValidationError as error:
        return first_complaint(error)
    return ""


def _key_path(location: Sequence[int | str]) -> str:
    """('sources', 3, 'url') -> 'sources[3].url', counting from 0 as TOML tools do."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f"{'.' if path else ''}{_key(part)}"
    return path


def _key(name: str) -> str:
    """A key as it would stand in the file: in quotes, and on one line, unless it is a bare one."""
    return name if re.fullmatch(r"[\w-]+", name) else shown(name)


def _suggestion(location: Sequence[int | str]) -> str:
    table: type[BaseModel] = File
    for part in location[:-1]:
        if isinstance(part, str):
            table = _TABLES.get(part, table)
    names = [field.alias or name for name, field in table.model_fields.items()]
    return did_you_mean(str(location[-1]), names) or f"; known here: {', '.join(names)}"


def did_you_mean(typed: str, names: Iterable[str]) -> str:
    """The end of a message that suggests the nearest of some names, whatever their case; "" where none is near."""
    known = {name.lower(): name for name in names}
    near = difflib.get_close_matches(typed.lower(), known, n=1)
    return f"; did you mean {known[near[0]]!r}?" if near else ""
