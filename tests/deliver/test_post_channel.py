"""Posts over real HTTP: what arrives, what is said of each failure, and that no secret is ever repeated."""

from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

from digest.config import Notify
from digest.deliver.channel import DeliveryOutcome
from digest.deliver.http_post import Answer, AnswerLost, post
from digest.deliver.post_channel import POSTED, PostChannel, read_target
from digest.errors import DeliveryError
from digest.fetch.limits import FetchLimits
from digest.records import Issue
from digest.render.posts import issue_post
from tests import make
from tests.deliver.hooks import Hooks, Reply, hooks

#: Stands in the address and must never be seen again.
SECRET = "T0KEN-of-the-hook"
HASTY = FetchLimits(connect=0.5, read=0.3, total=1.0)


def channel(
    server: Hooks | None, kind: str = "slack", *, slept: list[float] | None = None, **changes: object
) -> PostChannel:
    """A channel to the server, whose address is a secret, with little patience."""
    path = f"/{SECRET}/topic" if kind == "ntfy" else f"/hooks/{SECRET}?key={SECRET}"
    url = server.url(path) if server else f"http://127.0.0.1:9{path}"
    settings = Notify.model_validate({"kind": kind, "name": "team", "url_env": "HOOK"} | changes)

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return post(url, body, headers, limits=HASTY)

    return PostChannel(
        settings, {"HOOK": url, "TOKEN": "t0ken-value"}, issue_post, send=send, sleep=(slept or []).append
    )


def deliver(way: PostChannel, issue: Issue | None = None) -> DeliveryOutcome:
    """The outcome, with a refusal as one."""
    issue = issue or make.issue()
    try:
        outcome = way.deliver(issue, "team", way.message_id(issue, "team"))
    except DeliveryError as error:
        outcome = DeliveryOutcome(state="failed", error=str(error))  # type: ignore[arg-type]
    assert SECRET not in outcome.error
    return outcome


@pytest.mark.parametrize("kind", sorted(POSTED))
def test_each_kind_posts_an_issue_once(kind: str) -> None:
    """One POST of JSON that names a pick, with the delivery's name for services that look at it."""
    issue = make.issue()
    with hooks() as server:
        outcome = deliver(channel(server, kind), issue)

    [posted] = server.log
    assert outcome == DeliveryOutcome(state="sent")  # type: ignore[arg-type]
    assert posted.path.startswith("POST /")
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["idempotency-key"].startswith(f"digest-{issue.period}-")
    assert issue.picks[0].url in unescape(posted.body.decode())  # Slack escapes "&"


def test_ntfy_is_given_its_topic_and_token() -> None:
    """It publishes JSON to the server's root; the topic is the address's last part."""
    with hooks() as server:
        deliver(channel(server, "ntfy", token_env="TOKEN"))

    [posted] = server.log
    assert posted.path == f"POST /{SECRET}/"
    assert posted.json["topic"] == "topic"
    assert posted.headers["authorization"] == "Bearer t0ken-value"


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (Reply(status=204, body=b""), "sent", ""),
        (Reply(body=b"x" * 3_000_000), "sent", ""),
        (Reply(status=404, headers={"Content-Type": "text/plain"}, body=b"no_team"), "failed", "404 no_team"),
        (Reply(status=400, headers={"Content-Type": "text/html"}, body=b"<html>"), "failed", "answered 400"),
        (Reply(status=500, body=b"x" * 3_000_000), "failed", "answered 500"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), "failed", "redirect"),
        (Reply(status=429, headers={"Retry-After": "3600"}), "failed", "wait 3600 s"),
        (Reply(status=429, headers={"Retry-After": "soon"}), "failed", "too many"),
        (Reply(status=502), "unknown", "not known"),
        (Reply(status=504), "unknown", "not known"),
        (Reply(hang=True), "unknown", "not known"),
        (Reply(cut=True), "unknown", "not known"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, Reply) else "",
)
def test_every_answer_has_its_outcome(reply: Reply, state: str, words: str) -> None:
    """What was refused failed, what may have arrived is unknown, and each is posted one time."""
    with hooks(reply) as server:
        outcome = deliver(channel(server))

    assert outcome.state == state
    assert words in outcome.error
    assert len(outcome.error) < 300
    assert len(server.log) == 1


def test_a_redirect_is_not_followed() -> None:
    """The address is a secret, and so is what is posted."""
    with hooks() as other, hooks(Reply(status=307, headers={"Location": other.url("/elsewhere")})) as server:
        deliver(channel(server))

    assert other.log == []


def test_a_short_wait_is_waited_for() -> None:
    """Discord asks for a second or two; the first post was refused, so nothing is posted twice."""
    slept: list[float] = [0.0]
    with hooks(Reply(status=429, headers={"Retry-After": "1.5"}), Reply(status=204, body=b"")) as server:
        outcome = deliver(channel(server, slept=slept))

    assert (outcome.state, slept[1:], len(server.log)) == ("sent", [1.5], 2)


def test_an_answer_that_repeats_the_secret_is_cleaned() -> None:
    """Some services quote the address they were asked at."""
    told = f"no hook {SECRET} at /hooks/{SECRET}?key={SECRET}".encode()
    with hooks(Reply(status=403, headers={"Content-Type": "text/plain"}, body=told)) as server:
        outcome = deliver(channel(server))

    assert "no hook ***" in outcome.error


def test_nobody_listens() -> None:
    """A connection that is refused certainly brought nothing."""
    with hooks() as server:
        pass
    assert deliver(channel(server)).state == "failed"


@pytest.mark.parametrize(
    ("kind", "environment", "words"),
    [
        ("slack", {}, "HOOK is not set"),
        ("slack", {"HOOK": "hooks.slack.com/x"}, "the address in HOOK"),
        ("slack", {"HOOK": "http://hooks.example.org/secret-path"}, "must begin with https"),
        ("slack", {"HOOK": "https://user:secret-path@example.org/x"}, "user name or password"),
        ("ntfy", {"HOOK": "https://ntfy.example.org/"}, "must end in a topic"),
        ("ntfy", {"HOOK": "https://ntfy.example.org"}, "must end in a topic"),
    ],
)
def test_what_is_wrong_with_the_environment_is_said(kind: str, environment: dict[str, str], words: str) -> None:
    """It names the variable, never what is in it."""
    settings = Notify.model_validate({"kind": kind, "url_env": "HOOK"})

    with pytest.raises(DeliveryError) as caught:
        read_target(settings, environment)

    assert words in str(caught.value)
    assert "secret-path" not in str(caught.value)


def test_a_public_name_that_leads_home_is_refused() -> None:
    """The guard of fetching holds: an address that was not written as a local one does not reach this machine."""
    with hooks() as server:
        url = f"http://hooks.example.org:{server.port}/x"
        with pytest.raises(DeliveryError) as caught:
            post(url, b"{}", {}, limits=HASTY, resolve=lambda host, port: ["127.0.0.1"])

    assert "loopback" in str(caught.value)
    assert not isinstance(caught.value, AnswerLost)
    assert server.log == []


def test_the_delivery_is_named_alike_each_time() -> None:
    """Receipts need a name to tell a planned delivery from an interrupted one."""
    issue, way = make.issue(), channel(None)

    assert way.message_id(issue, "team") == way.message_id(issue, "team")
    assert way.message_id(issue, "team") != way.message_id(issue, "team", again="later")


def test_nothing_secret_in_its_repr(tmp_path: Path) -> None:
    """Logs print channels."""
    assert SECRET not in repr(channel(None))
