"""A poll on its way to another owner of hosts: as JSON, without the secrets of its source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import httpx2
from pydantic import ConfigDict, TypeAdapter

from digest.fetch.request_steps import Poll, StepResult
from digest.records import Request, Source, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One answer that was heard already, and where it leads if it is a redirect."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    status: int
    headers: dict[str, str]
    body: bytes
    wire_bytes: int
    error: str
    started: float
    ended: float
    host_failed: bool
    next_url: str
    next_headers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedPoll:
    source: Source
    state: SourceState
    requests: tuple[Request, ...]
    heard: dict[str, _Told]
    rules: dict[str, str | None]


_HANDED = TypeAdapter(_HandedPoll)


def dump(poll: Poll) -> bytes:
    """The poll with what it has heard. Its secret headers are left out: its next owner has them from the environment."""
    handed = _HandedPoll(
        source=poll.source,
        state=poll.state,
        requests=poll.requests,
        heard={url: _told(result, poll.headers) for url, result in poll.heard.items()},
        rules=dict(poll.rules),
    )
    return _HANDED.dump_json(handed)


def load(data: bytes) -> Poll:
    """What `dump` wrote; ValueError where it is something else."""
    handed = _HANDED.validate_json(data)
    heard = {url: _result(told) for url, told in handed.heard.items()}
    return Poll(source=handed.source, state=handed.state, requests=handed.requests, heard=heard, rules=handed.rules)


def _told(result: StepResult, secrets: Mapping[str, str]) -> _Told:
    following = result.next_request
    hidden = {name.lower() for name in secrets}
    headers = following.headers.multi_items() if following else []
    return _Told(
        status=result.status,
        headers=dict(result.headers),
        body=result.body,
        wire_bytes=result.wire_bytes,
        error=result.error,
        started=result.started,
        ended=result.ended,
        host_failed=result.host_failed,
        next_url=str(following.url) if following else "",
        # Of a redirect within one host they went along; it is not asked again, and another host never gets them.
        next_headers=[(name, value) for name, value in headers if name.lower() not in hidden],
    )


def _result(told: _Told) -> StepResult:
    result = StepResult(
        status=told.status,
        headers=told.headers,
        body=told.body,
        wire_bytes=told.wire_bytes,
        error=told.error,
        started=told.started,
        ended=told.ended,
        host_failed=told.host_failed,
    )
    if not told.next_url:
        return result
    return replace(result, next_request=httpx2.Request("GET", told.next_url, headers=told.next_headers))
