"""Digests as files, each written in one step so that nobody reads half of one."""

import os
from pathlib import Path

from digest.errors import DeliveryError


def write(path: Path, text: str) -> None:
    """Write a digest; DeliveryError names the file where that fails."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be written: {error.strerror or error}") from error
