"""Writing notes: a new file takes no other's name, and to an old one text is only added.

A file that somebody else changes meanwhile (an editor, a synchronising tool) is read again, and gets
the text added as it is then. A kill leaves a file as it was or whole.
"""

import codecs
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from digest.atomic_write import atomic_write
from digest.errors import DigestError
from digest.notes.file_names import file_name
from digest.notes.folder import decoded
from digest.notes.front_matter import read_note
from digest.notes.templates import heading

#: A file that changes each time it is read is somebody else's to write.
_ATTEMPTS = 20


def create(folder: Path, title: str, item_id: str, day: date, text: str) -> Path:
    """Write a new file under a name that is free; DigestError where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_away(folder, "*.md")
        taken = {path.name.lower() for path in folder.iterdir()}
        while True:
            name = file_name(title, item_id, day, taken)
            path = folder / name
            if _created(path, text.encode(errors="replace")):
                return path
            taken.add(name)
    except OSError as error:
        raise unwritable(folder, error) from error


def append(path: Path, text: str, day: date) -> None:
    """Add a text under the day's heading; DigestError where the file cannot be written."""
    _change(path, lambda content: content + _addition(content, text, day))


def replace(path: Path, before: bytes, after: str, day: date, *, whole: bool = True) -> bool:
    """Put an edited text in the place of what it was made from.

    Where the file is not as it was *before*, its lines that are new are added at the end, and False is returned.
    So they are where the text may not be *whole* and lacks lines: an editor that was killed leaves a part.
    """
    edited = _encoded_like(before, after)
    complete = whole or not _new_in(_rows(before), read_note(after).body.splitlines())
    try:
        if path.read_bytes() == edited:  # a kill came after it was written
            return True
        if complete and atomic_write(path.resolve(), edited, instead_of=before):
            return True
    except FileNotFoundError:
        return _created(path, edited)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        wanted = read_note(after).body.splitlines()
        fresh = _lacking(wanted, _rows(before), _rows(path.read_bytes()))
    except OSError as error:
        raise unwritable(path, error) from error
    if added := "\n".join(fresh).strip():
        append(path, added, day)
    return False


def _rows(content: bytes) -> list[str]:
    return read_note(decoded(content)).body.splitlines()


def _lacking(wanted: list[str], before: list[str], current: list[str]) -> list[str]:
    """The lines of *wanted* that were put in since *before* and that *current* has not, or not as often.

    Rules, fences and blank lines go with the words around them.
    """
    missing = Counter(wanted) - Counter(current)
    words, marks = set[int](), set[int]()
    for place in sorted(_new_in(wanted, before), reverse=True):
        if not any(letter.isalnum() for letter in wanted[place]):
            marks.add(place)
        elif missing[wanted[place]] > 0:
            missing[wanted[place]] -= 1
            words.add(place)
    beside = {near for place in words for near in _run(place, 1, marks) | _run(place, -1, marks)}
    return [wanted[place] for place in sorted(words | beside)]


def _run(place: int, step: int, marks: set[int]) -> set[int]:
    """The places of *marks* that follow one another from a place on."""
    found = set[int]()
    while (place := place + step) in marks:
        found.add(place)
    return found


def _new_in(wanted: list[str], before: list[str]) -> set[int]:
    """The places of the lines that were put in since *before*."""
    changes = SequenceMatcher(None, before, wanted, autojunk=False).get_opcodes()
    return {place for tag, _, _, start, end in changes if tag in ("insert", "replace") for place in range(start, end)}


def unwritable(path: Path, error: OSError) -> DigestError:
    return DigestError(f"{path}: cannot be written: {error.strerror or error}")


def _change(path: Path, changed: Callable[[bytes], bytes]) -> None:
    try:
        target = path.resolve()  # a link stays one
        _clear_away(target.parent, _escaped(target.name))
        for _ in range(_ATTEMPTS):
            before = target.read_bytes()
            if atomic_write(target, changed(before), instead_of=before):
                return
    except OSError as error:
        raise unwritable(path, error) from error
    raise DigestError(f"{path}: is changed by another program all the time; nothing was written")


def _created(path: Path, content: bytes) -> bool:
    """Make a file that is not there yet, whole or not at all; False where something has the name."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.unlink(missing_ok=True)
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            if os.path.lexists(path):
                return False
            draft.rename(path)
        return True
    finally:
        draft.unlink(missing_ok=True)


def _clear_away(folder: Path, name: str) -> None:
    """Remove the drafts that killed processes left; a writer of notes is alone at it."""
    with suppress(OSError):
        for draft in folder.glob(f".{name}.*.draft"):
            draft.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _addition(content: bytes, text: str, day: date) -> bytes:
    """What to add to a file: the day's heading, unless its last one is that already, and the text."""
    so_far = decoded(content)
    headings = [line.strip() for line in so_far.splitlines() if line.startswith("## ")]
    lines = [text.strip("\n")] if headings[-1:] == [heading(day)] else [heading(day), "", text.strip("\n")]
    ended = so_far.endswith(("\n", "\r")) or not so_far
    gap = "\n" if ended else "\n\n"
    return _encoded(content, ("" if not so_far.strip() else gap) + "\n".join(lines) + "\n")


def _encoded(content: bytes, text: str) -> bytes:
    """A text in the encoding and with the line ends of a file."""
    if b"\r\n" in content or b"\r\0\n\0" in content or b"\0\r\0\n" in content:
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    if content.startswith(codecs.BOM_UTF16_LE):
        return text.encode("utf-16-le", errors="replace")
    if content.startswith(codecs.BOM_UTF16_BE):
        return text.encode("utf-16-be", errors="replace")
    return text.encode(errors="replace")


def _encoded_like(before: bytes, text: str) -> bytes:
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    mark = next((one for one in marks if before.startswith(one)), b"")
    return mark + _encoded(before, text.removeprefix("\ufeff"))
