"""What every page needs of the world: the configuration as it is now, the clock, and how long to wait for the archive."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request

from digest.config import Config, load_config
from digest.errors import ConfigError
from digest.workflows.previews import Previews


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Site:
    """One served archive. The only state is the configuration last read, and for minutes what previews read."""

    config_path: Path
    #: whose page it is, by id or name; "" where there is one learner
    learner: str = ""
    #: seconds to wait while another process holds the archive
    wait: float = 10.0
    clock: Callable[[], datetime] = _utc_now
    previews: Previews = field(default_factory=Previews)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _version: tuple[int, int] | None = None
    _config: Config | None = None
    _problem: str = ""

    @property
    def config(self) -> Config:
        """The current sources.toml; while it is broken, its last valid version. ConfigError if it never was valid."""
        with self._lock:
            version = self._stamp()
            if self._config is None or version != self._version:
                self._read(version)
            if self._config is None:
                raise ConfigError(self._problem)
            return self._config

    @property
    def problem(self) -> str:
        """What is wrong with sources.toml now, in one line, or ""."""
        return self._problem

    def _read(self, version: tuple[int, int] | None) -> None:
        try:
            self._config, self._problem = load_config(self.config_path).chosen(self.learner), ""
        except ConfigError as error:
            self._problem = str(error)
        self._version = version

    def _stamp(self) -> tuple[int, int] | None:
        """Size and time of the file; None while there is none."""
        try:
            stat = self.config_path.stat()
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site
