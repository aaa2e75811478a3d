"""A file is replaced whole or not at all, and nothing is left beside it."""

import os
from pathlib import Path

import pytest

from digest.atomic_write import atomic_write


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    """Only the file itself is there afterwards, and it keeps the permissions its owner gave it."""
    path = tmp_path / "a.txt"
    atomic_write(path, b"one")
    path.chmod(0o640)

    atomic_write(path, b"two")

    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk shows at the latest when the draft is synced."""
    path = tmp_path / "a.txt"
    atomic_write(path, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        atomic_write(path, b"two")

    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_never_readable_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even its draft, while it is written, and not where it replaces one that was."""
    path = tmp_path / "key"
    atomic_write(path, b"old")
    modes = []
    sync = os.fsync

    def seen(descriptor: int) -> None:
        modes.append(os.fstat(descriptor).st_mode & 0o777)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", seen)
    atomic_write(path, b"secret", private=True)

    assert modes == [0o600]
    assert path.stat().st_mode & 0o777 == 0o600
