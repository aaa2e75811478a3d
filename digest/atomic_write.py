"""Write a file in one step: a reader, or the next start after a kill, finds the old content or the new, never half."""

import os
from functools import partial
from pathlib import Path


def private_opener(path: str, flags: int) -> int:
    """For `open`: a file that it makes can be read by its owner alone."""
    return os.open(path, flags, 0o600)


def private_folder(path: Path) -> None:
    """Make a folder that its owner alone can look into; raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def atomic_write(
    path: Path,
    content: bytes,
    *,
    private: bool = False,
    durable: bool = True,
    instead_of: bytes | None = None,
) -> bool:
    """Write and sync a draft beside *path*, then give it that name; raises OSError.

    A *private* file can be read by its owner alone; otherwise a file that is replaced passes on its permissions.
    What can be made again need not be *durable*: syncing takes milliseconds.
    False, and nothing is done, where the file has other content than what it is to replace, *instead_of*.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.unlink(missing_ok=True)  # of a killed process, or a link that leads elsewhere: neither is written through
        with open(draft, "xb", opener=partial(os.open, mode=0o600 if private else 0o666)) as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if path.exists() and not private:
            draft.chmod(path.stat().st_mode)
        if instead_of is not None and path.read_bytes() != instead_of:
            return False
        draft.replace(path)
        return True
    finally:
        draft.unlink(missing_ok=True)
