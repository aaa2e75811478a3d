"""Runs one session against canned results, without a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import httpx2

from digest.config import Fetch
from digest.fetch.limits import FetchLimits
from digest.fetch.request_steps import Poll, RequestStep, StepResult
from digest.fetch.session import start_session
from digest.records import Fetched, Request, Response, Source, SourceState

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
A = "https://a.example/feed"
B = "https://b.example/feed"
C = "https://c.example/feed"


def good(**headers: str) -> StepResult:
    return StepResult(
        status=200, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=b"<rss/>"
    )


def to(where: str, status: int = 301) -> StepResult:
    return StepResult(status=status, headers={"location": where})


def next_request(step: RequestStep, answer: StepResult) -> httpx2.Request | None:
    """Where httpx2 goes after such an answer."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(answer.status or 500, headers=answer.headers))
    return httpx2.Client(transport=transport).send(step.request).next_request


def nothing_more(source: Source, state: SourceState, responses: Sequence[Response]) -> Sequence[Request]:
    return ()


def talk(
    world: Mapping[str, StepResult] | Callable[[RequestStep], StepResult],
    *requests: Request,
    source: Source = Source(name="A", url=A),  # noqa: B008
    headers: Mapping[str, str] | None = None,
    follow: Callable[[Source, SourceState, tuple[Response, ...]], Sequence[Request]] = nothing_more,
    limits: FetchLimits = FetchLimits(),  # noqa: B008
    settings: Fetch = Fetch(),  # noqa: B008
) -> tuple[Fetched, list[RequestStep]]:
    """Let a poll talk to a world of canned answers; give back the poll and its steps."""
    poll = Poll(source=source, state=SourceState(source="A"), requests=requests or (Request(url=A),),
                  headers=headers or {})  # fmt: skip
    session = start_session(poll, follow, settings, limits, NOW)
    steps: list[RequestStep] = []
    try:
        step = next(session)
        while True:
            steps.append(step)
            assert len(steps) < 100
            answer = world[step.url] if isinstance(world, Mapping) else world(step)
            step = session.send(replace(answer, next_request=next_request(step, answer)))
    except StopIteration as end:
        return end.value, steps
