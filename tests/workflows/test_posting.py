"""Posts through the receipts: each once, whatever is killed in between, and what is told of the rest."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from digest.config import Config, Notify
from digest.deliver.http_post import Answer, post
from digest.deliver.post_channel import PostChannel
from digest.errors import DeliveryError
from digest.records import DeliveryState, Issue, Mark
from digest.render.posts import issue_post
from digest.store import archive, deliveries, marks, verdicts
from digest.workflows import delivering, delivery_previews, posting
from digest.workflows.delivering import deliver_again, deliver_pending
from digest.workflows.status import problems, remarks, status
from tests import make
from tests.deliver.hooks import Hooks, Reply, hooks
from tests.store.archives import fill


class Killed(BaseException):
    """Stands for kill -9: nothing in the program catches it."""


@pytest.fixture
def server() -> Iterator[Hooks]:
    with hooks() as running:
        yield running


def way(server: Hooks, *, name: str = "team", killed: bool = False) -> PostChannel:
    """A channel to the server; the next one is *killed* after the post has left and before its answer is read."""
    settings = Notify(kind="slack", name=name, url_env="HOOK")

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = post(url, body, headers)
        if killed:
            raise Killed
        return answer

    return PostChannel(settings, {"HOOK": server.url("/hook")}, issue_post, send=send)


def stored(config: Config, now: datetime, *ways: PostChannel) -> Issue:
    """An issue in the archive with its planned receipts."""
    issue = make.issue(built_at=now, ends_at=now)
    with archive.open_archive(config.archive) as db, archive.transaction(db):
        verdicts.save_issue(db, issue, (), path="")
        for receipt in delivering.plan(issue, ways):
            deliveries.record(db, receipt)
    return issue


def states(config: Config) -> dict[str, str]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return {r.recipient: str(r.state) for r in delivering.all_receipts(db, config)}


def test_two_entries_of_a_kind_get_one_post_each(config: Config, now: datetime, server: Hooks) -> None:
    """Receipts tell them apart by their names."""
    ways = [way(server), way(server, name="lab")]
    stored(config, now, *ways)

    deliver_pending(config, now, wait=1, ways=ways)
    deliver_pending(config, now + timedelta(hours=1), wait=1, ways=ways)

    assert len(server.log) == 2
    assert states(config) == {"team": "sent", "lab": "sent"}


def test_a_kill_before_the_answer_leaves_it_unknown_and_posts_nothing_twice(
    config: Config, now: datetime, server: Hooks
) -> None:
    """Nobody would recognise the copy, so that only a person repeats it."""
    stored(config, now, way(server))
    with pytest.raises(Killed):
        deliver_pending(config, now, wait=1, ways=[way(server, killed=True)])

    for hours in range(1, 4):
        deliver_pending(config, now + timedelta(hours=hours), wait=1, ways=[way(server)])
    assert len(server.log) == 1
    assert states(config) == {"team": "unknown"}

    [again] = deliver_again(config, now + timedelta(hours=5), wait=1, ways=[way(server)], only=["team"])
    assert len(server.log) == 2
    assert again.receipt.state == DeliveryState.SENT
    assert "may have arrived too" in again.receipt.error
    assert "Message-ID" not in again.receipt.error


def test_an_unknown_post_is_a_remark_and_no_failure(config: Config, now: datetime, server: Hooks) -> None:
    """`status --check` fails where something can be done by itself; this is for a person to know."""
    told = config.model_copy(update={"notify": (Notify(kind="slack", name="team", url_env="HOOK"),)})
    stored(told, now, way(server))
    with pytest.raises(Killed):
        deliver_pending(told, now, wait=1, ways=[way(server, killed=True)])
    deliver_pending(told, now, wait=1, ways=[way(server)])

    facts = status(told, now, wait=1)

    assert not [line for line in problems(facts) if "slack" in line]
    assert [line for line in remarks(facts) if "slack of" in line and "team" in line]


def test_a_refused_post_is_tried_again_later(config: Config, now: datetime) -> None:
    """After a pause that grows, as mail is."""
    with hooks(Reply(status=500), Reply()) as server:
        stored(config, now, way(server))
        deliver_pending(config, now, wait=1, ways=[way(server)])
        assert states(config) == {"team": "failed"}

        soon, later = now + timedelta(minutes=4), now + timedelta(minutes=6)
        assert deliver_pending(config, soon, wait=1, ways=[way(server)], only_due=True) == []
        deliver_pending(config, later, wait=1, ways=[way(server)], only_due=True)

    assert states(config) == {"team": "sent"}
    assert len({posted.headers["idempotency-key"] for posted in server.log}) == 1


def test_a_missing_variable_is_a_failure_that_names_it(config: Config, now: datetime) -> None:
    """It is posted once the variable is set."""
    unset = PostChannel(Notify(kind="slack", url_env="HOOK"), {}, issue_post)
    stored(config, now, unset)

    [done] = deliver_pending(config, now, wait=1, ways=[unset])

    assert done.receipt.error == "the environment variable HOOK is not set"
    assert done.receipt.state == DeliveryState.FAILED


@pytest.fixture
def with_recap(config: Config) -> Config:
    entry = Notify(kind="webhook", name="team", url_env="HOOK", what=("issue", "recap"))
    return config.model_copy(update={"notify": (entry,)})


def test_a_recap_is_planned_where_something_was_read(with_recap: Config, now: datetime) -> None:
    """A week without reading is no news."""
    issue = make.issue(built_at=now, starts_at=now - timedelta(days=7), ends_at=now)
    item = make.item(1)
    with archive.open_archive(with_recap.archive) as db:
        fill(db, [item], embedded=False)
        before = posting.with_something_to_say(db, posting.posts(with_recap, {}), issue)
        marks.add(db, Mark(item_id=item.item_id, mark="read", marked_at=now - timedelta(days=1), origin="command"))
        after = posting.with_something_to_say(db, posting.posts(with_recap, {}), issue)

    assert [one.recipients("") for one in before] == [("team",)]
    assert [one.recipients("") for one in after] == [("team",), ("team (recap)",)]


def test_what_would_be_posted_can_be_seen(with_recap: Config, now: datetime) -> None:
    """By name, without the address and before anything is sent."""
    stored(with_recap, now)

    assert '"team": {' in delivery_previews.preview_posts(with_recap, only=["team"], wait=1)
    with pytest.raises(DeliveryError, match=r"no .*entry called lab"):
        delivery_previews.preview_posts(with_recap, only=["lab"], wait=1)
    assert "nothing was read" in delivery_previews.preview_posts(with_recap, wait=1)
