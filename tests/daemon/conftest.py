"""A home with few sources, for ticks and for the process that makes them."""

from pathlib import Path

import pytest

from digest.config import Config, load_config
from digest.store import archive
from tests.make import sample_config


@pytest.fixture(name="config")
def _few_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: str, made_archive: Path) -> Config:
    """A home with two of the demo's sources, none of them arXiv, whose pause is real."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    head, *sources = sample_config(samples).split("[[sources]]")
    (tmp_path / "sources.toml").write_text("[[sources]]".join([head, *sources[1:3]]), encoding="utf-8")
    return load_config(made_archive.with_name("sources.toml"))


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()
