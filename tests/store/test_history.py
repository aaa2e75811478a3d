"""What lies behind an issue."""

from dataclasses import replace

import numpy as np
import pytest

from digest.store import history, items, vectors, verdicts
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection
from tests import make
from tests.make import DAY, NOW, WEEK
from tests.store import archives


def store(db: Connection, *numbers: int, weeks_ago: float) -> list[str]:
    """Items about retrieval, first seen that long ago; returns their ids."""
    made = [make.item(n, summary=f"On retrieval, number {n}.", published_at=NOW - weeks_ago * WEEK) for n in numbers]
    new = [make.new_item(one, first_seen_at=NOW - weeks_ago * WEEK) for one in made]
    items.add(db, new, read=make.readings(made))
    return [one.item_id for one in made]


def shown(db: Connection, period: str, weeks_ago: int, kept: list[str], left_out: list[str] | None = None) -> None:
    """An issue of that name with these verdicts."""
    ends_at = NOW - weeks_ago * WEEK
    considered = [(item_id, True) for item_id in kept] + [(item_id, False) for item_id in left_out or []]
    verdict = make.verdict(make.item())
    rows = [replace(verdict, item_id=name, work_id=name, kept=is_kept) for name, is_kept in considered]
    issue = make.issue(
        period=period, starts_at=ends_at - WEEK, ends_at=ends_at, built_at=ends_at, seen=len(rows), kept=len(kept)
    )
    verdicts.save_issue(db, issue, rows, path="")


class TestKnownThings:
    def test_shown_and_marked_things(self, db: Connection) -> None:
        """With the issue that showed them and the mark they hold; nothing else."""
        picked, marked, both, neither = store(db, 1, 2, 3, 4, weeks_ago=3)
        shown(db, "2026-W10", 2, [picked, both], [neither])
        for item_id in (marked, both):
            mark_rows.add(db, replace(make.mark(make.item()), item_id=item_id, mark="save"))

        found = {thing.item.item_id: (thing.period, thing.mark) for thing in history.known_things(db, before=NOW)}

        assert found == {picked: ("2026-W10", ""), marked: ("", "save"), both: ("2026-W10", "save")}

    def test_disliked_things_are_no_ground(self, db: Connection) -> None:
        """Though they were shown."""
        (disliked,) = store(db, 1, weeks_ago=3)
        shown(db, "2026-W10", 2, [disliked])
        mark_rows.add(db, replace(make.mark(make.item()), item_id=disliked, mark="dislike"))

        assert history.known_things(db, before=NOW) == []

    def test_nothing_of_this_period(self, db: Connection) -> None:
        """What was liked before its issue came is no past."""
        (new,) = store(db, 1, weeks_ago=0.5)
        mark_rows.add(db, replace(make.mark(make.item()), item_id=new))

        assert history.known_things(db, before=NOW - WEEK) == []


def test_shown_since(db: Connection) -> None:
    """Only what was kept, and only lately."""
    old, new, left_out = store(db, 1, 2, 3, weeks_ago=9)
    shown(db, "2026-W04", 8, [old])
    shown(db, "2026-W11", 1, [new], [left_out])

    assert history.shown_since(db, NOW - 3 * WEEK) == [new]


def test_what_each_issue_showed(db: Connection) -> None:
    """Only what was kept, under each issue that was asked for."""
    old, new, left_out = store(db, 1, 2, 3, weeks_ago=9)
    shown(db, "2026-W04", 8, [old])
    shown(db, "2026-W11", 1, [new], [left_out])

    assert history.shown_in(db, ["2026-W11", "2026-W01"]) == {"2026-W11": [new], "2026-W01": []}


class TestOlderNear:
    def test_the_nearest_old_ones_with_their_vectors(self, db: Connection) -> None:
        """Neither new ones nor those of the works named."""
        far = make.item(1, title="Serving", summary="serving serving", published_at=NOW - 9 * WEEK)
        near = make.item(2, title="Retrieval", summary="retrieval", published_at=NOW - 9 * WEEK)
        new = make.item(3, title="Retrieval!", summary="retrieval, new", published_at=NOW - DAY)
        own = make.item(4, title="Retrieval?", summary="retrieval, own", published_at=NOW - 9 * WEEK)
        archives.fill(db, [far, near, new, own])
        wanted = archives.encode("retrieval")

        found = history.older_near(db, archives.MODEL, wanted, before=NOW - 4 * WEEK, without=[own.item_id], limit=9)

        assert [thing.item.title for thing, _ in found] == ["Retrieval", "Serving"]
        assert float(found[0][1] @ wanted) == pytest.approx(1.0, abs=0.01)


class TestInFocus:
    def test_relevant_works_of_some_weeks(self, db: Connection) -> None:
        """The most relevant first, with their age in days; one item a work."""
        recent, weak = store(db, 1, 2, weeks_ago=1)
        (old,) = store(db, 3, weeks_ago=30)
        scores = np.array([5.0, 1.0, 5.0], dtype=np.float32)
        columns = {"relevance": scores, "lean": scores * 0, "score": scores}
        score_rows.replace(db, [recent, weak, old], columns, {"statement": scores})

        found = history.in_focus(db, now=NOW, days=63, floor=2.0)

        assert [work.item_id for work in found] == [recent]
        assert found[0].age == pytest.approx(7.0)

    def test_history_without_a_date_is_not_of_these_weeks(self, db: Connection) -> None:
        """What came with a first poll or an import yesterday may be of any year; what came as news is of its day."""
        made = [make.item(n, summary=f"On retrieval, number {n}.", published_at=None) for n in (1, 2)]
        new = [make.new_item(one, backfill=place == 0) for place, one in enumerate(made)]
        items.add(db, new, read=make.readings(made))
        scores = np.array([5.0, 5.0], dtype=np.float32)
        columns = {"relevance": scores, "lean": scores * 0, "score": scores}
        score_rows.replace(db, [one.item_id for one in made], columns, {"statement": scores})

        assert [work.item_id for work in history.in_focus(db, now=NOW, days=63, floor=2.0)] == [made[1].item_id]


class TestIssuesBefore:
    def test_keep_rates_and_yields(self, db: Connection) -> None:
        """The last issues oldest first, and what each source gave in them."""
        a, b, c = store(db, 1, 2, 3, weeks_ago=9)
        for number, period in enumerate(("2026-W09", "2026-W10", "2026-W11")):
            shown(db, period, 3 - number, [a], [b, c])

        rates = history.keep_rates(db, before=NOW, limit=2)

        assert [(rate.period, rate.seen, rate.kept) for rate in rates] == [("2026-W10", 3, 1), ("2026-W11", 3, 1)]
        assert history.yields(db, [rate.period for rate in rates]) == {"Blog": (6, 2)}


def test_vectors_of_items(db: Connection) -> None:
    """By item, as far as there are any."""
    made = make.item(1, summary="retrieval")
    archives.fill(db, [made])

    found = vectors.of_items(db, archives.MODEL, len(archives.AXES), [made.item_id, "unknown"])

    assert list(found) == [made.item_id]
    assert found[made.item_id].tolist() == pytest.approx(archives.encode(f"{made.title} {made.body}").tolist())
