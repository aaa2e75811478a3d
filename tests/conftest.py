"""Fixtures shared by several packages' tests."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

# Every worker has a processor of its own already; more threads would only wait for one another.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from digest.store.archive import Connection, open_archive

pytest_plugins = ["tests.homes"]

# `scripts/test --all` asks for the thorough one. Machines are too unlike for a deadline.
settings.register_profile("quick", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=150, deadline=None)
settings.load_profile("quick")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto` one more than there are processors: many a test waits for a server or another process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True, scope="session")
def _no_name_is_looked_up() -> Iterator[None]:
    """No test asks a server of the world, such as arXiv for the demo's project: only this machine has a name."""
    known = socket.getaddrinfo

    def here(host: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - the socket module's own
        with suppress(ValueError):
            return known(ipaddress.ip_address(host or "127.0.0.1").compressed, *arguments, **named)
        if host not in ("localhost", b"localhost"):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return known(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", here)
        yield


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
def made_archive(archive: Path, empty_archive: Path) -> Path:
    """An archive without items, where a home in `tmp_path` has its own."""
    return Path(shutil.copy(empty_archive, archive))


@pytest.fixture
def db(made_archive: Path) -> Iterator[Connection]:
    """An archive without items, open for writing."""
    with open_archive(made_archive) as connection:
        yield connection
