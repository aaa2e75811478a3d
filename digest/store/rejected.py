"""Answers that no parser could read, set aside beside the spool for a person to look at.

The folder is bounded in files and bytes, as strangers decide what comes into it: the newest stay.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from digest.atomic_write import atomic_write, private_folder

_FILES_AT_MOST = 50
_BYTES_AT_MOST = 64 * 10**6
#: of one answer
_KEPT_AT_MOST = 8 * 10**6


def set_aside(spool: Path, name: str, pieces: Iterable[bytes]) -> str:
    """Keep *pieces* as one file, named after the source *name* and its content; say where, or why not."""
    data = b"\n".join(pieces)[:_KEPT_AT_MOST]
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "source"
    path = _folder(spool) / f"{readable}-{hashlib.sha256(data).hexdigest()[:12]}.rejected"
    try:
        private_folder(path.parent)
        atomic_write(path, data, private=True, durable=False)
        _forget_oldest(spool)
    except OSError as error:  # whatever is wrong with the disk, the other sources come first
        return f"not kept: {error.strerror or error}"
    return f"set aside in {path}"


def rejected(spool: Path) -> list[Path]:
    """What was set aside, newest first."""
    files = [path for path in _folder(spool).glob("*.rejected") if path.is_file()]
    return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _folder(spool: Path) -> Path:
    return spool / "rejected"


def _forget_oldest(spool: Path) -> None:
    total = 0
    for count, path in enumerate(rejected(spool), start=1):
        total += path.stat().st_size
        if count > 1 and (count > _FILES_AT_MOST or total > _BYTES_AT_MOST):
            path.unlink(missing_ok=True)
