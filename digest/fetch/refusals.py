"""What a refusal of a server means, in one line. No I/O."""

import html
import re
from datetime import datetime

import httpx2

from digest.errors import FetchError
from digest.fetch.politeness import retry_moment
from digest.fetch.request_steps import StepResult
from digest.fetch.session_state import SessionState
from digest.records import Request


def raise_refusal(
    result: StepResult, request: Request, state: SessionState, *, redirected_to: str, permanent: bool
) -> None:
    """Raise what is wrong with the last result of a request, if anything is.

    The FetchError has the status, the time of Retry-After, and whether the address is gone for good.
    """
    prefix = f"redirected to {redirected_to}: " if redirected_to else ""
    now = state.moment(result.ended)
    retry_at = retry_moment(result.headers.get("retry-after", ""), now)
    if result.error:
        raise FetchError(prefix + result.error, status=result.status, retry_at=retry_at)
    if result.status == 304 and request.conditional:
        return
    if result.status != 200:
        words = f"answered {status_words(result.status)}{_later(retry_at, now)}"
        if state.arxiv:
            words += _arxiv_reason(result.body)
        gone = result.status == 410 and (permanent or not redirected_to)
        raise FetchError(prefix + words, status=result.status, retry_at=retry_at, gone=gone)
    if not result.body.strip():
        raise FetchError(f"{prefix}answered with an empty document", status=result.status)


def status_words(status: int) -> str:
    return f"{status} {httpx2.codes.get_reason_phrase(status)}".strip()


def _later(retry_at: datetime | None, now: datetime) -> str:
    if retry_at is None:
        return ""
    seconds = round((retry_at - now).total_seconds())
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"; asked to come back in {round(seconds / length)} {unit}"
    return f"; asked to come back in {seconds} s"


def _arxiv_reason(body: bytes) -> str:
    """Quote what arXiv's API says about an error: an Atom feed whose one entry explains it."""
    found = re.search(rb"<summary[^<>]*>(.{0,5000}?)</summary>", body, re.DOTALL)
    words = " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()) if found else ""
    return f": {words[:200]}" if words else ""
