"""Marks by mail: where the links of an issue write to, and the replies collected, each heard once.

The archive is never open while a mail server is asked. Marks and the place up to which
replies were read are stored in one transaction, so that a kill loses none and repeats none.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.config import Config
from digest.errors import ArchiveBusy, FetchError
from digest.fetch.replies import collect
from digest.records import Mark
from digest.render.mail_marks import Reply, ReplyAddress, read_reply
from digest.store import archive, marking_key
from digest.store import marks as mark_rows
from digest.workflows.feedback import store_marks

#: A reply that says it is older was sent by a machine whose clock is wrong.
_LONGEST_WAY = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFeedback:
    """The marks that replies brought, and one line where they could not be collected."""

    marks: tuple[Mark, ...] = ()
    problem: str = ""


NOTHING = MailFeedback()


def reply_address(config: Config, *, wait: float) -> ReplyAddress | None:
    """Where links write to; None where sources.toml reads no replies."""
    if config.marks is None or config.email is None:
        return None
    with archive.open_archive(config.archive, wait=wait):
        key = marking_key.read_or_make(config.archive)
    return ReplyAddress(to=config.marks.to or config.email.sender, key=key)


def collect_mail_feedback(
    config: Config, now: datetime, *, wait: float, environment: Mapping[str, str] = os.environ
) -> MailFeedback:
    """Take in the replies that came since the last time; what keeps them from coming is said, and fails nothing."""
    if config.marks is None or not config.archive.exists():
        return NOTHING
    try:
        return _hear(config, now, wait, environment)
    except (ArchiveBusy, FetchError) as error:  # they wait where they are
        return MailFeedback(problem=f"marks by mail: {error}")


def probe(config: Config, environment: Mapping[str, str] = os.environ) -> str:
    """Look into the place where replies are collected without taking any; one line for people."""
    assert config.marks is not None
    try:
        came = collect(config.marks, config.imap, environment, folder=config.folder, position="")
    except FetchError as error:
        return f"✗ marks by mail: {error}"
    return (
        f"✓ marks by mail: {config.marks.folder or config.marks.maildir}, {len(came.mails)} mails that may be replies"
    )


def _hear(config: Config, now: datetime, wait: float, environment: Mapping[str, str]) -> MailFeedback:
    assert config.marks is not None
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        key, position = marking_key.read(config.archive), mark_rows.replies_read_to(db)
    if key is None:  # no link was ever written
        return NOTHING
    came = collect(config.marks, config.imap, environment, folder=config.folder, position=position)
    replies = [reply for mail in came.mails if (reply := read_reply(mail, key=key))]
    if not replies and came.position == position:
        return NOTHING
    with archive.open_archive(config.archive, wait=wait) as db, archive.transaction(db):
        fresh = mark_rows.unread_replies(db, [reply.name for reply in replies])
        marks = store_marks(db, list(_marks((reply for reply in replies if reply.name in fresh), now)))
        mark_rows.remember_replies_read_to(db, came.position)
    return MailFeedback(marks=tuple(marks))


def _marks(replies: Iterable[Reply], now: datetime) -> Iterator[Mark]:
    """What replies say, at the time they were sent: a command that was given later still counts."""
    for reply in replies:
        sent_at = reply.sent_at
        moment = sent_at if sent_at and now - _LONGEST_WAY <= sent_at <= now else now
        for item_id, mark in reply.ticks:
            yield Mark(item_id=item_id, mark=mark, marked_at=moment, origin="mail")
