"""Lessons over a real archive: what is asked, what the answers change, and taking them back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from digest.config import Config
from digest.errors import DigestError
from digest.store import archive
from digest.workflows import importing_likes, teaching
from tests.workflows.steps import embed_and_rank


def rows(config: Config, sql: str) -> list[tuple[Any, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def ask(config: Config, now: datetime) -> list[teaching.Question]:
    return teaching.next_questions(config, now, wait=1)


def answer(config: Config, now: datetime, **said: bool) -> teaching.AnswerResult:
    return teaching.store_answers(config, said, now, wait=1)


def test_ten_works_are_asked_about_each_in_one_line(built: Config, now: datetime) -> None:
    """The same ones as long as nothing is said; none of them twice."""
    asked = ask(built, now)

    assert asked == ask(built, now)
    assert len({one.item_id for one in asked}) == len(asked) == 10
    assert all(one.title and one.source and "\n" not in one.excerpt for one in asked)
    assert len(rows(built, "select distinct work_id from items where item_id in ('" + "','".join(one.item_id for one in asked) + "')")) == 10  # fmt: skip


def test_what_was_answered_is_not_asked_again(built: Config, now: datetime) -> None:
    """Until it is taken back."""
    first = ask(built, now)
    answer(built, now, **{one.item_id: place < 5 for place, one in enumerate(first)})
    second = ask(built, now)
    importing_likes.undo(built, now + timedelta(hours=1), origin=teaching.ORIGIN, wait=1)

    assert not {one.item_id for one in first} & {one.item_id for one in second}
    assert ask(built, now) == first


def test_answers_are_marks_of_one_batch_that_the_ranking_hears(built: Config, now: datetime) -> None:
    """Yes is a like, no a dislike."""
    liked, disliked = ask(built, now)[:2]

    taught = answer(built, now, **{liked.item_id: True, disliked.item_id: False})
    embed_and_rank(built, now)

    assert (taught.likes, taught.dislikes) == (1, 1)
    assert sorted(rows(built, "select item_id, mark, origin from marks")) == sorted(
        [(liked.item_id, "like", "teach"), (disliked.item_id, "dislike", "teach")]
    )
    assert rows(built, "select count(distinct batch) from marks") == [(1,)]
    moved = dict(rows(built, "select item_id, parts['marks'] from scores"))
    assert moved[liked.item_id] > moved[disliked.item_id]


def test_what_changed_is_told_of_the_last_issue(built: Config, now: datetime) -> None:
    """By relevance alone: liking what it kept least changes it, and saying nothing changes nothing."""
    [(period, kept)] = rows(built, "select period, kept from issues")
    low = rows(built, "select v.item_id from verdicts v join scores s using (item_id) order by s.relevance limit 4")

    nothing = answer(built, now)
    taught = answer(built, now, **{row[0]: True for row in low})

    assert (nothing.period, nothing.kept, nothing.changed) == (period, kept, 0)
    assert 0 < taught.changed <= taught.kept == kept


def test_an_archive_that_was_never_ranked_cannot_be_asked_about(fetched: Config, now: datetime) -> None:
    """It says what to do."""
    with pytest.raises(DigestError, match="digest rank"):
        ask(fetched, now)


def test_answers_by_name(built: Config, now: datetime) -> None:
    """The first letters do; one item cannot be answered both ways."""
    one, two = (question.item_id for question in ask(built, now)[:2])

    assert teaching.resolve_answers(built, [one[:8]], [two], wait=1) == {one: True, two: False}
    with pytest.raises(DigestError, match="with yes and no"):
        teaching.resolve_answers(built, [one], [one[:8]], wait=1)
    with pytest.raises(DigestError, match="there is no item"):
        teaching.resolve_answers(built, ["zzzz"], [], wait=1)
