"""The teaching round: answers are stored once, as one lesson that can be taken back."""

import re

from starlette.testclient import TestClient

from digest.config import Config
from digest.store import archive
from digest.store import marks as mark_rows
from tests.homes import Holder


def asked(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="answer-(\w+)"', page)))


def standing(config: Config) -> dict[str, tuple[str, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return mark_rows.standing(db)


def test_every_title_can_be_answered_or_skipped(client: TestClient) -> None:
    """Skip is what is chosen at first."""
    page = client.get("/teach").text

    questions = asked(page)
    assert 0 < len(questions) <= 10
    for one in questions:
        assert len(re.findall(rf'name="answer-{one}"', page)) == 3
    assert page.count(" checked") == len(questions)


def test_answers_are_one_lesson_that_can_be_taken_back(client: TestClient, built: Config) -> None:
    """A yes is a like, a no a dislike, and what is skipped says nothing."""
    yes, no, skipped, *_ = asked(client.get("/teach").text)

    sent = client.post("/teach", data={f"answer-{yes}": "yes", f"answer-{no}": "no", f"answer-{skipped}": "skip"})
    assert sent.headers["location"] == "/teach?likes=1&dislikes=1"
    assert standing(built) == {yes: ("like",), no: ("dislike",)}
    after = client.get(sent.headers["location"]).text
    assert "1 like" in after
    assert yes not in asked(after)

    undone = client.post("/teach/undo")
    assert undone.headers["location"] == "/teach?undone=2"
    assert standing(built) == {}
    assert "no lesson to take back" in client.get(client.post("/teach/undo").headers["location"]).text


def test_no_answer_stores_nothing(client: TestClient, built: Config) -> None:
    """All skipped is not an empty lesson."""
    [first, *_] = asked(client.get("/teach").text)

    sent = client.post("/teach", data={f"answer-{first}": "skip"})

    assert "Nothing was answered" in client.get(sent.headers["location"]).text
    assert standing(built) == {}


def test_an_item_that_is_not_there_is_said(client: TestClient) -> None:
    """Whatever a form names."""
    assert client.post("/teach", data={"answer-zzzzzzzzzz": "yes"}).status_code in (400, 404)


def test_while_the_archive_is_held_the_answers_come_back(client: TestClient, built: Config, held: Holder) -> None:
    """In a form that sends them again; none is lost."""
    with held(built.archive):
        sent = client.post("/teach", data={"answer-abc": "yes"})

    assert sent.status_code == 503
    assert 'name="answer-abc" value="yes"' in sent.text
