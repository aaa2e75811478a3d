"""An edited sources.toml: shown as a difference, and written in one step if nobody else wrote meanwhile."""

import difflib
from pathlib import Path

from digest.atomic_write import atomic_write
from digest.errors import ConfigError


def write(path: Path, text: str) -> None:
    """Replace the file in one step; links to it stay links."""
    path = path.resolve()
    try:
        atomic_write(path, text.encode())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def read(path: Path) -> str:
    """The text as it stands, byte for byte; ConfigError where it cannot be read."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error


def replace_unchanged(path: Path, before: str, after: str) -> None:
    """Write *after* in place of *before*; ConfigError where the file holds something else by now."""
    if read(path) != before:
        raise ConfigError(f"{path}: was changed by somebody else meanwhile; nothing was written")
    write(path, after)


def diff(before: str, after: str, *, name: str = "sources.toml") -> str:
    """The difference as a unified diff; "" where there is none."""
    lines = difflib.unified_diff(_lines(before), _lines(after), name, f"{name} (new)", n=2)
    return "\n".join(line.rstrip("\r\n") for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as a file has them: other separators of Unicode may stand inside a text."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []
