"""Fixtures: homes with the demo's sources on loopback, and a process that holds an archive."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from digest import pipeline
from digest.config import Config, load_config
from digest.demo import serve_samples
from digest.fetch import client
from digest.fetch.limits import FetchLimits
from tests.make import sample_config
from tests.workflows.steps import fetch_and_ingest

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
Holder = Callable[[Path], AbstractContextManager[int]]


@pytest.fixture(name="now")
def _now() -> datetime:
    return NOW


@pytest.fixture(name="samples", scope="session")
def _samples() -> Iterator[str]:
    """The address of the demo's feeds."""
    with serve_samples(NOW) as base_url:
        yield base_url


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: str, made_archive: Path) -> Config:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # arXiv's three seconds are tested where requests are made; here every second run would wait for them.
    monkeypatch.setattr(client, "fetch_all", partial(client.fetch_all, limits=FetchLimits(arxiv_gap=0.01)))
    return _home(made_archive.parent, samples)


def _home(folder: Path, samples: str) -> Config:
    (folder / "sources.toml").write_text(sample_config(samples), encoding="utf-8")
    return load_config(folder / "sources.toml")


@pytest.fixture(name="_fetched_home", scope="session")
def _fetched_once(tmp_path_factory: pytest.TempPathFactory, samples: str) -> Path:
    return _made(tmp_path_factory.mktemp("fetched"), samples, lambda config: fetch_and_ingest(config, NOW))


@pytest.fixture(name="_built_home", scope="session")
def _built_once(tmp_path_factory: pytest.TempPathFactory, samples: str) -> Path:
    return _made(tmp_path_factory.mktemp("built"), samples, lambda config: pipeline.run(config, NOW, end_period=True))


def _made(folder: Path, samples: str, make: Callable[[Config], object]) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        make(_home(folder, samples))
    return folder


@pytest.fixture(name="fetched")
def _fetched(config: Config, _fetched_home: Path) -> Config:
    """What all sources hold is stored, and nothing ranked: a copy, as making it takes seconds."""
    shutil.copytree(_fetched_home, config.folder, dirs_exist_ok=True)
    return config


@pytest.fixture(name="built")
def _built(config: Config, _built_home: Path) -> Config:
    """The first issue is written too; its files are where they were made."""
    shutil.copytree(_built_home, config.folder, dirs_exist_ok=True)
    return config


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
