"""Items: stored once, rewritten in place, and found by a few letters of their id."""

from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.records import Item
from digest.store import items
from digest.store import works as work_rows
from digest.store.archive import Connection, transaction
from digest.store.items import NewItem
from tests import make

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def add(db: Connection, *new: NewItem) -> None:
    items.add(db, new, read=make.readings([one.item for one in new]))


class TestStoring:
    def test_an_item_comes_back_as_it_was(self, db: Connection) -> None:
        """Every field."""
        full = Item(
            source="arXiv: learning",
            kind="arxiv",
            entry_id="2603.01234",
            url="https://arxiv.org/abs/2603.01234",
            title="On “x” & <y>\tand \\0",
            authors=("Ada Byron", "Žofie Ó'Brien, Jr."),
            summary="Short.",
            text="Long, with 🦉 and\nlines.",
            published_at=make.NOW,
            arxiv_id="2603.01234",
            doi="10.1000/xyz",
            tags=("cs.LG", "stat.ML"),
            seconds=61,
        )

        add(db, make.new_item(full))
        [work] = work_rows.with_items(db, [full.item_id])

        assert work.items == (full,)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
    @given(made=st.lists(st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=2)), min_size=1, max_size=4))
    def test_whatever_texts_hold(self, db: Connection, made: list[tuple[str, str, list[str]]]) -> None:
        """Nulls, quotes, lists of nothing beside lists of something."""
        stored = [
            make.item(number, title=title, summary=body, authors=tuple(names))
            for number, (title, body, names) in enumerate(made)
        ]

        with pytest.raises(ZeroDivisionError), transaction(db):
            _store_and_raise(db, stored)

        assert items.known_ids(db, [item.item_id for item in stored]) == {}

    def test_what_is_known_is_told_with_its_text(self, db: Connection) -> None:
        """So that only what is new is stored, and only what changed is rewritten."""
        known = make.item(1)
        add(db, make.new_item(known))

        text = make.readings([known])[known.item_id].text
        assert items.known_ids(db, [known.item_id, make.item(2).item_id]) == {known.item_id: items.hash64(text)}
        assert items.known_ids(db, []) == {}

    def test_nothing_to_store(self, db: Connection) -> None:
        """A visit may bring nothing."""
        add(db)
        items.rewrite(db, [], read={})

        assert db.execute("from core.items").fetchall() == []

    def test_a_rewritten_text_keeps_its_place_in_time(self, db: Connection) -> None:
        """What its source shows now, first seen when it was; works and backfill stay as they are."""
        seen = make.NOW - 3 * make.DAY
        add(
            db,
            make.new_item(make.item(1), first_seen_at=seen, backfill=True, work_id="w"),
            make.new_item(make.item(2)),
        )
        changed = make.item(1, title="Post 1, corrected", authors=("Ada",), published_at=make.NOW)

        items.rewrite(db, [changed], read=make.readings([changed]))

        [work] = work_rows.with_items(db, [changed.item_id])
        assert (work.work_id, work.items, work.first_seen_at) == ("w", (changed,), seen)
        assert db.execute("select backfill from items where work_id = 'w'").fetchall() == [(True,)]
        assert work_rows.with_items(db, [make.item(2).item_id])[0].items == (make.item(2),)
        text = make.readings([changed])[changed.item_id].text
        assert items.known_ids(db, [changed.item_id]) == {changed.item_id: items.hash64(text)}

    def test_a_transaction_undone_leaves_nothing(self, db: Connection) -> None:
        """And the next one begins as if it had not been."""
        with pytest.raises(ZeroDivisionError), transaction(db):
            _store_and_raise(db, [make.item(1)])
        assert items.known_ids(db, [make.item(1).item_id]) == {}
        assert work_rows.by_key(db, ["key"]) == {}

        with transaction(db):
            add(db, make.new_item(make.item(1), keys=("key",)))
        assert work_rows.by_key(db, ["key"]) == {"key": (make.item(1).item_id,)}

    def test_a_value_that_does_not_fit_is_an_error_not_another_value(self, db: Connection) -> None:
        """The database checks types."""
        with pytest.raises(duckdb.ConversionException):
            add(db, make.new_item(make.item(seconds=2**40)))


def _store_and_raise(db: Connection, made: Sequence[Item]) -> None:
    add(db, *(make.new_item(item, keys=("key",)) for item in made))
    found = work_rows.with_items(db, [item.item_id for item in made])
    assert sorted((item for work in found for item in work.items), key=lambda item: item.entry_id) == list(made)
    _ = 1 / 0
