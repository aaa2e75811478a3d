"""An issue as a mail message, text first. Pure: the same issue gives the same bytes, whenever it is composed.

What comes from strangers stands in the body, which is encoded, and in the subject, which is
one line of printable characters before it becomes a header.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from digest.errors import DeliveryError
from digest.records import Issue
from digest.render.html import render_html
from digest.render.layout import subject
from digest.render.mail_marks import ReplyAddress
from digest.render.text import render_text

#: Mailboxes show some 70 characters; more than this only makes a long header.
_LONGEST_SUBJECT = 160


def compose_message(
    issue: Issue, *, sender: str, recipient: str, message_id: str, reply_to: ReplyAddress | None = None
) -> EmailMessage:
    """Write the mail that brings *issue* to *recipient*; all addresses as in sources.toml.

    With *reply_to* there are links that mark what is shown.
    """
    if reply_to is not None:
        reply_to = replace(reply_to, to=address(reply_to.to).addr_spec)
    author, reader = address(sender), address(recipient)
    message = EmailMessage(policy=SMTP)
    message["Date"] = _date(issue.built_at)
    message["From"] = author
    message["To"] = reader
    message["Subject"] = one_line(subject(issue))[:_LONGEST_SUBJECT]
    message["Message-ID"] = message_id
    message["List-Id"] = f"<digest.{author.domain}>"
    message["List-Unsubscribe"] = f"<mailto:{quote(author.addr_spec, safe='@')}?subject=unsubscribe>"
    message["Auto-Submitted"] = "auto-generated"  # keeps holiday replies away
    # Quoted-printable keeps every line under the 998 octets that mail allows, whatever the text.
    message.set_content(_encodable(render_text(issue)), cte="quoted-printable")
    message.add_alternative(_encodable(render_html(issue, reply_to=reply_to)), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{_hash(message_id)}")
    return message


def message_id(issue: Issue, recipient: str, sender: str, *, again: str = "") -> str:
    """Name a mail: the same for each attempt at one issue and recipient, another for each *again*."""
    reader = address(recipient).addr_spec
    named = _hash(issue.period, issue.built_at.isoformat(), issue.learner, reader.lower(), again)
    return f"<digest-{one_line(issue.period)}-{named}@{address(sender).domain}>"


def address(text: str) -> Address:
    """Read "Ada <ada@example.org>"; the domain in ASCII, as it goes over the wire."""
    name, spec = parseaddr(one_line(text))
    local, _, domain = spec.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
        local.encode("ascii")
        if not local or not ascii_domain:
            raise ValueError("it has no @")
        return Address(display_name=name, addr_spec=f"{local}@{ascii_domain}")
    except (ValueError, IndexError) as error:
        raise DeliveryError(f"{one_line(text)!r} is no address that mail can be sent to") from error


def one_line(text: str) -> str:
    """Printable characters only, so that no text can begin a header of its own or end one early."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _encodable(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _date(moment: datetime) -> str:
    return format_datetime(moment.replace(microsecond=0))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", errors="replace")).hexdigest()[:24]
