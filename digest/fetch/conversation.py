"""One visit as a conversation: which hop comes next, given the answers so far. No I/O.

`converse` is a generator that yields hops and is sent answers, so that redirects, refusals
and follow-up questions can be read (and tested) without a network, and whoever drives it may
let a visit wait while other hosts have their turn.
"""

import html
import re
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from digest import __version__
from digest.config import Fetch
from digest.errors import FetchError, ParseError
from digest.fetch import guard
from digest.fetch.body import size
from digest.fetch.messages import Answer, Follow, Hop, Limits, Place, Visit
from digest.fetch.politeness import is_arxiv, is_arxiv_host, retry_moment
from digest.fetch.robots import Rulebook, allowed, robots_url, rules_of
from digest.records import Fetched, Request, Response

Conversation = Generator[Hop, Answer, Fetched]

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.7, */*;q=0.1"
)
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
#: headers that are needed for one hop only
_SPENT_HEADERS = {"location", "content-length", "content-encoding"}


@dataclass(slots=True)
class _Party:
    """What stays the same during a visit, and its running tally."""

    visit: Visit
    limits: Limits
    now: datetime
    headers: tuple[tuple[str, str], ...]
    declared: frozenset[Place]
    #: bytes of all bodies together
    room: int
    rulebook: Rulebook
    first: Answer | None = None
    status: int = 0
    seconds: float = 0.0
    taken: int = 0
    asked: set[str] = field(default_factory=set)

    def moment(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)

    def count(self, answer: Answer) -> None:
        self.first = self.first or answer
        self.status = answer.status
        self.seconds += answer.ended - answer.started
        self.taken += len(answer.body)
        if self.taken > self.room:
            raise FetchError(f"more than {size(self.room)} in one visit", status=answer.status)


def converse(
    visit: Visit, follow: Follow, settings: Fetch, limits: Limits, now: datetime, rulebook: Rulebook | None = None
) -> Conversation:
    """Yield the hops of a visit, take their answers, and return what the visit brought.

    *now* is the moment from which answers count their seconds; *rulebook* is what hosts allow
    of their pages, as far as the run has asked.
    """
    room = settings.max_body * limits.bodies
    declared = guard.declared_places(visit.source)
    party = _Party(visit, limits, now, _common_headers(settings), declared, room, rulebook or Rulebook())
    responses: list[Response] = []
    failure: FetchError | None = None
    try:
        for request in visit.requests:
            responses.append((yield from _ask_allowed(request, party)))
        while further := _further(follow, responses, party):
            for request in further:
                responses += yield from _ask_further(request, party)
    except FetchError as error:
        failure = error
    return Fetched(
        source=visit.source,
        started_at=party.moment(party.first.started if party.first else 0.0),
        responses=tuple(responses),
        error=str(failure or ""),
        status=party.status,
        retry_at=failure.retry_at if failure else None,
        # Only the source's own address can be gone; a dead link further on says nothing of it.
        gone=failure is not None and failure.gone and not responses,
        milliseconds=round(party.seconds * 1000),
    )


def _further(follow: Follow, responses: list[Response], party: _Party) -> list[Request]:
    try:
        wanted = follow(party.visit.source, party.visit.state, tuple(responses))
    except ParseError:  # whoever parses these answers will meet and report it
        return []
    fresh = {request.url: request for request in wanted if request.url not in party.asked}
    return list(fresh.values())[: party.limits.requests - len(party.asked)]


def _ask_further(request: Request, party: _Party) -> Generator[Hop, Answer, list[Response]]:
    """Ask for one more document; that a link is dead (4xx) is not the source's failure, save for arXiv's pages.

    Neither is anything else that is wrong with an article, unless its host asks for rest.
    """
    try:
        return [(yield from _ask_allowed(request, party))]
    except FetchError as error:
        dead = 400 <= error.status < 500 or request.page
        asks_for_rest = error.status == 429 or error.retry_at is not None
        if dead and not asks_for_rest and not is_arxiv(party.visit.source, party.visit.state):
            return []
        raise


def _ask_allowed(request: Request, party: _Party) -> Generator[Hop, Answer, Response]:
    """Ask one question; for a page only if its host's robots.txt, which is asked first, allows it."""
    party.asked.add(request.url)  # even where it may not be asked, so that it is not wanted again
    if request.page:
        url = guard.wire_url(request.url)
        where = robots_url(url)
        if not party.rulebook.known(where, party.now):
            party.rulebook.note(where, (yield from _ask_rules(where, party)), party.now)
        rules = party.rulebook.look_up(where)
        if not allowed(rules, url):
            raise FetchError("not asked: robots.txt " + ("could not be read" if rules is None else "forbids this page"))
    return (yield from _ask(request, party))


def _ask_rules(url: str, party: _Party) -> Generator[Hop, Answer, str | None]:
    status = party.status
    try:
        return rules_of((yield from _ask(Request(url=url), party)), 200)
    except FetchError as error:
        return rules_of(None, error.status)
    finally:
        party.status = status  # the visit's status is that of its documents


def _ask(request: Request, party: _Party) -> Generator[Hop, Answer, Response]:
    """Ask one question through all its redirects."""
    url = start = guard.wire_url(request.url)
    seen = {url}
    permanent, strayed = True, False
    left = party.limits.whole
    while True:
        strayed = strayed or guard.place_of(url) != guard.place_of(start)
        answer = yield _hop(url, request, party, strayed=strayed, seconds=left)
        party.count(answer)
        left = max(left - (answer.ended - answer.started), 0.001)
        if answer.status not in _REDIRECTS or answer.error:
            break
        permanent = permanent and answer.status in _PERMANENT
        url = _target(answer, url)
        if url in seen:
            raise FetchError("redirects in a circle", status=answer.status)
        seen.add(url)
        if len(seen) > party.limits.redirects + 1:
            raise FetchError(f"more than {party.limits.redirects} redirects", status=answer.status)
    moved = len(seen) > 1
    _check(answer, request, party, url, moved=moved, permanent=permanent)
    return Response(
        request=request,
        status=answer.status,
        url=url,
        permanent_url=url if moved and permanent else "",
        headers={name: value for name, value in answer.headers.items() if name not in _SPENT_HEADERS},
        body=answer.body if answer.status == 200 else b"",
        wire_bytes=answer.wire_bytes,
        fetched_at=party.moment(answer.ended),
    )


def _hop(url: str, request: Request, party: _Party, *, strayed: bool, seconds: float) -> Hop:
    place = guard.place_of(url)
    headers = [*party.headers, *_conditions(request)]
    declared = place in party.declared
    if declared and not strayed:
        headers += party.visit.headers.items()
    arxiv = is_arxiv(party.visit.source, party.visit.state) or is_arxiv_host(place[0])
    return Hop(url=url, place=place, headers=tuple(headers), declared=declared, arxiv=arxiv, seconds=seconds)


def _common_headers(settings: Fetch) -> tuple[tuple[str, str], ...]:
    contact = f" (+{settings.contact})" if settings.contact else ""
    return (
        ("User-Agent", f"mldigest/{__version__}{contact}"),
        ("Accept", _ACCEPT),
        ("Accept-Encoding", "gzip, deflate"),
    )


def _conditions(request: Request) -> Iterable[tuple[str, str]]:
    if request.etag:
        yield "If-None-Match", request.etag
    if request.last_modified:
        yield "If-Modified-Since", request.last_modified


def _target(answer: Answer, url: str) -> str:
    """Find where a redirect leads; a relative one starts from the address that was asked."""
    location = answer.headers.get("location", "").strip()
    if not location:
        raise FetchError(f"answered {_status(answer.status)} without saying where to", status=answer.status)
    try:
        return guard.wire_url(guard.join(url, location))
    except FetchError as error:
        raise FetchError(f"sent elsewhere by a redirect: {error}", status=answer.status) from error


def _check(answer: Answer, request: Request, party: _Party, url: str, *, moved: bool, permanent: bool) -> None:
    """Raise what is wrong with the last answer of a question."""
    prefix = f"redirected to {url}: " if moved else ""
    retry_at = retry_moment(answer.headers.get("retry-after", ""), party.moment(answer.ended))
    if answer.error:
        raise FetchError(prefix + answer.error, status=answer.status, retry_at=retry_at)
    if answer.status == 304 and request.conditional:
        return
    if answer.status != 200:
        words = f"answered {_status(answer.status)}{_later(retry_at, party.moment(answer.ended))}"
        if is_arxiv(party.visit.source, party.visit.state):
            words += _own_words(answer.body)
        gone = answer.status == 410 and (permanent or not moved)
        raise FetchError(prefix + words, status=answer.status, retry_at=retry_at, gone=gone)
    if not answer.body.strip():
        raise FetchError(f"{prefix}answered with an empty document", status=answer.status)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _later(retry_at: datetime | None, now: datetime) -> str:
    if retry_at is None:
        return ""
    seconds = round((retry_at - now).total_seconds())
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"; asked to come back in {round(seconds / length)} {unit}"
    return f"; asked to come back in {seconds} s"


def _own_words(body: bytes) -> str:
    """Quote what arXiv's API says of an error: an Atom feed whose one entry explains it."""
    found = re.search(rb"<summary[^>]*>(.*?)</summary>", body, re.DOTALL)
    words = " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()) if found else ""
    return f": {words[:200]}" if words else ""


def not_asked(last: Answer, host: str, strikes: int) -> Answer:
    """Make the answer for a host that is left alone after failing others in this run."""
    reason = last.error or f"it answered {_status(last.status)}"
    return Answer(status=last.status, headers=_only_retry(last.headers), started=last.ended, ended=last.ended,
                  error=f"not asked: {host} failed {strikes} times in a row ({reason})", strike=True)  # fmt: skip


def _only_retry(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name == "retry-after"}
