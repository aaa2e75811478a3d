"""One poll of a source as a generator: which request comes next, given the responses so far. No I/O.

It yields steps and is sent their results. So redirects, refusals and follow-up requests can be read
(and tested) without a network, and the scheduler can let a session wait while other hosts are asked.
"""

from collections.abc import Generator
from datetime import datetime

from digest import __version__
from digest.config import Fetch
from digest.errors import FetchError, ParseError
from digest.fetch import address_guard
from digest.fetch.limits import FetchLimits
from digest.fetch.redirects import follow_redirects
from digest.fetch.request_steps import Follow, Poll, RequestStep, StepResult
from digest.fetch.robots_cache import RobotsCache, allowed, robots_url, rules_of
from digest.fetch.session_state import SessionState
from digest.records import Fetched, Request, Response

Session = Generator[RequestStep, StepResult, Fetched]

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.7, */*;q=0.1"
)


def start_session(
    poll: Poll,
    follow: Follow,
    settings: Fetch,
    limits: FetchLimits,
    now: datetime,
    robots: RobotsCache | None = None,
    rules: dict[str, str | None] | None = None,
) -> Session:
    """Yield the steps of a poll, take their results, and return what was fetched.

    *now* is the time from which results count their seconds; *robots* holds the rules that this
    run has already fetched, *rules* takes those that this session goes by.
    """
    state = SessionState(
        poll=poll,
        limits=limits,
        now=now,
        headers=_common_headers(settings),
        declared=address_guard.declared_hosts(poll.source),
        max_bytes=settings.max_body * limits.bodies,
        robots=robots or RobotsCache(),
        rules={} if rules is None else rules,
    )
    responses: list[Response] = []
    failure: FetchError | None = None
    try:
        for request in poll.requests:
            responses.append((yield from _fetch_allowed(request, state)))
        while further := _further(follow, responses, state):
            for request in further:
                if state.seconds_left <= 0:
                    break  # what is left of a slow host's articles comes with the next poll
                responses += yield from _fetch_further(request, state)
    except FetchError as error:
        failure = error
    return _fetched(state, responses, failure)


def _fetched(state: SessionState, responses: list[Response], failure: FetchError | None) -> Fetched:
    return Fetched(
        source=state.poll.source,
        started_at=state.moment(state.first.started if state.first else 0.0),
        responses=tuple(responses),
        error=str(failure or ""),
        status=state.status,
        retry_at=failure.retry_at if failure else None,
        # Only the source's own address can be gone; a dead link further on says nothing about it.
        gone=failure is not None and failure.gone and not responses,
        milliseconds=round(state.seconds * 1000),
    )


def _further(follow: Follow, responses: list[Response], state: SessionState) -> list[Request]:
    try:
        wanted = follow(state.poll.source, state.poll.state, tuple(responses))
    except ParseError:  # the caller parses these responses too, and reports it
        return []
    if state.seconds_left <= 0:
        return []
    fresh = {request.url: request for request in wanted if request.url not in state.requested}
    return list(fresh.values())[: state.limits.requests - len(state.requested)]


def _fetch_further(request: Request, state: SessionState) -> Generator[RequestStep, StepResult, list[Response]]:
    """Fetch one more document. A dead link (4xx) does not fail the source, except for arXiv's pages.

    Neither does anything else that is wrong with an article, unless its host asks us to wait.
    """
    try:
        return [(yield from _fetch_allowed(request, state))]
    except FetchError as error:
        dead = 400 <= error.status < 500 or request.page
        must_wait = error.status == 429 or error.retry_at is not None
        if dead and not must_wait and not state.arxiv:
            return []
        raise


def _fetch_allowed(request: Request, state: SessionState) -> Generator[RequestStep, StepResult, Response]:
    """Fetch one document; a page only if its host's robots.txt, which is fetched first, allows it."""
    state.requested.add(request.url)  # even where it is forbidden, so that it is not wanted again
    if request.page:
        url = address_guard.wire_url(request.url)
        rules_url = robots_url(url)
        if rules_url not in state.rules:
            if not state.robots.known(rules_url, state.now):
                state.robots.note(rules_url, (yield from _fetch_rules(rules_url, state)), state.now)
            state.rules[rules_url] = state.robots.look_up(rules_url)
        rules = state.rules[rules_url]
        if not allowed(rules, url):
            raise FetchError("not asked: robots.txt " + ("could not be read" if rules is None else "forbids this page"))
    return (yield from follow_redirects(request, state))


def _fetch_rules(url: str, state: SessionState) -> Generator[RequestStep, StepResult, str | None]:
    status = state.status
    try:
        return rules_of((yield from follow_redirects(Request(url=url), state)), 200)
    except FetchError as error:
        return rules_of(None, error.status)
    finally:
        state.status = status  # the status of a poll is that of its documents


def _common_headers(settings: Fetch) -> dict[str, str]:
    contact = f" (+{settings.contact})" if settings.contact else ""
    return {
        "User-Agent": f"mldigest/{__version__}{contact}",
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip, deflate",
    }
