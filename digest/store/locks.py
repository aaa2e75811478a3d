"""Locks beside the archive for what only one process may do at a time; the system lets go of them at a kill."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from digest.atomic_write import private_folder, private_opener
from digest.errors import ArchiveBusy, StoreError
from digest.store.spool import folder_for

_RETRY_SECONDS = 0.05


@contextmanager
def hold(archive: Path, task: str, *, wait: float = 0.0) -> Iterator[None]:
    """Be the only one at this task; ArchiveBusy names who is at it after *wait* seconds."""
    path = _path(archive, task)
    try:
        private_folder(path.parent)
        file = open(path, "a+", opener=private_opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
    with file:
        deadline = time.monotonic() + wait
        while not _taken(file):
            if time.monotonic() >= deadline:
                pid = _pid(file)
                raise ArchiveBusy(
                    f"{archive}: {task} is done by another process{f' (pid {pid})' if pid else ''}", pid=pid
                )
            time.sleep(_RETRY_SECONDS)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def holder(archive: Path, task: str) -> int | None:
    """The pid of the process at this task, 0 where it does not say, None where there is none."""
    try:
        with _path(archive, task).open() as file:
            return None if _taken(file) else _pid(file)
    except OSError:  # nobody ever did it here
        return None


def _path(archive: Path, task: str) -> Path:
    """Beside the archive itself, whatever links lead to it."""
    return folder_for(archive.resolve()) / f"{task}.lock"


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(file: IO[str]) -> int:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdecimal() else 0
