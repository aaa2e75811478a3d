"""A learner's settings as they are carried to another machine: what they declared as JSON, without the sources. Pure."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from digest.config import Config
from digest.config.tables import Settings
from digest.errors import ConfigError
from digest.records import Source

#: What a learner may say for themselves; the other tables are the same for all.
OWN = ("learner", "focus", "digest", "email", "notify", "notes", "marks")
COMMON = tuple(name for name in Settings.model_fields if name not in OWN)


def own_settings(view: Config) -> str:
    """A learner's own tables as JSON, without what is as it is by default; the machine's time zone is said by name."""
    tables = _tables(view, OWN)
    zone = getattr(view.zone, "key", None)
    return _json(tables | {"learner": tables.get("learner", {}) | ({"timezone": zone} if zone else {})})


def common_settings(view: Config) -> str:
    """The tables that all learners share as JSON, without the sources."""
    return _json(_tables(view, COMMON))


def restored(
    learners: Iterable[tuple[str, str]], common: str, *, sources: Sequence[Source] = (), folder: Path = Path()
) -> Iterator[Config]:
    """The views of learners, each by itself, of their ids and what `own_settings` made of them.

    ConfigError names the learner whose settings cannot be read.
    """
    shared, first, held = json.loads(common), None, tuple(sources)
    for learner_id, own in learners:
        try:
            settings = Settings.model_validate(shared | json.loads(own))
        except (ValidationError, ValueError, TypeError) as error:
            raise ConfigError(f"the settings of the learner {learner_id!r} cannot be read") from error
        given: dict[str, Any] = {name: getattr(settings, name) for name in Settings.model_fields}
        first = first or Config(**given, sources=held, folder=folder)
        # A copy, so that a hundred thousand sources are checked and held once.
        yield first.model_copy(update=given | {"learner_id": learner_id})


def _tables(view: Config, names: Iterable[str]) -> dict[str, Any]:
    return dict(_said(view, names))


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a table may hold
    """A value as TOML would say it, in JSON."""
    match value:
        case BaseModel():
            return dict(_said(value, type(value).model_fields))
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case dt.time():
            return value.strftime("%H:%M")
        case dt.date():
            return value.isoformat()
        case dt.timedelta():
            return f"{value.total_seconds():f}s"
        case ZoneInfo():
            return value.key
    return value


def _said(table: BaseModel, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The keys of a table that are not as they are by default."""
    for name in names:
        field, value = type(table).model_fields[name], getattr(table, name)
        if value != field.get_default(call_default_factory=True):
            yield field.alias or name, f"{value}B" if name == "max_body" else _plain(value)


def _json(tables: Mapping[str, Any]) -> str:
    return json.dumps(tables, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
