"""Marks by mail: links that write a reply, and the replies read back. Pure.

A link's subject names the mark and the item and carries a signature under the archive's own
key, so that nobody who merely knows the address can mark. The two halves stand together so
that they cannot drift apart.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from digest.render.checkboxes import MARKS, Tick

#: 80 bits: nobody guesses one by mailing, and a subject line stays short.
_SIGNATURE_LETTERS = 20
_TOLD = re.compile(
    rf"\bdigest\s+({'|'.join(MARKS)})\s+([a-z][0-9a-z]{{2,31}})\s+([0-9a-f]{{{_SIGNATURE_LETTERS}}})(?![0-9a-z])",
    re.IGNORECASE,
)
#: Replies quote, and some clients quote the links of a whole digest; only the subject counts, and it is short.
_MOST_LETTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """Where the links of an issue write to, and the key that signs them."""

    to: str
    key: bytes = field(repr=False)

    def link(self, tick: Tick) -> str:
        return mailto(self.to, tick, key=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A mail that says something."""

    #: the same however often and from wherever the mail is read
    name: str
    sent_at: datetime | None
    #: in the order in which they are said
    ticks: tuple[Tick, ...]


def mailto(address: str, tick: Tick, *, key: bytes) -> str:
    """The address of a link that opens a mail which says *tick* when it is sent."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject(tick, key=key))}"


def subject(tick: Tick, *, key: bytes) -> str:
    """The subject line that says *tick*, signed."""
    item_id, mark = tick
    return f"digest {mark} {item_id} {_signature(tick, key)}"


def read_reply(mail: bytes, *, key: bytes) -> Reply | None:
    """Read a mail, of which the headers are enough; None where nothing in it is said and signed."""
    message = message_from_bytes(mail, policy=default)
    ticks = tuple(_told(_header(message, "Subject"), key))
    if not ticks:
        return None
    sent, named = _header(message, "Date"), _header(message, "Message-ID")
    name = named or f"{sent} {_header(message, 'Subject')}"
    return Reply(name=hashlib.sha256(name.encode()).hexdigest()[:32], sent_at=_moment(sent), ticks=ticks)


def _told(line: str, key: bytes) -> Iterator[Tick]:
    """What a subject says, as far as it is signed; "Re:" and list tags around it do not matter."""
    for mark, item_id, signature in _TOLD.findall(line[:_MOST_LETTERS]):
        tick = (item_id.lower(), mark.lower())
        if hmac.compare_digest(signature.lower(), _signature(tick, key)):
            yield tick


def _signature(tick: Tick, key: bytes) -> str:
    return hmac.new(key, "\x1f".join(tick).encode(), "sha256").hexdigest()[:_SIGNATURE_LETTERS]


def _header(message: EmailMessage, name: str) -> str:
    """A decoded header on one line; "" where there is none that can be read."""
    try:
        text = " ".join(str(message[name] or "").split())
    except (MessageError, ValueError, LookupError, AttributeError, TypeError):
        return ""  # the library raises all of these at headers made to break it
    return text.encode("utf-8", "replace").decode()


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
