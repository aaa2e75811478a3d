"""Scores are those of the last ranking, and choose which unmarked works the learner is asked about."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from digest.arrays import Floats
from digest.records import Item
from digest.store import items
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection, transaction
from tests import make
from tests.make import DAY, NOW


def replace_scores(db: Connection, ids: Sequence[str], scores: Sequence[float], parts: Mapping[str, float]) -> None:
    column = np.array(scores, dtype=np.float32)
    columns: dict[str, Floats] = {
        "relevance": column,
        "lean": (column / 8).astype(np.float32),
        "score": column * 2,
    }
    arrays: dict[str, Floats] = {name: np.full(len(ids), value, dtype=np.float32) for name, value in parts.items()}
    score_rows.replace(db, ids, columns, arrays)


class TestScores:
    def test_scores_are_replaced(self, db: Connection) -> None:
        """They are of the current focus and model only, so the old ones go, and their parts with them."""
        replace_scores(db, ["a", "b"], [1.0, 2.0], {"statement": 0.5, "freshness": 0.25})
        replace_scores(db, ["b"], [3.0], {"statement": 0.75})

        assert score_rows.of_items(db, ["a", "b"]) == {
            "b": score_rows.Score(relevance=3.0, lean=0.375, score=6.0, parts={"statement": 0.75})
        }

    def test_no_items_have_no_scores(self, db: Connection) -> None:
        """An archive may be empty again under another focus."""
        replace_scores(db, ["a"], [1.0], {"statement": 0.5})
        replace_scores(db, [], [], {})

        assert score_rows.of_items(db, ["a"]) == {}

    def test_undone_the_old_ones_stand(self, db: Connection) -> None:
        """Who is killed while ranking leaves the last ranking."""
        replace_scores(db, ["a"], [1.0], {"statement": 0.5})

        @transaction(db)
        def fail() -> None:
            replace_scores(db, ["b"], [2.0], {"statement": 0.5})
            _ = 1 / 0

        with pytest.raises(ZeroDivisionError):
            fail()

        assert list(score_rows.of_items(db, ["a", "b"])) == ["a"]


def store(db: Connection, made: Sequence[Item], *, work_id: str = "") -> None:
    new = [make.new_item(one, **({"work_id": work_id} if work_id else {})) for one in made]
    items.add(db, new, read=make.readings(made))


def score(db: Connection, *scored: tuple[Item, float]) -> None:
    values = np.array([value for _, value in scored], np.float32)
    columns = {name: values for name in ("relevance", "lean", "score")}
    score_rows.replace(db, [item.item_id for item, _ in scored], columns, {"statement": values})


def asked(db: Connection, limit: int = 10) -> list[str]:
    return [one.title for one in score_rows.best_unmarked(db, since=NOW - 10 * DAY, limit=limit)]


def test_the_best_first_and_none_that_holds_a_mark(db: Connection) -> None:
    """Nor another item of a marked work; a mark that was taken back is none."""
    made = [make.item(number) for number in range(1, 6)]
    store(db, made[:3])
    store(db, made[3:], work_id=made[0].item_id)
    score(db, *((one, float(place)) for place, one in enumerate(made)))
    mark_rows.add(db, make.mark(made[4]))
    mark_rows.add(db, make.mark(made[1]))
    mark_rows.add(db, make.mark(made[1], mark="not like"))

    assert asked(db) == ["Post 3", "Post 2"]


def test_a_work_is_asked_about_once_by_its_best_item(db: Connection) -> None:
    """However many sources it came from."""
    made = [make.item(1), make.item(2)]
    store(db, made, work_id="w")
    score(db, (made[0], 1.0), (made[1], 2.0))

    assert asked(db) == ["Post 2"]


def test_old_works_fill_up_where_recent_ones_are_few(db: Connection) -> None:
    """They are left out first, however good they are."""
    old, new, poor = make.item(1, published_at=NOW - 300 * DAY), make.item(2), make.item(3)
    store(db, [old, new, poor])
    score(db, (old, 9.0), (new, 3.0), (poor, 1.0))

    assert asked(db, limit=2) == ["Post 2", "Post 3"]
    assert asked(db, limit=3) == ["Post 1", "Post 2", "Post 3"]


def test_whether_anything_is_ranked(db: Connection) -> None:
    """Before the first ranking there is nothing to choose by."""
    store(db, [make.item()])
    before = score_rows.ranked(db)
    score(db, (make.item(), 1.0))

    assert (before, score_rows.ranked(db)) == (False, True)
