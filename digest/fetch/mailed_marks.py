"""Fetches the headers of replies from an IMAP folder or from a maildir on this machine. It changes neither."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from digest.config import Imap, MarksTable, expanded
from digest.errors import FetchError
from digest.fetch.maildir import mail_files

#: Mails fetched in one run; the rest follows in the next.
_AT_MOST = 2_000
#: Mails requested in one command.
_TOGETHER = 100
#: Only three headers of a mail matter; a subject of ours is far shorter than this.
_WANTED = "BODY.PEEK[HEADER.FIELDS (SUBJECT DATE MESSAGE-ID)]<0.8192>"
_HEADERS = 65_536
#: Encoded subjects are fetched too, because not every server decodes them when it searches.
_SEARCH = ("OR", "SUBJECT", "digest", "SUBJECT", "=?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Headers of mails, oldest first, and how far the folder was read."""

    mails: tuple[bytes, ...]
    position: str


def collect(
    marks: MarksTable, imap: Imap | None, environment: Mapping[str, str], *, folder: Path, position: str
) -> Collected:
    """Return the replies after *position*, or all of a maildir, which has no positions; FetchError in one line."""
    if marks.maildir:
        return Collected(
            mails=tuple(_from_maildir(folder / expanded(marks.maildir, "[marks] maildir"))), position=position
        )
    if imap is None:
        raise FetchError("marks.folder is one of a mail account, and there is no [imap] table")
    return _from_imap(marks.folder, imap, environment, position)


def _from_imap(name: str, imap: Imap, environment: Mapping[str, str], position: str) -> Collected:
    from digest.fetch.imap import open_folder  # brings IMAPClient, which most commands do without

    account = f"{imap.username}@{imap.host}:{imap.port}/{name}"
    then, _, where = position.partition(" ")
    with open_folder(imap, name, environment) as folder:
        read_to = folder.read_to(then) if where == account else 0
        wanted = folder.beyond(read_to, *_SEARCH)[:_AT_MOST]
        if not wanted:
            return Collected(mails=(), position=position)
        groups = (wanted[start : start + _TOGETHER] for start in range(0, len(wanted), _TOGETHER))
        mails = tuple(mail for group in groups for _, mail in sorted(folder.take(group, _WANTED)))
        return Collected(mails=mails, position=f"{folder.position(wanted[-1])} {account}")


def _from_maildir(path: Path) -> Iterator[bytes]:
    for file in sorted(mail_files(path), key=lambda file: (file.written, file.name)):
        try:
            with file.path.open("rb") as mail:
                yield re.split(rb"\r?\n\r?\n", mail.read(_HEADERS), maxsplit=1)[0]
        except FileNotFoundError:
            continue  # moved from new to cur meanwhile; the next run finds it there
        except OSError as error:
            raise FetchError(f"{file.path}: cannot be read: {error.strerror}") from error
