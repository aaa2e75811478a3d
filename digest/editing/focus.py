"""Change what is declared in [focus]: a pure function of the text of sources.toml."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import tomlkit

from digest.config import parse_toml
from digest.config.positions import statements
from digest.config.values import LEANS
from digest.editing.literals import string, string_list
from digest.errors import ConfigError

_BY_HAND = "its [focus] is laid out in a way that cannot be edited here; edit it by hand"
_HEADER = re.compile(r"\s*\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusEdit:
    """What [focus] is to say; the fields are its keys, in the order in which new ones are written."""

    statement: str
    lean: str | float
    topics: tuple[str, ...]
    avoid: tuple[str, ...]


def set_focus(text: str, edit: FocusEdit, *, where: str) -> str:
    """The text of sources.toml with these values; what else stands in it stays byte for byte, comments too.

    The result is not checked: read it with `config.parse_text`. ConfigError where [focus] cannot be edited.
    """
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    before = text.removeprefix(bom)
    table = parse_toml(before, where=where)
    if isinstance(table.get("learner"), list):
        raise ConfigError(f"{where}: names several learners; edit your own [learner.focus] by hand")
    stated = table.get("focus", {})
    changed = {
        field.name: value
        for field in fields(edit)
        if _meant(value := _plain(getattr(edit, field.name))) != _meant(stated.get(field.name, _UNSAID.get(field.name)))
    }
    after = "".join(_edited(before, changed, stated, where)) if changed else before
    _check(after, table, changed, where)
    return bom + after


#: What it means that a key is not there.
_UNSAID: dict[str, object] = {"topics": [], "avoid": [], "lean": "balanced"}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _meant(value: object) -> object:
    """A lean by its share, anything else as it is."""
    return LEANS.get(value, value) if isinstance(value, str) else value


def _edited(text: str, changed: dict[str, Any], stated: dict[str, Any], where: str) -> Iterator[str]:
    """The statements of the file, those of [focus] with the new values."""
    parts, inside = list[_Part](), False
    for statement, parsed in statements(text):
        if _HEADER.match(statement) and parsed:
            inside = parsed == {"focus": {}} and not statement.lstrip().startswith("[[")
        parts.append(_Part(statement, inside, next(iter(parsed), "") if inside and "focus" not in parsed else ""))
    for key in [field.name for field in fields(FocusEdit) if field.name in changed]:
        place = next((at for at, part in enumerate(parts) if part.key == key), None)
        if place is not None:
            literal = _literal(changed[key])
            parts[place] = _Part(_rewritten(parts[place].text, key, literal, stated[key], where), True, key)
            continue
        place = _place_for(parts, key, where)
        parts[place] = _Part(_ended(parts[place].text), True, parts[place].key)
        end = "\r\n" if parts[place].text.endswith("\r\n") else "\n"
        added = f"{key} = {_literal(changed[key])('', ())}".replace("\n", end)
        parts.insert(place + 1, _Part(added + end, True, key))
    yield from (part.text for part in parts)


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement, whether it lies in [focus], and the key that it sets there."""

    text: str
    inside: bool
    key: str


def _place_for(parts: Sequence[_Part], key: str, where: str) -> int:
    """The part behind which a new key goes: a comment that shows its default, else the nearest key before it."""
    inside = [at for at, part in enumerate(parts) if part.inside]
    shown = [at for at in inside if re.match(rf"\s*#\s*{key}\s*=", parts[at].text)]
    known = [at for at in inside if parts[at].key]
    if not inside:
        raise ConfigError(f"{where}: {_BY_HAND}")
    return (shown or known or inside)[-1 if shown else 0]


def _rewritten(statement: str, key: str, literal: "_Literal", was: Any, where: str) -> str:  # noqa: ANN401 - any TOML value
    """A statement with another value; what stands around the value stays."""
    item = tomlkit.parse(statement)[key]
    old, trivia = item.as_string(), item.trivia
    behind = f"{trivia.comment_ws}{trivia.comment}{trivia.trail}"
    before = statement.removesuffix(behind).removesuffix(old)
    if before + old + behind != statement:
        raise ConfigError(f"{where}: {_BY_HAND}")
    try:
        new = literal(old.replace("\r\n", "\n"), was)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{where}: {_BY_HAND}") from error
    return before + (new.replace("\n", "\r\n") if statement.endswith("\r\n") else new) + behind


#: Makes the new literal from the old one and the value that it had.
_Literal = Callable[[str, Any], str]


def _literal(value: Any) -> _Literal:  # noqa: ANN401 - any TOML value
    if isinstance(value, list):
        return lambda before, was: string_list(value, before=before, was=was)
    return lambda before, was: string(value) if isinstance(value, str) else repr(value)


def _ended(statement: str) -> str:
    return statement if statement.endswith("\n") else f"{statement}\n"


def _check(after: str, table: dict[str, Any], changed: dict[str, Any], where: str) -> None:
    """The new text says what the old one said, but for what was to change."""
    try:
        found = tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: {_BY_HAND}") from error
    if found != table | {"focus": table.get("focus", {}) | changed}:
        raise ConfigError(f"{where}: {_BY_HAND}")
