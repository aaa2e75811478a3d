"""The kind "newsletter": the mails of a mailbox, one response each, made into items. Pure.

Tracking pixels are never loaded, and of a mail's links only the one to its page on the web is kept.
"""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from digest.errors import ParseError
from digest.records import Item, Parsed, Request, Response, Source, SourceState
from digest.sources.addresses import web_address
from digest.sources.dates import first_credible
from digest.sources.discovery import parse_page
from digest.sources.document import FeedText
from digest.sources.identifiers import arxiv_id_in, without_tracking
from digest.sources.items import clean_id, content_hash, deduplicate
from digest.sources.requests import answered, request_for
from digest.sources.text import lead, one_line, paragraphs, summary_and_text

#: texts of links to the newsletter's own page
_OWN_PAGE = ("browser", "view online", "read online", "web version", "view this email", "view this post", "read in app")
_UNREAD_TYPES = frozenset("application/octet-stream message/rfc822 multipart/encrypted".split())


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    return (request_for(source.url, state),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    return ()


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Make one Item of each mail; a remark counts those that cannot be read."""
    items, unreadable = [], 0
    for response in answered(responses):
        try:
            items.append(_item(_read(response.body), source.name, now))
        except ParseError:
            unreadable += 1
    return Parsed(items=deduplicate(items), remarks=(f"{unreadable} mails could not be read",) if unreadable else ())


def _read(body: bytes) -> EmailMessage:
    try:
        message = message_from_bytes(body, policy=policy.default)
        known = {name.lower() for name in message}
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise ParseError(f"is no readable mail: {error}") from error
    if not known & {"from", "subject", "message-id"}:
        raise ParseError("is no mail")
    return message


def _item(message: EmailMessage, source: str, now: datetime) -> Item:
    title = one_line(FeedText(_header(message, "subject"), "text"))
    html, plain = _bodies(message)
    text = paragraphs(FeedText(html, "html")) if html else paragraphs(FeedText(plain, "text"))
    name, address = parseaddr(_header(message, "from"))
    summary, text = summary_and_text("", text)
    url = _own_page(message, html)
    return Item(
        source=source,
        kind="newsletter",
        entry_id=clean_id(_header(message, "message-id")) or content_hash(title, text or summary),
        url=url,
        title=title or lead(summary)[:100],
        authors=(author,) if (author := one_line(FeedText(name or address, "text"))) else (),
        summary=summary,
        text=text,
        published_at=first_credible((_header(message, "date"),), now),
        arxiv_id=arxiv_id_in(url),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):  # the library on hostile headers
        return ""


def _bodies(message: EmailMessage) -> tuple[str, str]:
    """The mail as HTML and as plain text, each "" where there is none."""
    found = {"html": "", "plain": ""}
    for part in _parts(message):
        form = part.get_content_subtype()
        if part.get_content_maintype() == "text" and form in found and not found[form] and not part.get_filename():
            found[form] = _content(part)
    return found["html"], found["plain"]


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if part.get_content_type() not in _UNREAD_TYPES:
            yield part


def _content(part: EmailMessage) -> str:
    try:
        content = part.get_content(errors="replace")
    except (LookupError, ValueError, KeyError, AttributeError, TypeError):  # an unknown encoding, or a damaged part
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) else ""


def _own_page(message: EmailMessage, html: str) -> str:
    """The mail's page on the web: from its headers (RFC 5064), else the first link with such a text."""
    if archived := web_address("", _header(message, "archived-at").strip("<>")):
        return without_tracking(archived)
    root = parse_page(html.encode("utf-8", "replace")) if html else None
    for anchor in root.iter("a") if root is not None else ():
        name = " ".join("".join(anchor.itertext()).lower().split())
        if len(name) < 80 and any(called in name for called in _OWN_PAGE):
            return without_tracking(web_address("", anchor.get("href") or ""))
    return ""
