"""Fetches newsletters from an IMAP folder or from a maildir on this machine. It changes neither.

How far a source was read is kept in its state, where other sources have their ETag. A folder that
was deleted and created again is read from its beginning.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from digest.config import Imap, expanded
from digest.errors import FetchError
from digest.fetch.maildir import new_mails
from digest.fetch.request_steps import OnFetched, Poll
from digest.records import Fetched, Response

#: Mails fetched in one poll; the rest follows in the next. The first poll fetches only the newest.
_AT_MOST = 200
#: Bytes requested in one command; IMAPClient's logging needs several times as much while it reads them.
_TOGETHER = 1_000_000


def fetch_mail(
    polls: Sequence[Poll],
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
    """Poll every mailbox and pass each result to *on_fetched*; relative maildirs start at *folder*."""
    for poll in polls:
        if stop is not None and stop.is_set():
            return
        started = clock()
        error = ""
        responses: tuple[Response, ...] = ()
        try:
            if poll.source.maildir:
                responses = tuple(_from_maildir(poll, folder, max_body, now))
            elif imap:
                responses = tuple(_from_imap(poll, imap, environment, max_body, now))
        except FetchError as failure:
            error = str(failure)
        on_fetched(
            Fetched(
                source=poll.source,
                started_at=now + timedelta(seconds=clock() - started),
                responses=responses,
                error=error,
                status=0 if error else responses[0].status if responses else 304,
                milliseconds=round((clock() - started) * 1000),
            )
        )


def _from_imap(
    poll: Poll, imap: Imap, environment: Mapping[str, str], max_body: int, now: datetime
) -> Iterator[Response]:
    from digest.fetch.imap import open_folder  # brings IMAPClient, which most commands do without

    with open_folder(imap, imap.folder, environment) as folder:
        read_to = folder.read_to(poll.requests[0].etag)
        wanted = folder.beyond(read_to, *_from(poll.source.sender))
        wanted = wanted[:_AT_MOST] if read_to else wanted[-_AT_MOST:]
        if not wanted:
            yield _unchanged(poll, now)
            return
        sizes = folder.sizes(wanted)
        taken: dict[int, bytes] = {}
        for group in _groups(wanted, sizes):
            bodies = dict(folder.take([uid for uid in group if uid in sizes and sizes[uid] <= max_body]))
            taken |= {uid: bodies.get(uid, b"") for uid in group}
            if sum(map(len, taken.values())) > max_body:
                break  # the next poll continues here
        for body in taken.values():
            yield _mail(poll, body, folder.position(max(taken)), now)


def _from(sender: str) -> tuple[str, ...]:
    """Return the search criteria for a sender's address; FetchError if it is not ASCII, as addresses are."""
    if not sender.isascii():
        raise FetchError(f"sender {sender!r} must be written in ASCII, as addresses are")
    return ("FROM", sender) if sender else ()


def _groups(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Split the mails into groups of about a megabyte, each of at least one mail."""
    group: list[int] = []
    for uid in uids:
        group.append(uid)
        if sum(sizes.get(one, 0) for one in group) >= _TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _from_maildir(poll: Poll, folder: Path, max_body: int, now: datetime) -> Iterator[Response]:
    before = poll.requests[0].etag
    where = folder / expanded(poll.source.maildir, "maildir")
    bodies, position = new_mails(where, before, poll.source, max_body)
    if not bodies and position == before:
        yield _unchanged(poll, now)
    for body in bodies or ([b""] if position != before else []):
        yield _mail(poll, body, position, now)


def _mail(poll: Poll, body: bytes, position: str, now: datetime) -> Response:
    return Response(
        request=poll.requests[0],
        status=200,
        url=poll.requests[0].url,
        headers={"etag": position, "content-type": "message/rfc822"},
        body=body,
        wire_bytes=len(body),
        fetched_at=now,
    )


def _unchanged(poll: Poll, now: datetime) -> Response:
    return Response(request=poll.requests[0], status=304, url=poll.requests[0].url, fetched_at=now)
