"""Newsletters from a maildir: every mail once, in rounds, in the order in which it came into the folder.

A file's change time says when it came, whatever its mail is dated; moving it from new to cur counts as coming
again, and mails that are read twice are recognised when they are stored.
"""

import os
import stat
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

from digest.errors import FetchError
from digest.records import Source

#: Mails of one round, and of the first, which takes only the newest: the rest is history.
_AT_MOST = 2_000
_FIRST = 200
#: While one sender floods the folder, this many of the newest mails of every other come beside each round.
_OF_ONE_SENDER = 5
_LOOKED_AT = 20_000
#: bytes of a mail that are read for its sender
_HEADERS = 65_536
#: nanoseconds within which file systems give two files the same time
_GRAIN = 50_000_000
_DAY = 86_400 * 10**9
_FOLDERS = ("new", "cur")


@dataclass(frozen=True, slots=True, order=True)
class MailFile:
    """A mail of a maildir; times in nanoseconds."""

    came: int
    name: str
    written: int
    path: Path

    @property
    def position(self) -> str:
        return f"after:{self.came}:{self.name}"


def mail_files(path: Path) -> list[MailFile]:
    """List a maildir's mails in the order in which they came. A mail reader may move some meanwhile."""
    files = []
    try:
        if not all((path / name).is_dir() for name in _FOLDERS):
            raise FetchError(f"{path}: not a maildir (it has no folders new and cur)")
        for entry in (entry for name in _FOLDERS for entry in os.scandir(path / name)):
            with suppress(FileNotFoundError):
                if not entry.name.startswith(".") and stat.S_ISREG((status := entry.stat()).st_mode):
                    name = entry.name.partition(":")[0]
                    files.append(MailFile(status.st_ctime_ns, name, status.st_mtime_ns, Path(entry.path)))
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}") from error
    return sorted(files)


def new_mails(path: Path, position: str, source: Source, max_body: int) -> tuple[list[bytes], str]:
    """The mails of *source* that came after *position*, newest first, and the position that they lead to.

    At most *max_body* bytes and one mail.
    """
    files = _settled(path)
    if not files:
        return [], position
    after = _after(position)
    if after is None:
        newest = sorted(files, key=lambda file: (file.written, file.came), reverse=True)
        return [body for _, body in _taken(newest, source, _FIRST, max_body)], files[-1].position
    waiting = [file for file in files if (file.came, file.name) > after]
    taken = list(_taken(waiting, source, _AT_MOST, max_body))
    if len(taken) < _AT_MOST and sum(len(body) for _, body in taken) <= max_body:
        return [body for _, body in reversed(taken)], waiting[-1].position if waiting else position
    last = taken[-1][0]
    return [*_others(waiting, last, source, max_body), *(body for _, body in reversed(taken))], last.position


def _settled(path: Path) -> list[MailFile]:
    """The mails there are, without those that share their moment with one that may still come."""
    files = mail_files(path)
    now = time.time_ns()
    if not files or not now - _GRAIN < files[-1].came <= now:
        return files
    time.sleep(_GRAIN / 1e9)
    return [file for file in mail_files(path) if file.came <= now]


def _after(position: str) -> tuple[int, str] | None:
    """Where to go on; None at first, and where a clock that was wrong left a position in the future."""
    form, _, rest = position.partition(":")
    came, _, name = rest.partition(":")
    if not came.isdecimal() or len(came) > 20:
        return None
    if form != "after":  # the form of an earlier version: the newest mail's own time, without its name
        name = chr(0x10FFFF)
    return (int(came), name) if int(came) < time.time_ns() + _DAY else None


def _taken(files: list[MailFile], source: Source, most: int, max_body: int) -> Iterator[tuple[MailFile, bytes]]:
    count = total = 0
    for file in files:
        if count == most or total > max_body:
            return
        body = _read(file.path, max_body)
        if body and _is_from(body, source):
            count, total = count + 1, total + len(body)
            yield file, body


def _others(waiting: list[MailFile], last: MailFile, source: Source, max_body: int) -> Iterator[bytes]:
    """The newest mails of every sender that are beyond this round; they come again when it is their turn."""
    senders: Counter[str] = Counter()
    total = 0
    for file in [file for file in waiting if file > last][: -_LOOKED_AT - 1 : -1]:
        sender = _sender(_read(file.path, max_body, _HEADERS))
        senders[sender] += 1
        if senders[sender] <= _OF_ONE_SENDER and len(senders) <= _AT_MOST and total <= max_body:
            body = _read(file.path, max_body)
            if body and _is_from(body, source):
                total += len(body)
                yield body


def _read(path: Path, max_body: int, most: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most) if os.fstat(file.fileno()).st_size <= max_body else b""
    except FileNotFoundError:
        return b""  # moved from new to cur meanwhile; the next poll finds it there
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}") from error


def _is_from(body: bytes, source: Source) -> bool:
    return not source.sender or source.sender.lower() in _sender(body)


def _sender(body: bytes) -> str:
    try:
        return parseaddr(str(BytesHeaderParser().parsebytes(body[:_HEADERS]).get("from", "")))[1].lower()
    except Exception:  # the library on hostile headers: RecursionError and others
        return ""
