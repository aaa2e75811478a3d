"""Which works may be asked about: the best without a mark, each once, the recent ones first."""

from collections.abc import Sequence

import numpy as np

from digest.records import Item
from digest.store import items, unmarked_works, verdicts
from digest.store.archive import Connection
from tests import make
from tests.make import DAY, NOW


def store(db: Connection, made: Sequence[Item], *, work_id: str = "") -> None:
    new = [make.new_item(one, **({"work_id": work_id} if work_id else {})) for one in made]
    items.add(db, new, read=make.readings(made))


def score(db: Connection, *scored: tuple[Item, float]) -> None:
    values = np.array([value for _, value in scored], np.float32)
    columns = {name: values for name in ("relevance", "lean", "score")}
    verdicts.replace_scores(db, [item.item_id for item, _ in scored], columns, {"statement": values})


def asked(db: Connection, limit: int = 10) -> list[str]:
    return [one.title for one in unmarked_works.askable(db, since=NOW - 10 * DAY, limit=limit)]


def test_the_best_first_and_none_that_holds_a_mark(db: Connection) -> None:
    """Nor another item of a marked work; a mark that was taken back is none."""
    made = [make.item(number) for number in range(1, 6)]
    store(db, made[:3])
    store(db, made[3:], work_id=made[0].item_id)
    score(db, *((one, float(place)) for place, one in enumerate(made)))
    verdicts.add_mark(db, make.mark(made[4]))
    verdicts.add_mark(db, make.mark(made[1]))
    verdicts.add_mark(db, make.mark(made[1], mark="not like"))

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
    before = unmarked_works.ranked(db)
    score(db, (make.item(), 1.0))

    assert (before, unmarked_works.ranked(db)) == (False, True)
