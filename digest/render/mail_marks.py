"""Marks by mail: links that write a reply, and the replies read back. Pure.

A link's subject names the mark and the item and is signed (HMAC-SHA256) with the archive's own
key, so that knowing the address is not enough to mark. Both halves are here so that they cannot
drift apart.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import quote

from digest.render.checkboxes import MARKS, Tick
from digest.sources.dates import read_date

#: 80 bits: nobody guesses one by mailing, and a subject line stays short.
_SIGNATURE_LETTERS = 20
_SIGNED = re.compile(
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
        """The address that opens a mail which gives the mark *tick* when it is sent."""
        return f"mailto:{quote(self.to, safe='@')}?subject={quote(subject(tick, key=self.key))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A mail that holds marks."""

    #: the same however often and from wherever the mail is read
    name: str
    sent_at: datetime | None
    #: in the order of the subject
    ticks: tuple[Tick, ...]


def subject(tick: Tick, *, key: bytes) -> str:
    """The subject line for *tick*, signed."""
    item_id, mark = tick
    return f"digest {mark} {item_id} {_signature(tick, key)}"


def read_reply(mail: bytes, *, key: bytes) -> Reply | None:
    """Read a mail, of which the headers are enough; None where it holds no signed mark."""
    message = message_from_bytes(mail, policy=default)
    ticks = tuple(_signed_marks(_header(message, "Subject"), key))
    if not ticks:
        return None
    sent, named = _header(message, "Date"), _header(message, "Message-ID")
    name = named or f"{sent} {_header(message, 'Subject')}"
    return Reply(name=hashlib.sha256(name.encode()).hexdigest()[:32], sent_at=read_date(sent), ticks=ticks)


def _signed_marks(line: str, key: bytes) -> Iterator[Tick]:
    """The marks of a subject that are signed; "Re:" and list tags around them do not matter."""
    for mark, item_id, signature in _SIGNED.findall(line[:_MOST_LETTERS]):
        tick = (item_id.lower(), mark.lower())
        if hmac.compare_digest(signature.lower(), _signature(tick, key)):
            yield tick


def _signature(tick: Tick, key: bytes) -> str:
    return hmac.new(key, "\x1f".join(tick).encode(), "sha256").hexdigest()[:_SIGNATURE_LETTERS]


def _header(message: EmailMessage, name: str) -> str:
    """A decoded header on one line; "" where there is none that can be read."""
    try:
        text = " ".join(str(message[name] or "").split())
    except Exception:
        return ""  # the library fails in many ways on headers made to break it
    return text.encode("utf-8", "replace").decode()
