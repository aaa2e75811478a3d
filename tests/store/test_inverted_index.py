"""The term table follows the items, whatever becomes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.store import inverted_index, items
from digest.store.archive import Connection, transaction
from tests import make
from tests.store.archives import fill


def found(db: Connection, words: str) -> list[str]:
    return [row[0] for row in db.execute("select title from search_words(?)", [words]).fetchall()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Transformers and their losses", ["transformer", "their", "loss"]),
        ("queries, a query; batches", ["query", "query", "batch"]),
        ("GPT-4 on 8 GPUs", ["gpt", "4", "8", "gpu"]),
        ("Café naïve", ["cafe", "naive"]),
        ("analysis classes corpus", ["analysis", "class", "corpus"]),
        ("检索 模型", ["检索", "模型"]),
        ("x" * 41, []),
        ("", []),
        ("the of and", []),
    ],
)
def test_words_are_told_apart(db: Connection, text: str, expected: list[str]) -> None:
    """Case, accents and plurals do not matter, empty words and blobs are left out."""
    assert db.execute("select core.terms_of(?)", [text]).fetchall() == [(expected,)]


def test_nothing_has_no_words(db: Connection) -> None:
    """A text that is missing altogether breaks nothing."""
    assert db.execute("select core.terms_of(null)").fetchall() == [(None,)]


def test_a_rewritten_item_is_found_by_its_new_words_only(db: Connection) -> None:
    """What a source says now counts; what it said before does not."""
    old = make.item(1, summary="about tides")
    fill(db, [old, make.item(2, summary="about retrieval")])

    new = make.item(1, summary="about serving")
    with transaction(db):
        items.rewrite(db, [new], read=make.readings([new]))

    assert found(db, "tides") == []
    assert found(db, "serving") == ["Post 1"]


def test_a_full_segment_is_merged_and_says_the_same(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """However items trickled in, a full segment has one row a word."""
    monkeypatch.setattr(inverted_index, "PART", 3)
    monkeypatch.setattr(inverted_index, "SEGMENT", 6)
    monkeypatch.setattr(inverted_index, "COMPACTED", 12)
    for number in range(23):
        fill(db, [make.item(number, summary="attention " * (number + 1))], embedded=False)

    compacted, rows = (
        db.execute(
            f"select segment, count(*), sum(len(hits)) from core.{table} where term = 'attention' group by 1 order by 1"
        ).fetchall()
        for table in ("compacted_terms", "terms")
    )

    # A compacted segment in one row, a full segment in one, and in the segment begun a part and what came since.
    assert compacted == [(0, 1, 12)]
    assert rows == [(2, 1, 6), (3, 3, 5)]
    assert len(db.execute("from search_words('attention', count_shown := 50)").fetchall()) == 23


@given(st.lists(st.integers(1, 30), max_size=40))
def test_whatever_is_merged_is_whole(batches: list[int]) -> None:
    """Batches of any size: each segment, of either size, is merged once, when it is full, and never what is not in yet."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("PART", 3), ("SEGMENT", 6), ("COMPACTED", 12)):
            patch.setattr(inverted_index, name, size)
        first, merged = 0, []
        for count in batches:
            merged += (ranges := list(inverted_index.due(first, first + count)))
            first += count
            assert all(start < end <= first for start, end in ranges)

    full = [(start, end) for start, end in merged if end - start in (6, 12)]
    assert [one for one in full if one[1] - one[0] == 6] == [(end - 6, end) for end in range(6, first + 1, 6)]
    assert [one for one in full if one[1] - one[0] == 12] == [(end - 12, end) for end in range(12, first + 1, 12)]


def test_what_is_rewritten_every_hour_does_not_pile_up(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some feeds change their entries at every visit; a merge keeps only what an item says now."""
    monkeypatch.setattr(inverted_index, "SEGMENT", 5)
    monkeypatch.setattr(inverted_index, "COMPACTED", 10)
    fill(db, [make.item(1, summary="attention 0"), make.item(2, summary="attention")], embedded=False)
    for hour in range(1, 20):
        changed = make.item(1, summary=f"attention {hour}")
        with transaction(db):
            items.rewrite(db, [changed], read=make.readings([changed]))

    rows = db.execute(
        "select sum(len(hits)) from (from core.terms union all from core.compacted_terms) where term = 'attention'"
    ).fetchall()

    assert rows[0][0] <= 2 + inverted_index.SEGMENT
    assert len(found(db, "attention")) == 2


def test_a_rebuild_says_the_same(db: Connection) -> None:
    """Rebuilding drops what was rewritten and changes no answer."""
    fill(db, [make.item(number, summary=f"attention number {number}") for number in range(5)])
    changed = make.item(2, summary="nothing of it")
    with transaction(db):
        items.rewrite(db, [changed], read=make.readings([changed]))
    before = found(db, "attention")

    with transaction(db):
        inverted_index.rebuild(db)

    assert found(db, "attention") == before
    assert db.execute("select min(number), max(number), count(distinct number) from core.items").fetchall() == [
        (0, 4, 5)
    ]
    assert inverted_index.next_number(db) == 5
    assert db.execute("select count(*) from core.terms where term = 'attention'").fetchall() == [(1,)]


def test_nothing_stays_of_a_transaction_that_failed(db: Connection) -> None:
    """Items and their words come together or not at all, and no number is lost or given twice."""
    one = make.item(1, summary="attention")

    def fail() -> None:
        with transaction(db):
            items.add(db, [make.new_item(one)], read=make.readings([one]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert found(db, "attention") == []
    assert inverted_index.next_number(db) == 0
