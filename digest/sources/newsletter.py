"""The kind "newsletter": the mails of a mailbox, one response each, made into items. Pure.

Tracking pixels are never loaded, and of a mail's links only the one to its page on the web is kept.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from itertools import islice
from typing import Any

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
#: What the library reads in a second; letters stay far below. Attachments come last and may be cut.
_HEADER_AT_MOST = 8_000
_PARTS_AT_MOST = 100
_LINES_AT_MOST = 100_000
_LINE_END = re.compile(rb"\r\n?|\n")
_UNREAD_TYPES = frozenset("application/octet-stream message/rfc822 multipart/encrypted".split())


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    return (request_for(source.url, state),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    return ()


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Make one Item of each mail; those that cannot be read are rejected, and a remark counts them."""
    items, rejected, missing = list[Item](), list[bytes](), 0
    for response in answered(responses):
        if not response.body:  # too large to be fetched; its answer says how far the mailbox was read
            missing += 1
            continue
        try:
            items.append(_item(_read(response.body), source.name, now))
        except Exception:  # the library fails in many ways on hostile mails, and one must not hide the others
            rejected.append(response.body)
    unread = missing + len(rejected)
    remarks = (f"{unread} mails could not be read",) if unread else ()
    return Parsed(items=deduplicate(items), remarks=remarks, rejected=tuple(rejected))


class _Bounded(policy.EmailPolicy):
    """The mail library's usual rules, for a mail of bounded headers and parts."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_HEADER_AT_MOST]  # decoding is quadratic in its words


def _read(body: bytes) -> EmailMessage:
    parts = 0

    def counted(**more: Any) -> EmailMessage:  # noqa: ANN401 - the library passes its policy
        nonlocal parts
        parts += 1
        if parts > _PARTS_AT_MOST:
            raise ParseError(f"has more than {_PARTS_AT_MOST} parts")
        return EmailMessage(**more)

    last = next(islice(_LINE_END.finditer(body), _LINES_AT_MOST, None), None)
    rules = _Bounded(message_factory=counted)  # type: ignore[call-overload]
    try:
        message: EmailMessage = message_from_bytes(body[: last.start() if last else None], policy=rules)
        known = {name.lower() for name in message}
    except ParseError:
        raise
    except Exception as error:
        raise ParseError(f"is no readable mail ({type(error).__name__})") from error
    if not known & {"from", "subject", "message-id"}:
        raise ParseError("is no mail")
    return message


def _item(message: EmailMessage, source: str, now: datetime) -> Item:
    title = one_line(FeedText(_header(message, "subject"), "text"))
    html, plain = _bodies(message)
    text = paragraphs(FeedText(html, "html")) if html else paragraphs(FeedText(plain, "text"))
    name, address = _sender(message)
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
    except Exception:  # the library on hostile headers: RecursionError, UnboundLocalError and others
        return ""


def _sender(message: EmailMessage) -> tuple[str, str]:
    try:
        return parseaddr(_header(message, "from"))
    except Exception:
        return "", ""


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
    except Exception:  # an unknown encoding, or a damaged part
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) else ""


def _own_page(message: EmailMessage, html: str) -> str:
    """The mail's page on the web: from its headers (RFC 5064), else the first link with such a text."""
    if archived := web_address("", _header(message, "archived-at").strip("<>")):
        return without_tracking(archived)
    root = parse_page(html.encode("utf-8", "replace")) if html else None
    for anchor in root.iter("a") if root is not None else ():
        name = " ".join("".join(islice(anchor.itertext(), 50)).lower().split())
        if len(name) < 80 and any(called in name for called in _OWN_PAGE):
            return without_tracking(web_address("", anchor.get("href") or ""))
    return ""
