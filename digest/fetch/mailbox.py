"""Brings newsletters: one folder of a mail account by IMAP, or a maildir on this machine. Never changes either.

How far a source was read stands in its state where other sources keep an ETag; a folder that
was made anew is read afresh.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from threading import Event

from digest.config import Imap
from digest.errors import FetchError
from digest.fetch.steps import OnFetched, Poll
from digest.records import Fetched, Response, Source

#: Mails taken in one visit; the rest follows at the next. On the first visit only the newest.
_AT_MOST = 200
#: Bytes asked for in one command; while they are read, IMAPClient holds several times as much.
_TOGETHER = 1_000_000
_FOLDERS = ("new", "cur")


def fetch_mail(
    visits: Sequence[Poll],
    imap: Imap | None,
    environment: Mapping[str, str],
    *,
    folder: Path,
    max_body: int,
    now: datetime,
    on_fetched: OnFetched,
    stop: Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Make all visits to mailboxes and hand each to *on_fetched*; *folder* is where relative maildirs start."""
    for visit in visits:
        if stop is not None and stop.is_set():
            return
        started = clock()
        error = ""
        responses: tuple[Response, ...] = ()
        try:
            if visit.source.maildir:
                responses = tuple(_from_maildir(visit, folder, max_body, now))
            elif imap:
                responses = tuple(_from_imap(visit, imap, environment, max_body, now))
        except FetchError as failure:
            error = str(failure)
        on_fetched(
            Fetched(
                source=visit.source,
                started_at=now + timedelta(seconds=clock() - started),
                responses=responses,
                error=error,
                status=0 if error else responses[0].status if responses else 304,
                milliseconds=round((clock() - started) * 1000),
            )
        )


def _from_imap(
    visit: Poll, imap: Imap, environment: Mapping[str, str], max_body: int, now: datetime
) -> Iterator[Response]:
    from digest.fetch.imap import open_folder  # brings IMAPClient, which most commands do without

    with open_folder(imap, imap.folder, environment) as folder:
        read_to = folder.read_to(visit.requests[0].etag)
        wanted = folder.beyond(read_to, *_from(visit.source.sender))
        wanted = wanted[:_AT_MOST] if read_to else wanted[-_AT_MOST:]
        if not wanted:
            yield _unchanged(visit, now)
            return
        sizes = folder.sizes(wanted)
        taken: dict[int, bytes] = {}
        for group in _groups(wanted, sizes):
            bodies = dict(folder.take([uid for uid in group if uid in sizes and sizes[uid] <= max_body]))
            taken |= {uid: bodies.get(uid, b"") for uid in group}
            if sum(map(len, taken.values())) > max_body:
                break  # the next visit goes on from here
        for body in taken.values():
            yield _mail(visit, body, folder.position(max(taken)), now)


def _from(sender: str) -> tuple[str, ...]:
    """What a search is narrowed by; whoever is not ASCII writes from an address that is."""
    if not sender.isascii():
        raise FetchError(f"sender {sender!r} must be written in ASCII, as addresses are")
    return ("FROM", sender) if sender else ()


def _groups(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """The mails in groups of a few megabytes, each of one at least."""
    group: list[int] = []
    for uid in uids:
        group.append(uid)
        if sum(sizes.get(one, 0) for one in group) >= _TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _from_maildir(visit: Poll, folder: Path, max_body: int, now: datetime) -> Iterator[Response]:
    """The newest mails; those that were there before are told apart when they are stored."""
    files = mail_files(folder / Path(visit.source.maildir).expanduser())
    position = f"{len(files)}:{files[-1][0] if files else 0}"
    if position == visit.requests[0].etag:
        yield _unchanged(visit, now)
        return
    taken = room = 0
    for _, file in reversed(files):
        if taken == _AT_MOST or room > max_body:
            return
        body = _read(file, max_body)
        if body and _is_from(body, visit.source):
            taken, room = taken + 1, room + len(body)
            yield _mail(visit, body, position, now)


def mail_files(path: Path) -> list[tuple[int, Path]]:
    """A maildir's mails with the time they came (in nanoseconds), oldest first. A reader may move one while we look."""
    files = []
    try:
        if not all((path / name).is_dir() for name in _FOLDERS):
            raise FetchError(f"{path}: is no maildir (it has no folders new and cur)")
        for file in (file for name in _FOLDERS for file in (path / name).iterdir() if not file.name.startswith(".")):
            with suppress(FileNotFoundError):
                files.append((file.stat().st_mtime_ns, file))
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}") from error
    return sorted(files)


def _read(file: Path, max_body: int) -> bytes:
    try:
        return file.read_bytes() if file.stat().st_size <= max_body else b""
    except FileNotFoundError:
        return b""  # moved from new to cur meanwhile; it is met there at the next visit
    except OSError as error:
        raise FetchError(f"{file}: cannot be read: {error.strerror}") from error


def _is_from(body: bytes, source: Source) -> bool:
    if not source.sender:
        return True
    address = parseaddr(str(BytesHeaderParser().parsebytes(body).get("from", "")))[1].lower()
    return source.sender.lower() in address


def _mail(visit: Poll, body: bytes, position: str, now: datetime) -> Response:
    return Response(
        request=visit.requests[0],
        status=200,
        url=visit.requests[0].url,
        headers={"etag": position, "content-type": "message/rfc822"},
        body=body,
        wire_bytes=len(body),
        fetched_at=now,
    )


def _unchanged(visit: Poll, now: datetime) -> Response:
    return Response(request=visit.requests[0], status=304, url=visit.requests[0].url, fetched_at=now)
