"""A poll that leads to another owner's hosts goes on there, as if one had asked everything."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from digest.config import Fetch
from digest.errors import DigestError
from digest.fetch.client import fetch_all
from digest.fetch.conversation import Ownership
from digest.fetch.request_steps import Follow, HostPort, Poll, RequestStep
from digest.records import Fetched, Request, Source, SourceState
from tests.fetch.server import Asked, Said, World, moved, serving
from tests.fetch.test_client import AT_ONCE, NOW, PATIENT


class Lost(DigestError):
    """These hosts are somebody else's now."""


def run(
    polls: Sequence[Poll],
    own: World,
    locks: Path,
    *,
    follow: Follow = lambda *_: (),
    left: int = 100,
    settings: Fetch = AT_ONCE,
) -> tuple[list[Fetched], list[tuple[Poll, HostPort]]]:
    """Ask as the owner of one server's host, who loses it after so many requests."""
    made, handed = list[Fetched](), list[tuple[Poll, HostPort]]()

    def confirm() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Lost("superseded")

    def asks(step: RequestStep) -> bool:
        return step.host[1] == own.port

    ownership = Ownership(asks=asks, hand_over=lambda poll, step: handed.append((poll, step.host)), confirm=confirm)
    fetch_all(polls, settings, now=NOW, follow=follow, on_fetched=made.append, locks=locks, limits=PATIENT,
              ownership=ownership)  # fmt: skip
    return made, handed


def poll_of(one: World, two: World, path: str) -> Poll:
    """A source that declares both servers, since neither is public."""
    source = Source(name=path, url=one.url(path), base_url=two.url("/"))
    return Poll(source=source, state=SourceState(source=path), requests=(Request(url=source.url, etag='"1"'),))


def test_a_redirect_is_followed_by_the_owner_of_its_target(tmp_path: Path) -> None:
    """Each server is asked by its own owner, once, and the result is the one that a single owner has."""
    with serving({"/b": Said(), "/d": Said()}) as two, serving({}) as one:
        one.answering = lambda asked: moved(301, two.url("/b") if asked.path == "/a" else "/a")
        polls = [poll_of(one, two, "/start")]
        made, handed = run(polls, one, tmp_path)
        done, further = run([poll for poll, _ in handed], two, tmp_path)
        fetch_all(polls, AT_ONCE, now=NOW, follow=lambda *_: (), on_fetched=made.append, locks=tmp_path, limits=PATIENT)
        asked = two.log[0].headers

        assert (one.paths(), two.paths()) == (["/start", "/a"] * 2, ["/b"] * 2)
    assert (handed[0][1][1], further) == (two.port, [])
    assert asked["if-none-match"] == '"1"'
    assert done[0].responses[0].permanent_url == made[0].responses[0].permanent_url != ""
    assert replace(done[0].responses[0], fetched_at=NOW) == replace(made[0].responses[0], fetched_at=NOW)


def test_articles_on_other_hosts_come_in_their_turn(tmp_path: Path) -> None:
    """There and back: what was asked is not asked again, and robots.txt is heeded by whoever asks."""

    def answering(asked: Asked) -> Said:
        if asked.path == "/robots.txt":
            return Said(body=b"User-agent: *\nDisallow: /no")
        return Said(body=asked.path.encode())

    with serving(answering) as one, serving(answering) as two:
        wanted = [Request(url=world.url(path), page=True) for path in ("/1", "/no", "/2") for world in (one, two)]
        polls, made, owners = [poll_of(one, two, "/feed")], list[Fetched](), [one, two]
        for turn in range(5):
            fetched, handed = run(polls, owners[turn % 2], tmp_path / str(turn % 2), follow=lambda *_: wanted)
            made += fetched
            polls = [poll for poll, _ in handed]
        asked = sorted(one.paths()), sorted(two.paths())

    assert polls == []
    assert [response.body for response in made[0].responses] == [b"/feed", b"/1", b"/1", b"/2", b"/2"]
    assert asked == (["/1", "/2", "/feed", "/robots.txt"], ["/1", "/2", "/robots.txt"])


def test_a_poll_may_begin_on_another_owners_host(tmp_path: Path) -> None:
    """It is handed over before anything is asked."""
    with serving({"/a": Said()}) as one, serving({}) as two:
        made, handed = run([poll_of(one, two, "/a")], two, tmp_path)

        assert (made, len(handed), one.log, two.log) == ([], 1, [], [])


def test_who_lost_the_hosts_sends_nothing_more(tmp_path: Path) -> None:
    """The loss is raised to the caller; only what was confirmed before it has been sent."""
    made: list[Fetched] = []
    with serving(lambda asked: Said()) as one:
        polls = [poll_of(one, one, f"/{n}") for n in range(20)]
        with pytest.raises(Lost):
            made, _ = run(polls, one, tmp_path, left=3)

        assert len(one.log) == 3
    assert made == []


def test_secrets_are_not_handed_over(tmp_path: Path) -> None:
    """Nothing of what is handed over holds a header of the source's own."""
    with serving({"/b": Said()}) as two, serving({}) as one:
        one.answering = lambda asked: moved(302, two.url("/b") if asked.path == "/a" else "/a")
        secret = replace(poll_of(one, two, "/start"), headers={"X-Key": "s3cret"})
        _, handed = run([secret], one, tmp_path)

        sent = [asked.headers.get("x-key") for asked in one.log]
    assert sent == ["s3cret", "s3cret"]
    assert "s3cret" not in json.dumps([str(dict(step.headers)) for step in handed[0][0].heard.values()])
