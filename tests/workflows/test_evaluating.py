"""Evaluation on replayed weeks: nothing that came later may help a judge."""

from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from digest import pipeline
from digest.config import Config
from digest.errors import DigestError
from digest.store import archive
from digest.workflows.evaluating import Backtest, evaluate_weeks
from digest.workflows.feedback import mark

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

LIKES = 4


def considered(config: Config, sql: str) -> list[str]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return [row[0] for row in db.execute(f"select item_id from verdicts {sql}").fetchall()]


def like(config: Config, item_ids: list[str], now: datetime) -> None:
    for item_id in item_ids:
        mark(config, [item_id], ["like"], now, wait=1)


def judged(config: Config, now: datetime, other: Config | None = None) -> Backtest:
    return evaluate_weeks(config, other, weeks=2, now=now + timedelta(days=2), wait=1)


def value(found: Backtest, ranker: str, measure: str) -> float:
    [only] = [row[2] for row in found.rows if row[:2] == (ranker, measure)]
    assert isinstance(only, float)
    return only


def test_what_was_kept_and_then_liked_was_kept(built: Config, now: datetime) -> None:
    """The present settings on that week are the digest as it was; simpler rankers keep as many works."""
    like(
        built,
        considered(built, f"where kept and section <> 'stretch' order by rank limit {LIKES}"),
        now + timedelta(days=1),
    )
    before = sha256(built.archive.read_bytes()).digest()

    found = judged(built, now)

    assert (found.liked, found.periods) == (LIKES, 1)
    assert value(found, "this judge", "kept") == 1
    assert value(found, "this judge", "AUC") > max(value(found, "recency", "AUC"), 0.9)
    assert {row[0] for row in found.rows} == {"this judge", "focus alone", "TF-IDF", "recency"}
    assert sha256(built.archive.read_bytes()).digest() == before


def test_a_like_teaches_nothing_backwards(built: Config, now: datetime) -> None:
    """Liking the last works of a week a day later does not lift them in that week."""
    last = considered(built, f"order by rank desc limit {LIKES}")
    like(built, last, now + timedelta(days=1))

    found = judged(built, now)

    assert value(found, "this judge", "AUC") < 0.1
    assert value(found, "this judge", "kept") == 0


def test_what_was_liked_before_the_week_ended_is_left_out(fetched: Config, now: datetime) -> None:
    """Its judge had been told, so it would be no test."""
    with archive.open_archive(fetched.archive, read_only=True) as db:
        early = [
            row[0] for row in db.execute("select item_id from items where not backfill order by 1 limit 3").fetchall()
        ]
    like(fetched, early, now)
    pipeline.run(fetched, now + timedelta(hours=1), end_period=True)
    rest = [one for one in considered(fetched, "where kept") if one not in early]
    like(fetched, rest[:LIKES], now + timedelta(days=1))

    found = judged(fetched, now)

    assert found.liked == len(rest[:LIKES])
    assert found.works == len(considered(fetched, "")) - len(set(early) & set(considered(fetched, "")))


def test_a_work_that_came_twice_counts_once(built: Config, now: datetime) -> None:
    """Its items are one work, whichever of them was liked."""
    with archive.open_archive(built.archive, read_only=True) as db:
        twice = db.execute(
            "select list(item_id) from items where work_id in (select work_id from verdicts) "
            "group by work_id having count(*) > 1 limit 2"
        ).fetchall()
    both = [item_id for (item_ids,) in twice for item_id in item_ids]
    single = considered(built, f"where item_id not in ({', '.join(repr(one) for one in both)}) limit 2")
    like(built, [*both, *single], now + timedelta(days=1))

    assert len(both) > len(twice) > 0
    assert judged(built, now).liked == len(twice) + len(single)


def test_what_was_disliked_afterwards_has_its_own_figure(built: Config, now: datetime) -> None:
    """Of three picks and a work that was passed over, all disliked, three quarters were kept."""
    kept, rest = considered(built, "where kept order by rank"), considered(built, "where not kept limit 1")
    like(built, kept[:3], now + timedelta(days=1))
    for item_id in [*kept[3:6], *rest]:
        mark(built, [item_id], ["dislike"], now + timedelta(days=1), wait=1)

    found = judged(built, now)

    assert value(found, "this judge", "kept, disliked") == 0.75
    assert {row[5:] for row in found.rows if row[1] == "kept, disliked"} == {(4, 1)}
    assert {row[5:] for row in found.rows if row[1] != "kept, disliked"} == {(3, 1)}


def test_a_mark_that_was_taken_back_in_time_hides_nothing(built: Config, now: datetime) -> None:
    """What held no mark when the week ended was judged without one, and is a test."""
    kept = considered(built, "where kept order by rank limit 3")
    like(built, kept[:1], now - timedelta(hours=2))
    mark(built, [kept[0]], ["like"], now - timedelta(hours=1), undo=True, wait=1)
    like(built, kept, now + timedelta(days=1))

    assert judged(built, now).liked == 3


def test_to_have_read_is_not_to_like(built: Config, now: datetime) -> None:
    """Only likes and saves are what a digest should have held."""
    kept = considered(built, "where kept order by rank limit 4")
    like(built, kept[:3], now + timedelta(days=1))
    mark(built, [kept[3]], ["read"], now + timedelta(days=1), wait=1)

    assert judged(built, now).liked == 3


def test_another_judge_stands_beside(built: Config, now: datetime) -> None:
    """Other settings are judged on the very same weeks."""
    like(built, considered(built, f"where kept order by rank limit {LIKES}"), now + timedelta(days=1))
    other = built.model_copy(
        update={"focus": built.focus.model_copy(update={"statement": "Streaming ingestion of payments.", "topics": ()})}
    )

    found = judged(built, now, other)

    assert [row[0] for row in found.rows][:1] == ["this judge"]
    assert value(found, "the other", "kept") < value(found, "this judge", "kept")


def test_too_few_likes_are_said(built: Config, now: datetime) -> None:
    """Marks taken back count no more, and figures on next to nothing are none."""
    kept = considered(built, "where kept order by rank limit 3")
    like(built, kept, now + timedelta(days=1))
    mark(built, [kept[0]], ["like"], now + timedelta(days=1), undo=True, wait=1)

    with pytest.raises(DigestError, match="2 works of the last 2 weeks were liked after"):
        judged(built, now)
