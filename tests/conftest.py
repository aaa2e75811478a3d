"""What several rooms' tests begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.store.archive import Connection, open_archive


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where an archive will be made; nothing is there yet."""
    return tmp_path / "digest.duckdb"


@pytest.fixture(name="empty_archive", scope="session")
def _empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without items, made once: copying a file is quicker than writing tables and views."""
    path = tmp_path_factory.mktemp("store") / "empty.duckdb"
    with open_archive(path):
        pass
    return path


@pytest.fixture
def db(archive: Path, empty_archive: Path) -> Iterator[Connection]:
    """An archive without items, open for writing."""
    shutil.copy(empty_archive, archive)
    with open_archive(archive) as connection:
        yield connection
