"""A home with the demo's sources on loopback, and a process that holds an archive."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.config import Config, load_config
from digest.demo import demo_config, serve_samples

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
Holder = Callable[[Path], AbstractContextManager[int]]


@pytest.fixture(name="now")
def _now() -> datetime:
    return NOW


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serve_samples(NOW) as base_url:
        (tmp_path / "sources.toml").write_text(demo_config(base_url), encoding="utf-8")
        yield load_config(tmp_path / "sources.toml")


@pytest.fixture(name="held")
def _held() -> Holder:
    @contextmanager
    def hold(archive: Path) -> Iterator[int]:
        """Another process has the archive open, as a DuckDB shell left open would; yields its pid."""
        code = f"import duckdb, sys; db = duckdb.connect({str(archive)!r}); print('held', flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            try:
                yield process.pid
            finally:
                process.communicate()

    return hold
