"""Marks by mail: the address that an issue's links write to, and collecting the replies, each once.

The archive is closed while the mail server is asked. Marks and the position up to which replies
were read are stored in one transaction, so a kill neither loses nor repeats any.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.config import Config
from digest.errors import ArchiveBusy, FetchError
from digest.fetch import mailed_marks
from digest.records import Mark
from digest.render.mail_marks import Reply, ReplyAddress, read_reply
from digest.store import archive, keys, learners
from digest.store import marks as mark_rows
from digest.workflows.feedback import store_marks
from digest.workflows.opening import opened

#: A reply that claims to be older was sent by a machine with a wrong clock.
_MOST_AGE = timedelta(days=90)

#: What was read of each place of replies from a position on, or why it could not be.
Read = dict[tuple[str, str, str], mailed_marks.Collected | FetchError]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailMarks:
    """The marks in new replies, and one line if they could not be collected."""

    marks: tuple[Mark, ...] = ()
    problem: str = ""


def reply_address(config: Config, *, wait: float) -> ReplyAddress | None:
    """Where links write to; None if sources.toml reads no replies."""
    if config.marks is None or config.email is None:
        return None
    with opened(config, wait=wait):  # so that only one process makes it
        key = keys.read_or_make(config.archive, keys.MARKING)
    own = keys.of_learner(key, config.learner_id)
    return ReplyAddress(to=config.marks.to or config.email.sender, key=own)


def collect(
    config: Config,
    now: datetime,
    *,
    wait: float,
    environment: Mapping[str, str] = os.environ,
    read: "Read | None" = None,
) -> MailMarks:
    """Store the marks in replies that came since the last call; a failure is one line and raises nothing.

    What is *read* in one go for several learners is kept there.
    """
    if config.marks is None or not config.archive.exists():
        return MailMarks()
    try:
        return _collect(config, now, wait, environment, {} if read is None else read)
    except (ArchiveBusy, FetchError) as error:  # the replies stay in the mailbox
        return MailMarks(problem=f"marks by mail: {error}")


def collect_all(
    learners: Sequence[Config], now: datetime, *, wait: float, environment: Mapping[str, str] = os.environ
) -> dict[str, MailMarks]:
    """The same for several learners, by id; a mailbox that they share is asked once."""
    read: Read = {}
    return {one.learner_id: collect(one, now, wait=wait, environment=environment, read=read) for one in learners}


def probe(config: Config, environment: Mapping[str, str] = os.environ) -> str:
    """One line on whether the mailbox for replies can be read; nothing is stored."""
    assert config.marks is not None
    try:
        found = mailed_marks.collect(config.marks, config.imap, environment, folder=config.folder, position="")
    except FetchError as error:
        return f"✗ marks by mail: {error}"
    return (
        f"✓ marks by mail: {config.marks.folder or config.marks.maildir}, {len(found.mails)} mails that may be replies"
    )


def _collect(config: Config, now: datetime, wait: float, environment: Mapping[str, str], read: "Read") -> MailMarks:
    assert config.marks is not None
    with opened(config, wait=wait, read_only=True) as db:
        key, position = keys.read(config.archive, keys.MARKING), mark_rows.replies_read_to(db)
        ids = dict.fromkeys((config.learner_id, learners.former_id(db, config.learner_id)))
    if key is None:  # no link was ever written
        return MailMarks()
    found = _replies(config, environment, position, read)
    signing = [keys.of_learner(key, one) for one in ids if one]
    new = [reply for mail in found.mails for one in signing if (reply := read_reply(mail, key=one))]
    if not new and found.position == position:
        return MailMarks()
    with opened(config, wait=wait) as db, archive.transaction(db):
        fresh = mark_rows.unread_replies(db, [reply.name for reply in new])
        marks = store_marks(db, list(_marks((reply for reply in new if reply.name in fresh), now)))
        mark_rows.remember_replies_read_to(db, found.position)
    return MailMarks(marks=tuple(marks))


def _replies(config: Config, environment: Mapping[str, str], position: str, read: "Read") -> mailed_marks.Collected:
    """The mails since *position*, asked for once; a failure too is told to everybody who shares the mailbox."""
    assert config.marks is not None
    key = (config.marks.folder, config.marks.maildir, position)
    if key not in read:
        try:
            read[key] = mailed_marks.collect(
                config.marks, config.imap, environment, folder=config.folder, position=position
            )
        except FetchError as error:
            read[key] = error
    found = read[key]
    if isinstance(found, FetchError):
        raise found
    return found


def _marks(new: Iterable[Reply], now: datetime) -> Iterator[Mark]:
    """The marks in replies, dated when they were sent, so that a later command still wins."""
    for reply in new:
        sent_at = reply.sent_at
        moment = sent_at if sent_at and now - _MOST_AGE <= sent_at <= now else now
        for item_id, mark in reply.ticks:
            yield Mark(item_id=item_id, mark=mark, marked_at=moment, origin="mail")
