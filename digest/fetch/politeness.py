"""When to come back, what to send, what to remember: pure decisions that publishers thank us for.

Everything here is a function of (old state, what came back, now, settings). It never asks
the network or the clock, and it draws no random numbers: jitter comes from a hash of the
source's name, so that sources spread out and a run can be repeated exactly.
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
#: validators are dropped this often: some servers' never move though the feed does
REFRESH = timedelta(days=7)
#: a little under a day, so that a job that runs once a day finds every source due
LONGEST_INTERVAL = timedelta(hours=23)
#: where nothing tells how often a source publishes: four times a day
UNKNOWN_INTERVAL = timedelta(hours=6)
#: visits for each entry published: with two, an entry waits half an interval at most on average
VISITS_PER_ENTRY = 2
#: skipDays and skipHours may cover a long weekend; what asks for more is no schedule but a mistake
LONGEST_SKIP = timedelta(days=3)
#: no schedule made here reaches further, so one that does was made under another clock
HORIZON = timedelta(days=5)

ARXIV_ZONE = ZoneInfo("America/New_York")
#: arXiv's lists are made at midnight Eastern; they are in place a while later
ARXIV_SETTLED = timedelta(minutes=30)


def due(state: SourceState, now: datetime) -> bool:
    """Tell whether the source should be asked in an ordinary round."""
    return not state.gone and _passed(state.next_check, now) and _passed(state.retry_at, now)


def may_ask_by_name(source: Source, state: SourceState, now: datetime) -> str:
    """Say why the source may not be asked even when the learner names it; "" where it may."""
    if state.gone:
        return "it is gone for good (410); remove it, or give it another address"
    if not _passed(state.retry_at, now) and state.retry_at:
        return f"it asked not to be asked again before {state.retry_at:%Y-%m-%d %H:%M} UTC"
    if is_arxiv(source, state) and state.last_success and not _passed(_arxiv_next(state.last_success), now):
        return "arXiv's lists change once a day, and today's is already here"
    return ""


def validators(request: Request, state: SourceState, now: datetime) -> Request:
    """Say which stored validators go with a request: those of its address, save once a week."""
    stale = state.refreshed_at is None or not state.refreshed_at <= now < state.refreshed_at + REFRESH
    if request.url != (state.url or state.declared_url):
        return replace(request, etag="", last_modified="")
    if stale and not is_mailbox(request.url):
        return replace(request, etag="", last_modified="")
    return replace(request, etag=state.etag, last_modified=state.last_modified)


def is_mailbox(url: str) -> bool:
    """Tell an address of mails: what counts as its validator is our own place in it, which cannot lie."""
    return url.startswith(("imap:", "maildir:"))


def outcome(fetched: Fetched, new_items: int, *, problem: str = "") -> str:
    """Name what came of a visit, as the `fetches` view does; *problem* is a parser's complaint."""
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
    """Make the state after a visit.

    *url* and *kind* are what the parser found out on the way; *problem* is its complaint
    about an answer it could not read, which counts as a failure like any other.
    """
    if fetched.error or problem:
        return _after_failure(state, fetched, now, settings, problem)
    main = _main_answer(fetched, url)
    # arXiv's addresses are made anew for each query, so that one of them is nothing to come back to.
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
    """Tell whether arXiv's own rules hold: for its kind wherever that is served, and for its hosts."""
    return "arxiv" in (source.kind, state.kind) or is_arxiv_host(urlsplit(state.url or source.url).hostname or "")


def is_arxiv_host(host: str) -> bool:
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def _passed(moment: datetime | None, now: datetime) -> bool:
    """Tell whether a moment to wait for has come, or lies so far off that the clock must have been wrong."""
    return moment is None or moment <= now or moment > now + HORIZON


def _after_failure(state: SourceState, fetched: Fetched, now: datetime, settings: Fetch, problem: str) -> SourceState:
    failures = state.failures + 1
    wait = _back_off(state.source, failures, settings.every)
    retry_at = min(fetched.retry_at, now + DAY) if fetched.retry_at and fetched.retry_at > now else None
    after = replace(state, last_attempt=now, last_error=fetched.error or problem, failures=failures,
                    retry_at=retry_at, gone=state.gone or fetched.gone,
                    next_check=max(now + wait, retry_at or now))  # fmt: skip
    # A body that could not be read must come again in full: a 304 would say that all is well.
    return replace(after, etag="", last_modified="", refreshed_at=None) if problem else after


def _back_off(name: str, failures: int, every: timedelta) -> timedelta:
    """Double the wait with each failure up to a day, less up to a quarter that differs by source."""
    longest = min(DAY, every * (1 << min(failures, 11)))  # 2^11 minutes are more than a day
    return max(every, longest * (1 - _jitter(name, failures) / 4))


def _jitter(name: str, count: int) -> float:
    """Draw a number from 0 to 1 that is always the same for this source and count."""
    digest = hashlib.sha256(f"{name}\x1f{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _main_answer(fetched: Fetched, url: str) -> Response | None:
    """Choose the answer whose validators and headers count: the document found, else the first."""
    for response in fetched.responses:
        if url and url in (response.request.url, response.url):
            return response
    return fetched.responses[0] if fetched.responses else None


def _with_validators(state: SourceState, answer: Response, now: datetime) -> SourceState:
    if answer.status == 304:
        return state
    headers = answer.headers
    # "Expires: 0" marks generated pages whose validators are known to lie (miniflux does the same).
    lies = headers.get("expires", "").strip() == "0"
    return replace(
        state,
        etag="" if lies else headers.get("etag", ""),
        last_modified="" if lies else headers.get("last-modified", ""),
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
    """Choose how long to wait: as declared, else by how often the source publishes, with up to a tenth of jitter."""
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
    """Say how long the answer may be kept: max-age, else Expires."""
    control = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(cache|store)\b", control):
        return timedelta()
    if age := re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})\b", control):
        return timedelta(seconds=int(age[1]))
    expires = _http_date(headers.get("expires", ""))
    if not expires:
        return timedelta()
    # The server's own clock first: it may be wrong, or ours replaced.
    said = _http_date(headers.get("date", "")) or now
    return max(expires - (said if said < expires else now), timedelta())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _outside_skips(moment: datetime, hints: Hints) -> datetime:
    """Move a moment out of the hours and days (GMT) that the document asks to be left alone in."""
    later = moment
    while later.weekday() in hints.skip_days or later.hour in hints.skip_hours:
        later = later.replace(minute=0, second=0, microsecond=0) + HOUR
        if later - moment > LONGEST_SKIP:
            return moment
    return later


def _arxiv_next(now: datetime) -> datetime:
    """Find when arXiv's next list is in place: after midnight Eastern, Monday to Friday."""
    day = (now.astimezone(ARXIV_ZONE) - ARXIV_SETTLED).date() + DAY
    while day.weekday() >= 5:  # nothing is announced on Friday and Saturday evenings
        day += DAY
    midnight = datetime.combine(day, dt.time(), ARXIV_ZONE)
    return midnight.astimezone(dt.UTC) + ARXIV_SETTLED
