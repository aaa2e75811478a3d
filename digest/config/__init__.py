"""sources.toml -> Config: the whole contract, checked once, before anything else runs.

`parse_config` is pure; `load_config` is the only function here that opens a file.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from digest.config.messages import first_complaint, refuse_secrets
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
    Settings,
    Store,
)
from digest.errors import ConfigError
from digest.records import Source

__all__ = [
    "DAYS",
    "Config",
    "Digest",
    "Email",
    "Embedding",
    "Fetch",
    "Focus",
    "Imap",
    "Learner",
    "MarksTable",
    "Project",
    "Store",
    "find_config",
    "load_config",
    "parse_config",
]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Config(Settings):
    """All that sources.toml says; `folder` is where its relative paths start."""

    sources: tuple[Source, ...]
    folder: Path = Path()

    @property
    def archive(self) -> Path:
        return self.folder / Path(self.store.path).expanduser()

    @property
    def digest_folder(self) -> Path:
        return self.folder / Path(self.digest.directory).expanduser()

    @property
    def zone(self) -> dt.tzinfo:
        return self.learner.timezone or _machine_zone()

    def scratch_copy(self, folder: Path) -> "Config":
        """The same settings with archive and digests in *folder*, and no mail: for work on a copy of the archive."""
        digest = self.digest.model_copy(update={"directory": str(folder / "digests")})
        store = self.store.model_copy(update={"path": str(folder / self.archive.name)})
        return self.model_copy(update={"email": None, "store": store, "digest": digest})


def parse_config(table: Mapping[str, Any], *, folder: Path = Path(), where: str = "sources.toml") -> Config:
    """Check a parsed sources.toml; the first thing wrong is a ConfigError naming its key."""
    refuse_secrets(table, where)
    try:
        file = File.model_validate(table)
    except ValidationError as error:
        raise ConfigError(f"{where}: {first_complaint(error)}") from error
    given = {name: getattr(file, name) for name in Settings.model_fields}
    return Config(**given, sources=tuple(source.record(file.imap) for source in file.sources), folder=folder)


def load_config(path: Path) -> Config:
    """Read and check the sources.toml at *path*."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error
    return parse_config(table, folder=path.absolute().parent, where=str(path))


def find_config(given: Path | None, environment: Mapping[str, str], *, home: Path, here: Path) -> Path:
    """Where sources.toml is looked for: --config, DIGEST_CONFIG, here, then the user's own."""
    if given is not None:
        return given
    if named := environment.get("DIGEST_CONFIG"):
        return Path(named).expanduser()
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
