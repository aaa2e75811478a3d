"""When to poll again, what to send and what to remember: pure decisions that spare publishers' servers.

Everything here is a function of (old state, what was fetched, now, settings), without network,
clock or random numbers: jitter comes from a hash of the source's name, so that sources spread
out and a run can be repeated exactly.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.config import Fetch
from digest.records import Fetched, Hints, Request, Response, Source, SourceState

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
#: validators are dropped this often, because some servers never change them although the feed changes
REFRESH = timedelta(days=7)
#: a little under a day, so that a job that runs once a day finds every source due
LONGEST_INTERVAL = timedelta(hours=23)
#: for a source that we do not know how often it publishes: four times a day
UNKNOWN_INTERVAL = timedelta(hours=6)
#: polls for each entry published; with two, an entry waits half an interval at most on average
VISITS_PER_ENTRY = 2
#: skipDays and skipHours may cover a long weekend; more than that is a mistake
LONGEST_SKIP = timedelta(days=3)
#: no schedule made here reaches further, so one that does comes from a wrong clock
HORIZON = timedelta(days=5)

ARXIV_ZONE = ZoneInfo("America/New_York")
#: arXiv announces at midnight Eastern; the lists are complete a while later
ARXIV_SETTLED = timedelta(minutes=30)


def due(state: SourceState, now: datetime) -> bool:
    """Return whether an ordinary run should poll the source."""
    return not state.gone and _passed(state.next_check, now) and _passed(state.retry_at, now)


def may_ask_by_name(source: Source, state: SourceState, now: datetime) -> str:
    """Say why the source may not be polled even if the learner names it; "" if it may."""
    if state.gone:
        return "it is gone for good (410); remove it, or give it another address"
    if not _passed(state.retry_at, now) and state.retry_at:
        return f"it asked not to be asked again before {state.retry_at:%Y-%m-%d %H:%M} UTC"
    if is_arxiv(source, state) and state.last_success and not _passed(_arxiv_next(state.last_success), now):
        return "arXiv's lists change once a day, and today's is already here"
    return ""


def validators(request: Request, state: SourceState, now: datetime) -> Request:
    """Add the stored validators of its address to a request, except once a week."""
    stale = state.refreshed_at is None or not state.refreshed_at <= now < state.refreshed_at + REFRESH
    if request.url != (state.url or state.declared_url):
        return replace(request, etag="", last_modified="")
    if stale and not is_mailbox(request.url):
        return replace(request, etag="", last_modified="")
    return replace(request, etag=state.etag, last_modified=state.last_modified)


def is_mailbox(url: str) -> bool:
    """Return whether this is an address of mails; its validator is our own position there and can be trusted."""
    return url.startswith(("imap:", "maildir:"))


def outcome(fetched: Fetched, new_items: int, *, problem: str = "") -> str:
    """Name the outcome of a poll as the `fetches` view does; *problem* is a parser's complaint."""
    if fetched.error or problem:
        return "error"
    if not fetched.responses:
        return "skipped"
    if all(response.status == 304 for response in fetched.responses):
        return "not_modified"
    return "new" if new_items else "unchanged"


def remember(
    state: SourceState,
    fetched: Fetched,
    hints: Hints,
    now: datetime,
    settings: Fetch,
    *,
    url: str = "",
    kind: str = "",
    problem: str = "",
) -> SourceState:
    """Return the state after a poll.

    *url* and *kind* are what the parser found out; *problem* is its complaint about a document
    it could not read, which counts as a failure like any other.
    """
    if fetched.error or problem:
        return _after_failure(state, fetched, now, settings, problem)
    main = _main_answer(fetched, url)
    # arXiv's addresses are made for each query, so a redirect of one of them is not remembered.
    moved = main.permanent_url if main and not is_arxiv(fetched.source, state) else ""
    address = url or moved or state.url
    after = replace(state, url=address, kind=kind or state.kind, last_attempt=now, last_success=now,
                    first_success=state.first_success or now, last_error="", failures=0, retry_at=None)  # fmt: skip
    if main is None:
        return replace(after, next_check=now + _interval(fetched.source, state, settings))
    after = _with_validators(after, main, now)
    return replace(after, next_check=_next_check(after, fetched.source, main, hints, now, settings))


def retry_moment(value: str, now: datetime) -> datetime | None:
    """Read a Retry-After header, seconds or a date, as a moment within a day from now."""
    value = value.strip()
    if re.fullmatch(r"\d{1,9}", value):
        moment: datetime | None = now + min(timedelta(seconds=int(value)), DAY)
    elif value.isdigit():
        moment = now + DAY
    else:
        moment = _http_date(value)
    return min(moment, now + DAY) if moment and moment > now else None


def is_arxiv(source: Source, state: SourceState) -> bool:
    """Return whether arXiv's own rules apply: for its kind wherever it is served, and for its hosts."""
    return "arxiv" in (source.kind, state.kind) or is_arxiv_host(urlsplit(state.url or source.url).hostname or "")


def is_arxiv_host(host: str) -> bool:
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def _passed(moment: datetime | None, now: datetime) -> bool:
    """Return whether a time has come, or is so far off that the clock must have been wrong."""
    return moment is None or moment <= now or moment > now + HORIZON


def _after_failure(state: SourceState, fetched: Fetched, now: datetime, settings: Fetch, problem: str) -> SourceState:
    failures = state.failures + 1
    wait = _back_off(state.source, failures, settings.every)
    retry_at = min(fetched.retry_at, now + DAY) if fetched.retry_at and fetched.retry_at > now else None
    after = replace(state, last_attempt=now, last_error=fetched.error or problem, failures=failures,
                    retry_at=retry_at, gone=state.gone or fetched.gone,
                    next_check=max(now + wait, retry_at or now))  # fmt: skip
    # A document that could not be read must be sent again in full: a 304 would say that all is well.
    return replace(after, etag="", last_modified="", refreshed_at=None) if problem else after


def _back_off(name: str, failures: int, every: timedelta) -> timedelta:
    """Double the wait with each failure up to a day, minus up to a quarter that differs by source (jitter)."""
    longest = min(DAY, every * (1 << min(failures, 11)))  # 2^11 minutes are more than a day
    return max(every, longest * (1 - _jitter(name, failures) / 4))


def _jitter(name: str, count: int) -> float:
    """Return a number from 0 to 1 that is always the same for this source and count."""
    digest = hashlib.sha256(f"{name}\x1f{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _main_answer(fetched: Fetched, url: str) -> Response | None:
    """Choose the response whose validators and headers count: the document found, else the first."""
    for response in fetched.responses:
        if url and url in (response.request.url, response.url):
            return response
    return fetched.responses[0] if fetched.responses else None


def _with_validators(state: SourceState, answer: Response, now: datetime) -> SourceState:
    if answer.status == 304:
        return state
    headers = answer.headers
    # "Expires: 0" marks generated pages, whose validators cannot be trusted (miniflux does the same).
    untrusted = headers.get("expires", "").strip() == "0"
    return replace(
        state,
        etag="" if untrusted else headers.get("etag", ""),
        last_modified="" if untrusted else headers.get("last-modified", ""),
        refreshed_at=state.refreshed_at if answer.request.conditional else now,
    )


def _next_check(
    state: SourceState, source: Source, answer: Response, hints: Hints, now: datetime, settings: Fetch
) -> datetime:
    floor = max(
        _interval(source, state, settings),
        _kept_for(answer.headers, now),
        timedelta(seconds=min(max(hints.ttl, 0), 86400)),
    )
    moment = _outside_skips(now + min(floor, DAY), hints)
    return max(moment, _arxiv_next(now)) if is_arxiv(source, state) else moment


def _interval(source: Source, state: SourceState, settings: Fetch) -> timedelta:
    """Choose how long to wait: as declared, else by how often the source publishes, minus up to a tenth of jitter."""
    if source.every:
        return source.every
    if state.per_week is None:
        wish = UNKNOWN_INTERVAL
    else:
        # Fewer than one entry in ten weeks makes no difference: the longest interval is reached long before.
        wish = timedelta(days=7) / (VISITS_PER_ENTRY * max(state.per_week, 0.1))
    wish = min(max(wish, settings.every), LONGEST_INTERVAL) * (1 - _jitter(state.source, 0) / 10)
    return max(wish, settings.every)


def _kept_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long the response stays fresh: max-age, else Expires."""
    control = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(cache|store)\b", control):
        return timedelta()
    if age := re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})\b", control):
        return timedelta(seconds=int(age[1]))
    expires = _http_date(headers.get("expires", ""))
    if not expires:
        return timedelta()
    # Measured by the server's own clock where it sends one: either clock may be wrong.
    said = _http_date(headers.get("date", "")) or now
    return max(expires - (said if said < expires else now), timedelta())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _outside_skips(moment: datetime, hints: Hints) -> datetime:
    """Move a time out of the hours and days (GMT) in which the document asks not to be fetched."""
    later = moment
    while later.weekday() in hints.skip_days or later.hour in hints.skip_hours:
        later = later.replace(minute=0, second=0, microsecond=0) + HOUR
        if later - moment > LONGEST_SKIP:
            return moment
    return later


def _arxiv_next(now: datetime) -> datetime:
    """Return when arXiv's next list is complete: after midnight Eastern, Monday to Friday."""
    day = (now.astimezone(ARXIV_ZONE) - ARXIV_SETTLED).date() + DAY
    while day.weekday() >= 5:  # nothing is announced on Friday and Saturday evenings
        day += DAY
    midnight = datetime.combine(day, dt.time(), ARXIV_ZONE)
    return midnight.astimezone(dt.UTC) + ARXIV_SETTLED
