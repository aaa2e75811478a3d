"""Works: found by their keys, merged, and considered in the right period."""

import datetime as dt
from collections.abc import Sequence

from hypothesis import strategies as st

from digest.records import Item
from digest.store import items, verdicts
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.store.items import NewItem
from tests import make

START = make.NOW - make.WEEK
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def add(db: Connection, *new: NewItem) -> None:
    items.add(db, new, read=make.readings([one.item for one in new]))


def considered(db: Connection, *, starts_at: dt.datetime = START, period: str = "2026-W12") -> list[str]:
    works = work_rows.for_period(db, starts_at=starts_at, period=period)
    return [work.items[0].title for work in works]


def save_issue(
    db: Connection, period: str, over: Sequence[Item], *, starts_at: dt.datetime, ends_at: dt.datetime
) -> None:
    issue = make.issue(period=period, starts_at=starts_at, ends_at=ends_at, built_at=ends_at)
    verdicts.save_issue(db, issue, [make.verdict(item) for item in over], path="")


class TestReading:
    def test_a_work_is_found_by_any_of_its_items(self, db: Connection) -> None:
        """Whole, the item first seen first."""
        late, early = make.item(1), make.item(2, source="Other")
        add(
            db,
            make.new_item(late, work_id="w", first_seen_at=make.NOW),
            make.new_item(early, work_id="w", first_seen_at=make.NOW - make.DAY),
        )

        [work] = work_rows.with_items(db, [late.item_id])

        assert (work.items, work.first_seen_at) == ((early, late), make.NOW - make.DAY)
        assert work_rows.with_items(db, []) == []


class TestKeys:
    def test_works_of_a_key_come_oldest_first(self, db: Connection) -> None:
        """Each once, however many of its items have the key."""
        add(db, make.new_item(make.item(1), work_id="z", keys=("a", "b")))
        add(db, make.new_item(make.item(2), work_id="m", keys=("b",)))
        add(
            db,
            make.new_item(make.item(3), work_id="z", keys=("b",)),
            make.new_item(make.item(4), work_id="a", keys=("b",)),
        )

        found = work_rows.by_key(db, ["a", "b", "c"])

        assert found["a"] == ("z",)
        assert found["b"][:2] == ("z", "m")
        assert sorted(found["b"]) == ["a", "m", "z"]
        assert "c" not in found

    def test_a_key_of_very_many_works_is_cut_short(self, db: Connection) -> None:
        """An address that a feed gives to each of its thousands of entries must not cost their number each time."""
        add(db, *(make.new_item(make.item(number), keys=("habit", f"own {number}")) for number in range(2000)))

        found = work_rows.by_key(db, ["habit", "own 7"])

        assert 20 < len(found["habit"]) <= 100
        assert found["own 7"] == (make.item(7).item_id,)

    def test_the_longest_text_of_a_work_is_compared_with(self, db: Connection) -> None:
        """Title and body of one item, and the sources of all."""
        short, long = make.item(1, summary="one"), make.item(2, source="Other", summary="one two three")
        add(db, make.new_item(short, work_id="w"), make.new_item(long, work_id="w"), make.new_item(make.item(3)))

        title, body, sources = work_rows.texts(db, ["w"])["w"]

        assert (title, body, sorted(sources)) == ("Post 2", "one two three", ["Blog", "Other"])


class TestMerging:
    def test_everything_of_the_one_goes_to_the_other(self, db: Connection) -> None:
        """Items, keys and verdicts, so that what was judged is not judged again."""
        gone, stays = make.item(1), make.item(2)
        add(db, make.new_item(gone, keys=("a",)), make.new_item(stays, keys=("b",)))
        save_issue(db, "2026-W11", [gone], starts_at=START - make.WEEK, ends_at=START)

        work_rows.merge(db, {gone.item_id: stays.item_id})

        [work] = work_rows.with_items(db, [gone.item_id])
        assert work.work_id == stays.item_id
        assert set(work.items) == {gone, stays}
        assert work_rows.by_key(db, ["a", "b"]) == {"a": (stays.item_id,), "b": (stays.item_id,)}
        assert considered(db) == []

    def test_nothing_to_merge(self, db: Connection) -> None:
        """As in most rounds."""
        add(db, make.new_item(make.item(1), work_id="a"))

        work_rows.merge(db, {})

        assert db.execute("select work_id from works").fetchall() == [("a",)]


class TestPeriods:
    """A work is considered in the period in which it was first seen, if it is not backfill."""

    def test_news_since_the_period_began(self, db: Connection) -> None:
        """Oldest first; what was seen at the very start is in, what was seen before is not."""
        add(
            db,
            make.new_item(make.item(1), first_seen_at=START - dt.timedelta(microseconds=1)),
            make.new_item(make.item(3), first_seen_at=START + make.DAY),
            make.new_item(make.item(2), first_seen_at=START),
        )

        assert considered(db) == ["Post 2", "Post 3"]

    def test_there_is_no_upper_bound(self, db: Connection) -> None:
        """A clock that was set back hides nothing that is stored."""
        add(db, make.new_item(make.item(1), first_seen_at=make.NOW + 400 * make.DAY))

        assert considered(db) == ["Post 1"]

    def test_backfill_is_no_news(self, db: Connection) -> None:
        """History that came with a source's first poll is stored and searchable only."""
        add(db, make.new_item(make.item(1), backfill=True), make.new_item(make.item(2)))

        assert considered(db) == ["Post 2"]

    def test_a_work_is_news_when_one_of_its_items_is(self, db: Connection) -> None:
        """A new source's history may hold what another source brings as news in the same period."""
        add(
            db,
            make.new_item(make.item(1), work_id="w", backfill=True),
            make.new_item(make.item(2, source="Other"), work_id="w", first_seen_at=make.NOW),
        )

        assert considered(db) == ["Post 1"]

    def test_a_work_seen_before_the_period_is_old_whoever_brings_it_now(self, db: Connection) -> None:
        """The first sight of a work counts, not that of an item."""
        add(
            db,
            make.new_item(make.item(1), work_id="w", first_seen_at=START - make.DAY),
            make.new_item(make.item(2, source="Other"), work_id="w", first_seen_at=START + make.DAY),
        )

        assert considered(db) == []

    def test_what_another_period_judged_is_not_judged_again(self, db: Connection) -> None:
        """Kept or not."""
        judged, new = make.item(1), make.item(2)
        add(db, make.new_item(judged), make.new_item(new))
        save_issue(db, "2026-W11", [judged], starts_at=START - make.WEEK, ends_at=START)

        assert considered(db) == ["Post 2"]
        assert sorted(considered(db, period="2026-W11")) == ["Post 1", "Post 2"]

    def test_a_fetch_at_the_moment_an_issue_ended_belongs_to_the_next(self, db: Connection) -> None:
        """A visit that started when the issue was built, and was stored after it."""
        early, late = make.item(1), make.item(2)
        add(db, make.new_item(early, first_seen_at=make.NOW))
        save_issue(db, "2026-W12", [early], starts_at=START, ends_at=make.NOW)
        add(db, make.new_item(late, first_seen_at=make.NOW))

        assert considered(db, starts_at=make.NOW, period="2026-W13") == ["Post 2"]

    def test_a_fetch_that_was_under_way_when_an_issue_ended_is_not_lost(self, db: Connection) -> None:
        """Seen before the end and stored after it, its works belong to no other period; backfill stays backfill."""
        judged, late, history = make.item(1), make.item(2), make.item(3)
        before_the_end = make.NOW - dt.timedelta(seconds=30)
        add(db, make.new_item(judged, first_seen_at=START))
        save_issue(db, "2026-W12", [judged], starts_at=START, ends_at=make.NOW)
        add(
            db,
            make.new_item(late, first_seen_at=before_the_end),
            make.new_item(history, first_seen_at=before_the_end, backfill=True),
        )

        assert considered(db, starts_at=make.NOW, period="2026-W13") == ["Post 2"]

    def test_what_lay_before_the_first_issue_stays_there(self, db: Connection) -> None:
        """The first period reaches one week back; what is older is in none, also not in the second."""
        add(db, make.new_item(make.item(1), first_seen_at=START - make.DAY))
        save_issue(db, "2026-W12", [], starts_at=START, ends_at=make.NOW)

        assert considered(db, starts_at=make.NOW, period="2026-W13") == []

    def test_every_item_of_a_work_comes_along(self, db: Connection) -> None:
        """The picker chooses which of them to show."""
        first, second = make.item(1), make.item(2, source="Other")
        add(
            db,
            make.new_item(first, work_id="w"),
            make.new_item(second, work_id="w", first_seen_at=make.NOW),
        )

        [work] = work_rows.for_period(db, starts_at=START, period="2026-W12")

        assert (work.work_id, work.items, work.first_seen_at) == ("w", (first, second), make.NOW - make.DAY)


def test_works_are_read_whole_as_far_as_they_are_of_then(db: Connection) -> None:
    """All items of a work that were seen since a moment."""
    first, second, old, other = (make.item(number, source=f"Source {number}") for number in range(4))
    add(
        db,
        make.new_item(first, work_id="w"),
        make.new_item(second, work_id="w", first_seen_at=make.NOW),
        make.new_item(old, work_id="w", first_seen_at=START - make.DAY),
        make.new_item(other, work_id="other"),
    )

    [work] = work_rows.whole(db, ["w", "unknown"], since=START)

    assert (work.work_id, work.items) == ("w", (first, second))
    assert work_rows.whole(db, [], since=START) == []


def test_works_are_found_by_a_name_of_their_authors(db: Connection) -> None:
    """Without regard to case and accents, and only those of then."""
    named, old, other = make.item(1, authors=("J. Müller",)), make.item(2, authors=("Muller, Jo",)), make.item(3)
    add(db, make.new_item(named), make.new_item(old, first_seen_at=START - make.DAY), make.new_item(other))

    assert work_rows.naming(db, ["MULLER"], since=START) == {named.item_id}
