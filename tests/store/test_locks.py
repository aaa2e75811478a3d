"""Locks beside the archive: one process at a task, named to the others, and gone with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from digest.errors import ArchiveBusy
from digest.store import locks


def test_the_second_is_told_who_is_at_it(tmp_path: Path) -> None:
    """Another process's pid is in the error, and free again once it is gone, however it went."""
    archive = tmp_path / "digest.duckdb"
    code = (
        "import sys; from pathlib import Path; from digest.store import locks\n"
        f"with locks.hold(Path({str(archive)!r}), 'serving'): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert locks.holder(archive, "serving") == other.pid
        with pytest.raises(ArchiveBusy, match=f"pid {other.pid}") as raised, locks.hold(archive, "serving"):
            pass
        assert raised.value.pid == other.pid
        other.kill()
        other.wait()

    assert locks.holder(archive, "serving") is None
    with locks.hold(archive, "serving"):
        pass


def test_tasks_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    """Serving does not keep anybody from delivering."""
    archive = tmp_path / "digest.duckdb"
    with locks.hold(archive, "serving"), locks.hold(archive, "delivering"):
        assert locks.holder(archive, "looking") is None


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    """Asking alone makes no file."""
    assert locks.holder(tmp_path / "digest.duckdb", "serving") is None
    assert list(tmp_path.iterdir()) == []
