"""Brings newsletters: one folder of a mail account by IMAP, or a maildir on this machine. Never changes either.

The folder is opened read-only (EXAMINE) and mails are taken with BODY.PEEK, so that nothing is
marked as read. How far a source was read stands in its state as "validity:last UID", where
other sources keep an ETag; a folder that was made anew has another validity and is read afresh.
"""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from threading import Event

from digest.config import Imap
from digest.errors import FetchError
from digest.fetch.messages import OnFetched, Visit
from digest.records import Fetched, Response, Source

#: Mails taken in one visit; the rest follows at the next. On the first visit only the newest.
_AT_MOST = 200
#: Mails asked for in one command: a few megabytes in memory at a time.
_TOGETHER = 20
_TIMEOUT = 30.0
_FOLDERS = ("new", "cur")


def fetch_mail(
    visits: Sequence[Visit],
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
    visit: Visit, imap: Imap, environment: Mapping[str, str], max_body: int, now: datetime
) -> Iterator[Response]:
    with _said(imap), _session(imap, environment) as session:
        validity = _examine(session, imap)
        then, _, last = visit.requests[0].etag.partition(":")
        read_to = int(last) if then == validity and last.isdecimal() else 0
        wanted = _new_mails(session, read_to, visit.source.sender)
        wanted = wanted[:_AT_MOST] if read_to else wanted[-_AT_MOST:]
        if not wanted:
            yield _unchanged(visit, now)
            return
        taken: dict[int, bytes] = {}
        for group in _groups(wanted):
            bodies = dict(_take(session, group, max_body))
            taken |= {uid: bodies.get(uid, b"") for uid in group}
            if sum(map(len, taken.values())) > max_body:
                break  # the next visit goes on from here
        for body in taken.values():
            yield _mail(visit, body, f"{validity}:{max(taken)}", now)


@contextmanager
def _session(imap: Imap, environment: Mapping[str, str]) -> Iterator[imaplib.IMAP4]:
    password = environment.get(imap.password_env, "")
    if not password:
        raise FetchError(f"the environment variable {imap.password_env}, named in [imap], is not set")
    if imap.security == "tls":
        session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            imap.host, imap.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT
        )
    else:
        session = imaplib.IMAP4(imap.host, imap.port, timeout=_TIMEOUT)
    try:
        if imap.security == "starttls":
            session.starttls(ssl.create_default_context())
        session.login(imap.username, password)
        yield session
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            session.logout()


@contextmanager
def _said(imap: Imap) -> Iterator[None]:
    """Say what went wrong in one line; a server's words may repeat the login and are cut short."""
    try:
        yield
    except imaplib.IMAP4.error as error:
        raise FetchError(f"{imap.host} refused: {_words(error)}") from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"{imap.host}: certificate not valid: {error.verify_message}") from error
    except TimeoutError as error:
        raise FetchError(f"{imap.host}: no answer within {_TIMEOUT:g} s") from error
    except OSError as error:
        raise FetchError(f"{imap.host}: no connection: {(error.strerror or str(error)).lower()}") from error


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:120]


def _examine(session: imaplib.IMAP4, imap: Imap) -> str:
    """Open the folder read-only and return its UIDVALIDITY."""
    name = '"' + imap.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, _ = session.select(name, readonly=True)
    if status != "OK":
        raise FetchError(f"{imap.host}: there is no folder {imap.folder!r}")
    _, validity = session.response("UIDVALIDITY")
    return validity[0].decode("ascii", "replace") if validity and isinstance(validity[0], bytes) else "0"


def _new_mails(session: imaplib.IMAP4, read_to: int, sender: str) -> list[int]:
    """UIDs beyond *read_to*, oldest first. ("n:*" always names the newest mail, so it is filtered here.)"""
    criteria = ["UID", f"{read_to + 1}:*"]
    if sender:
        criteria += ["FROM", '"' + sender.replace("\\", "").replace('"', "") + '"']
    status, said = session.uid("SEARCH", *criteria)
    if status != "OK":
        raise FetchError("the mail server could not search the folder")
    found = b" ".join(part for part in said if isinstance(part, bytes))
    return sorted(uid for word in found.split() if (uid := int(word)) > read_to)


def _take(session: imaplib.IMAP4, uids: Sequence[int], max_body: int) -> Iterator[tuple[int, bytes]]:
    """The mails by UID, save for those that are too large."""
    small = [uid for uid, length in _sizes(session, uids).items() if length <= max_body]
    if not small:
        return
    _, said = session.uid("FETCH", ",".join(map(str, small)), "(UID BODY.PEEK[])")
    for part in said:
        if isinstance(part, tuple) and (found := re.search(rb"\bUID (\d+)", part[0])):
            yield int(found[1]), part[1]


def _sizes(session: imaplib.IMAP4, uids: Sequence[int]) -> dict[int, int]:
    _, said = session.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    lines = b"\n".join(part for part in said if isinstance(part, bytes))
    sizes: dict[int, int] = {}
    for line in lines.split(b"\n"):
        uid, length = re.search(rb"\bUID (\d+)", line), re.search(rb"RFC822\.SIZE (\d+)", line)
        if uid and length:
            sizes[int(uid[1])] = int(length[1])
    return sizes


def _groups(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + _TOGETHER] for start in range(0, len(uids), _TOGETHER))


def _from_maildir(visit: Visit, folder: Path, max_body: int, now: datetime) -> Iterator[Response]:
    """The newest mails; those that were there before are told apart when they are stored."""
    path = folder / Path(visit.source.maildir).expanduser()
    if not all((path / name).is_dir() for name in _FOLDERS):
        raise FetchError(f"{path}: is no maildir (it has no folders new and cur)")
    files = _mail_files(path)
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


def _mail_files(path: Path) -> list[tuple[int, Path]]:
    """Mails with the time they came (in nanoseconds), oldest first. A reader may move one while we look."""
    files = []
    for file in (file for name in _FOLDERS for file in (path / name).iterdir() if not file.name.startswith(".")):
        with suppress(FileNotFoundError):
            files.append((file.stat().st_mtime_ns, file))
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


def _mail(visit: Visit, body: bytes, position: str, now: datetime) -> Response:
    return Response(
        request=visit.requests[0],
        status=200,
        url=visit.requests[0].url,
        headers={"etag": position, "content-type": "message/rfc822"},
        body=body,
        wire_bytes=len(body),
        fetched_at=now,
    )


def _unchanged(visit: Visit, now: datetime) -> Response:
    return Response(request=visit.requests[0], status=304, url=visit.requests[0].url, fetched_at=now)
