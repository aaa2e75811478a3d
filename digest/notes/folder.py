"""The folder of notes: every Markdown file in it, wherever the learner moved it, and what it says."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from digest.notes.front_matter import ReadNote, read_note

#: Larger files are no notes.
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file as it is now."""

    path: Path
    #: relative to the folder, as it is stored: always UTF-8
    name: str
    size: int
    modified_ns: int


def files(folder: Path) -> dict[str, FoundFile]:
    """The Markdown files in the folder and in those inside it, by name; hidden ones are other programs'."""
    found = {}
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(".md") and not name.startswith("."):
                file = _file(folder, Path(top, name))
                if file is not None:
                    found[file.name] = file
    return found


def read(path: Path) -> ReadNote | None:
    """What a file says; None where it cannot be read now."""
    try:
        return read_note(decoded(path.read_bytes()))
    except OSError:
        return None


def decoded(content: bytes) -> str:
    """A file's text, in the encodings that editors write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def lines(text: str) -> str:
    """A text whose lines end in "\\n", the last one too."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"


def stored_name(folder: Path, path: Path) -> str:
    """A file's name relative to the folder; a name that is no UTF-8 is written with escapes."""
    return path.relative_to(folder).as_posix().encode(errors="backslashreplace").decode()


def _file(folder: Path, path: Path) -> FoundFile | None:
    """None for what is no file, has gone meanwhile, or is too large; a link to a file is one."""
    try:
        about = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_BYTES:
        return None
    return FoundFile(path=path, name=stored_name(folder, path), size=about.st_size, modified_ns=about.st_mtime_ns)
