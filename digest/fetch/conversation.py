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

import httpx2

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
    hop = _first_hop(request, party)
    seen = {hop.url}
    permanent = True
    while True:
        answer = yield hop
        party.count(answer)
        if answer.next_request is None:
            break
        permanent = permanent and answer.status in _PERMANENT
        hop = _redirected(hop, answer, party)
        if hop.url in seen:
            raise FetchError("redirects in a circle", status=answer.status)
        seen.add(hop.url)
        if len(seen) > party.limits.redirects + 1:
            raise FetchError(f"more than {party.limits.redirects} redirects", status=answer.status)
    moved = len(seen) > 1
    _check(answer, request, party, hop.url, moved=moved, permanent=permanent)
    return Response(
        request=request,
        status=answer.status,
        url=hop.url,
        permanent_url=hop.url if moved and permanent else "",
        headers={name: value for name, value in answer.headers.items() if name not in _SPENT_HEADERS},
        body=answer.body if answer.status == 200 else b"",
        wire_bytes=answer.wire_bytes,
        fetched_at=party.moment(answer.ended),
    )


def _first_hop(request: Request, party: _Party) -> Hop:
    url = guard.wire_url(request.url)
    headers = [*party.headers, *_conditions(request)]
    if guard.place_of(url) in party.declared:
        headers += party.visit.headers.items()
    encoded = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]
    return _hop(url, httpx2.Headers(encoded), party, party.limits.whole)


def _redirected(hop: Hop, answer: Answer, party: _Party) -> Hop:
    """Go where a redirect leads; secrets go no further than their own host and port, and never come back."""
    assert answer.next_request is not None
    try:
        url = guard.wire_url(str(answer.next_request.url), written=answer.headers.get("location", ""))
    except FetchError as error:
        raise FetchError(f"sent elsewhere by a redirect: {error}", status=answer.status) from error
    headers = answer.next_request.headers
    for name in ("host", *(party.visit.headers if guard.place_of(url) != hop.place else ())):
        headers.pop(name, None)
    return _hop(url, headers, party, max(hop.seconds - (answer.ended - answer.started), 0.001))


def _hop(url: str, headers: httpx2.Headers, party: _Party, seconds: float) -> Hop:
    place = guard.place_of(url)
    arxiv = is_arxiv(party.visit.source, party.visit.state) or is_arxiv_host(place[0])
    try:
        request = httpx2.Request("GET", url, headers=headers)
    except httpx2.InvalidURL as error:
        raise FetchError(f"not a web address: {guard.brief(url)}") from error
    return Hop(request=request, place=place, declared=place in party.declared, arxiv=arxiv, seconds=seconds)


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
    return f"{status} {httpx2.codes.get_reason_phrase(status)}".strip()


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
