"""Marks by mail: links that write a reply, and the replies read back. Pure.

A link's subject names the mark and the item and carries a signature under the archive's own
key, so that nobody who merely knows the address can mark. The two halves stand together so
that they cannot drift apart.
"""

import hmac
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default
from urllib.parse import quote

from digest.render.ticks import MARKS, Tick

#: 80 bits: nobody guesses one by mailing, and a subject line stays short.
_SIGNATURE_LETTERS = 20
_TOLD = re.compile(
    rf"\bdigest\s+({'|'.join(MARKS)})\s+([a-z][0-9a-z]{{2,31}})\s+([0-9a-f]{{{_SIGNATURE_LETTERS}}})(?![0-9a-z])",
    re.IGNORECASE,
)
#: Replies quote, and some clients quote the links of a whole digest; only the subject counts, and it is short.
_MOST_LETTERS = 1_000


def mailto(address: str, tick: Tick, *, key: bytes) -> str:
    """The address of a link that opens a mail which says *tick* when it is sent."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject(tick, key=key))}"


def subject(tick: Tick, *, key: bytes) -> str:
    """The subject line that says *tick*, signed."""
    item_id, mark = tick
    return f"digest {mark} {item_id} {_signature(tick, key)}"


def told(mail: bytes, *, key: bytes) -> Iterator[Tick]:
    """Yield what a mail's subject says, as far as it is signed; "Re:" and list tags around it do not matter."""
    for mark, item_id, signature in _TOLD.findall(_subject(mail)[:_MOST_LETTERS]):
        tick = (item_id.lower(), mark.lower())
        if hmac.compare_digest(signature.lower(), _signature(tick, key)):
            yield tick


def _signature(tick: Tick, key: bytes) -> str:
    return hmac.new(key, "\x1f".join(tick).encode(), "sha256").hexdigest()[:_SIGNATURE_LETTERS]


def _subject(mail: bytes) -> str:
    """The decoded subject on one line; "" where there is none that can be read."""
    try:
        return " ".join(str(message_from_bytes(mail, policy=default)["Subject"] or "").split())
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""  # the library raises all of these at headers made to break it
