"""sources.toml -> Config: the whole contract, checked once, before anything else runs.

`parse_config` is pure; `load_config` and `check_config` open the file.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from digest.config import groups, learners
from digest.config.contradictions import Complaint, OfSources
from digest.config.file import File
from digest.config.learners import ALONE
from digest.config.messages import complaints, complaints_of_view, did_you_mean, labelled
from digest.config.notify import Notify
from digest.config.positions import line_numbers, line_of
from digest.config.tables import (
    Digest,
    Email,
    Embedding,
    Fetch,
    Focus,
    Group,
    Imap,
    Learner,
    MarksTable,
    Notes,
    Project,
    Settings,
    Store,
)
from digest.errors import ConfigError
from digest.records import Source

__all__ = [
    "ALONE",
    "DAYS",
    "Complaint",
    "Config",
    "Digest",
    "Email",
    "Embedding",
    "Fetch",
    "Focus",
    "Group",
    "Imap",
    "Learner",
    "MarksTable",
    "Notes",
    "Notify",
    "Project",
    "Store",
    "check_config",
    "expanded",
    "find_config",
    "load_config",
    "parse_config",
    "parse_text",
    "parse_toml",
]

#: So many dots in a line are a key of many parts, which the parser takes minutes for.
_MOST_DOTS = 1_000

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Config(Settings):
    """All that sources.toml says to one learner; `folder` is where its relative paths start."""

    sources: tuple[Source, ...]
    folder: Path = Path()
    #: under what the archive keeps this learner's rows; "" reads everybody's
    learner_id: str = ALONE
    #: every learner's view where the file has [[learner]], else nothing
    _together: "tuple[Config, ...]" = PrivateAttr(())

    @property
    def learners(self) -> "tuple[Config, ...]":
        """The view of each learner of the file, in its order; this one alone where there is one [learner]."""
        views = (self if view.learner_id == self.learner_id else view for view in self._together)
        return tuple(view._beside(self._together) for view in views) or (self,)

    @property
    def learner_names(self) -> dict[str, str]:
        """The name of each learner of the file by id, in its order; quicker than all their views."""
        return {view.learner_id: view.learner.name for view in self._together or (self,)}

    def for_learner(self, named: str) -> "Config":
        """The view of the learner with this id or name; ConfigError where there is none."""
        for view in self._together or (self,):
            if named == view.learner_id or (named and named.casefold() == view.learner.name.casefold()):
                return self if view.learner_id == self.learner_id else view._beside(self._together)
        names = [name or key for key, name in self.learner_names.items()]
        known = did_you_mean(named, names) or f"; there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
        raise ConfigError(f"there is no learner named {named!r} in sources.toml{known}")

    def chosen(self, named: str) -> "Config":
        """The view of the learner with this id or name, who need not be named where there is no other."""
        if not named and len(self._together) > 1:
            names = ", ".join(self.learner_names.values())
            raise ConfigError(f"whose? say --learner NAME, or set DIGEST_LEARNER; there are {names}")
        return self.for_learner(named) if named else self

    @property
    def for_everybody(self) -> "Config":
        """A view that reads all learners' rows and writes none; this one where there is one learner."""
        return self.model_copy(update={"learner_id": ""}) if len(self._together) > 1 else self

    @property
    def alone(self) -> "Config":
        """This view without the others beside it."""
        return self._beside(())

    def _beside(self, views: "tuple[Config, ...]") -> "Config":
        beside = self.model_copy()
        beside._together = views
        return beside

    @property
    def archive(self) -> Path:
        return self.folder / expanded(self.store.path, "[store] path")

    @property
    def digest_folder(self) -> Path:
        return self.folder / expanded(self.digest.directory, "[digest] directory")

    @property
    def notes_folder(self) -> Path:
        return self.folder / expanded(self.notes.directory, "[notes] directory")

    @property
    def zone(self) -> dt.tzinfo:
        return self.learner.timezone or _machine_zone()

    def scratch_copy(self, folder: Path) -> "Config":
        """The same settings with archive and digests in *folder*, and no mail or posts: for work on a copy of the archive."""
        copies = tuple(one._copied_to(folder) for one in self._together)
        return self._copied_to(folder)._beside(copies)

    def _copied_to(self, folder: Path) -> "Config":
        directory = folder / "digests" / (self.learner_id if self.learner_id != ALONE else "")
        digest = self.digest.model_copy(update={"directory": str(directory)})
        store = self.store.model_copy(update={"path": str(folder / self.archive.name)})
        notes = self.notes.model_copy(update={"directory": str(self.notes_folder.absolute())})  # are only read
        changes: dict[str, object] = {"email": None, "notify": (), "store": store, "digest": digest, "notes": notes}
        if self.group is not None:
            own = self.group.digest.model_copy(update={"directory": str(folder / "digests" / "group")})
            changes["group"] = self.group.model_copy(update={"email": None, "digest": own})
        return self.model_copy(update=changes)


def parse_config(table: Mapping[str, Any], *, folder: Path = Path(), where: str = "sources.toml") -> Config:
    """Check a parsed sources.toml; a ConfigError names the first thing that is wrong, and how much more is."""
    found = _checked(table, folder)
    if isinstance(found, Config):
        return found
    raise _refusal(where, [one.text for one in found])


def load_config(path: Path) -> Config:
    """Read and check the sources.toml at *path*; a ConfigError names the first thing that is wrong, with its line."""
    text, table = _read(path)
    return _valid(text, table, folder=path.absolute().parent, where=str(path))


def parse_text(text: str, *, folder: Path, where: str = "sources.toml") -> Config:
    """The same for a text that is not in a file yet."""
    text = text.removeprefix("\ufeff")
    return _valid(text, parse_toml(text, where=where), folder=folder, where=where)


def _valid(text: str, table: Mapping[str, Any], *, folder: Path, where: str) -> Config:
    found = _checked(table, folder)
    if isinstance(found, Config):
        return found
    raise _refusal(where, _with_lines(found, text))


def check_config(path: Path, more: Callable[[Config], Iterable[Complaint]]) -> tuple[Config | None, list[str]]:
    """The configuration at *path*, if it can be used, and everything that is wrong with it, each with its line.

    *more* finds what is wrong around a configuration that is valid by itself.
    """
    text, table = _read(path)
    found = _checked(table, path.absolute().parent)
    if isinstance(found, Config):
        return found, _with_lines(list(_of_views(found, table, more)), text)
    return None, _with_lines(found, text)


def _checked(table: Mapping[str, Any], folder: Path) -> Config | list[Complaint]:
    try:
        if learners.are_several(table):
            return _checked_views(table, folder)
        file = File.model_validate(table)
    except ValidationError as error:
        return complaints(table, error)
    except RecursionError as error:
        raise ConfigError(f"{folder / 'sources.toml'}: is nested too deep for a sources.toml") from error
    return [*complaints(table), *groups.group_complaints(table)] or _config(file, file, folder)


def _checked_views(table: Mapping[str, Any], folder: Path) -> Config | list[Complaint]:
    """The first learner's view, beside those of the others; or all that is wrong in any of them."""
    found = [*learners.learner_complaints(table), *groups.group_complaints(table)]
    views: list[Config] = []
    told: list[list[Complaint]] = []
    shared: OfSources = {}
    for place, entry in enumerate(learners.declared(table)):
        view, error = learners.view(table, place) | groups.with_defaults(table), None
        try:
            # What all share is checked once, with the first, and held once.
            if place == 0:
                file = File.model_validate(view)
                views.append(_config(file, file, folder, learner_id=learners.learner_id(entry)))
            else:
                settings = Settings.model_validate({key: value for key, value in view.items() if key != "sources"})
                views += [_beside_first(one, settings, learners.learner_id(entry)) for one in views[:1]]
        except ValidationError as wrong:
            error = wrong
        moved = learners.relocation(table, place)
        told.append(complaints_of_view(table, error, view=view, moved=moved, known=shared))
    found += learners.for_all(told)
    return found or views[0]._beside(tuple(views))


def _config(settings: Settings, file: File, folder: Path, learner_id: str = ALONE) -> Config:
    given = {name: getattr(settings, name) for name in Settings.model_fields}
    sources = tuple(source.record(file.imap) for source in file.sources)
    return Config(**given, sources=sources, folder=folder, learner_id=learner_id)


def _beside_first(first: Config, settings: Settings, learner_id: str) -> Config:
    """Another learner's view, which has its sources in common with the first one's."""
    given: dict[str, object] = {name: getattr(settings, name) for name in Settings.model_fields}
    return first.model_copy(update=given | {"learner_id": learner_id})


def _of_views(
    config: Config, table: Mapping[str, Any], more: Callable[[Config], Iterable[Complaint]]
) -> Iterable[Complaint]:
    """What is wrong around each learner's view, once, where it stands in the file."""
    if not learners.are_several(table):
        return more(config)
    views = enumerate(config.learners)
    found = (labelled(table, more(view), learners.relocation(table, place)) for place, view in views)
    return dict.fromkeys(one for complaints in found for one in complaints)


def _with_lines(found: Sequence[Complaint], text: str) -> list[str]:
    """The complaints in the file's order, those about what is missing altogether first."""
    lines = line_numbers(text)
    placed = sorted(((line_of(one.location, lines), one.text) for one in found), key=lambda one: one[0])
    return [f"line {line}: {told}" if line else told for line, told in placed]


def _refusal(where: str, told: Sequence[str]) -> ConfigError:
    more = f" (and {len(told) - 1} more; `digest check` lists all)" if len(told) > 1 else ""
    return ConfigError(f"{where}: {told[0]}{more}")


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    return text, parse_toml(text, where=str(path))


def parse_toml(text: str, *, where: str) -> dict[str, Any]:
    """The tables of a TOML text; ConfigError where it is none, or nested too deep to be a sources.toml."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > _MOST_DOTS:
            raise ConfigError(
                f"{where}: line {number}: has more than {_MOST_DOTS} dots; put long lists on several lines"
            )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: is not valid TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{where}: is nested too deep for a sources.toml") from error


def expanded(path: str, where: str) -> Path:
    """A path with `~` and `~user` filled in; ConfigError for a user that there is not."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{where}: {path!r} begins with a user that this machine does not have") from error


def find_config(given: Path | None, environment: Mapping[str, str], *, home: Path, here: Path) -> Path:
    """Where sources.toml is looked for: --config, DIGEST_CONFIG, here, then the user's own."""
    if given is not None:
        return given
    if named := environment.get("DIGEST_CONFIG"):
        return expanded(named, "DIGEST_CONFIG")
    own = home / ".config" / "digest" / "sources.toml"
    if not (here / "sources.toml").exists() and own.exists():
        return own
    return here / "sources.toml"


def _machine_zone() -> dt.tzinfo:
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (ValueError, OSError, KeyError) as error:
        raise ConfigError(
            'this machine\'s time zone has no name; say timezone = "Europe/Berlin" in [learner]'
        ) from error
