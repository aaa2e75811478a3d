"""One request through all its redirects, each of them a step of its own. No I/O.

httpx2 says where a redirect leads and which headers go along; how many are followed, where to,
and whether they are permanent is decided here. Each step then waits for its own host.
"""

from collections.abc import Generator, Iterable

import httpx2

from digest.errors import FetchError
from digest.fetch import address_guard
from digest.fetch.politeness import is_arxiv_host
from digest.fetch.refusals import raise_refusal
from digest.fetch.request_steps import RequestStep, StepResult
from digest.fetch.session_state import SessionState
from digest.records import Request, Response

_PERMANENT = {301, 308}
#: headers that matter for one step only
_STEP_HEADERS = {"location", "content-length", "content-encoding"}


def follow_redirects(request: Request, state: SessionState) -> Generator[RequestStep, StepResult, Response]:
    """Yield the steps of a request; FetchError if the last one is refused, or they go too far or in a circle."""
    step = _first_step(request, state)
    seen = {step.url}
    permanent = True
    while True:
        result = yield step
        state.count(result)
        if result.next_request is None:
            break
        permanent = permanent and result.status in _PERMANENT
        step = _next_step(step, result, result.next_request, state)
        if step.url in seen:
            raise FetchError("redirects in a circle", status=result.status)
        seen.add(step.url)
        if len(seen) > state.limits.redirects + 1:
            raise FetchError(f"more than {state.limits.redirects} redirects", status=result.status)
    moved = len(seen) > 1
    raise_refusal(result, request, state, redirected_to=step.url if moved else "", permanent=permanent)
    return Response(
        request=request,
        status=result.status,
        url=step.url,
        permanent_url=step.url if moved and permanent else "",
        headers={name: value for name, value in result.headers.items() if name not in _STEP_HEADERS},
        body=result.body if result.status == 200 else b"",
        wire_bytes=result.wire_bytes,
        fetched_at=state.moment(result.ended),
    )


def _first_step(request: Request, state: SessionState) -> RequestStep:
    url = address_guard.wire_url(request.url)
    headers = [*state.headers.items(), *_conditions(request)]
    if address_guard.origin(url) in address_guard.declared_origins(state.poll.source):
        headers += state.poll.headers.items()
    encoded = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]
    return _step(url, httpx2.Headers(encoded), state, state.seconds_left)


def _next_step(step: RequestStep, result: StepResult, redirect: httpx2.Request, state: SessionState) -> RequestStep:
    """Follow one redirect. Secret headers stay with their own scheme, host and port, and are not added again later."""
    try:
        url = address_guard.wire_url(str(redirect.url), written=result.headers.get("location", ""))
    except FetchError as error:
        raise FetchError(f"sent elsewhere by a redirect: {error}", status=result.status) from error
    leaves = address_guard.origin(url) != address_guard.origin(step.url)
    for name in ("host", *(state.poll.headers if leaves else ())):
        redirect.headers.pop(name, None)
    return _step(url, redirect.headers, state, max(step.seconds - (result.ended - result.started), 0.001))


def _step(url: str, headers: httpx2.Headers, state: SessionState, seconds: float) -> RequestStep:
    host = address_guard.host_port(url)
    try:
        request = httpx2.Request("GET", url, headers=headers)
    except httpx2.InvalidURL as error:
        raise FetchError(f"not a web address: {address_guard.brief(url)}") from error
    arxiv = state.arxiv or is_arxiv_host(host[0])
    return RequestStep(request=request, host=host, declared=host in state.declared, arxiv=arxiv, seconds=seconds)


def _conditions(request: Request) -> Iterable[tuple[str, str]]:
    if request.etag:
        yield "If-None-Match", request.etag
    if request.last_modified:
        yield "If-Modified-Since", request.last_modified
