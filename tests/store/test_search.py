"""Search by meaning, by words and by both, and what narrows it."""

import datetime as dt

import numpy as np
import pytest

from digest.errors import StoreError
from digest.records import MarkKind
from digest.store import marks as mark_rows
from digest.store import scores, search
from digest.store.archive import Connection
from digest.store.query import QueryResult
from digest.store.search import Wanted
from tests import make
from tests.store.archives import encode, fill

RETRIEVAL = make.item(1, title="Retrieval", summary="retrieval retrieval with teachers", published_at=make.NOW)
SERVING = make.item(2, title="Serving", summary="serving retrieval in production", source="Other")
TIDES = make.item(3, title="Tides", summary="tides tides and a teacher", published_at=None)


def ids(answer: QueryResult) -> list[str]:
    return [row[0] for row in answer.rows]


@pytest.fixture(autouse=True)
def _filled(db: Connection) -> None:
    fill(db, [RETRIEVAL, SERVING, TIDES])


def test_by_meaning_the_nearest_comes_first(db: Connection) -> None:
    """The order is that of the cosine, and similarity is the cosine."""
    answer = search.find(db, Wanted(vector=encode("retrieval")))

    assert ids(answer) == [RETRIEVAL.item_id, SERVING.item_id, TIDES.item_id]
    assert next(iter(answer.rows))[1] == pytest.approx(
        float(encode("retrieval") @ encode("Retrieval retrieval retrieval")), 0.01
    )


def test_by_words_only_what_has_them_is_found(db: Connection) -> None:
    """A plural finds the singular; what has none of the words is not there."""
    assert set(ids(search.find(db, Wanted(words="TEACHERS")))) == {RETRIEVAL.item_id, TIDES.item_id}
    assert ids(search.find(db, Wanted(words="cryptography"))) == []


def test_rare_words_outweigh_common_ones(db: Connection) -> None:
    """BM25: a word that few items have says more than one that many have."""
    assert ids(search.find(db, Wanted(words="retrieval production")))[0] == SERVING.item_id


def test_both_fuses_the_ranks(db: Connection) -> None:
    """First in both lists beats first in one."""
    answer = search.find(db, Wanted(words="tides", vector=encode("tides")))

    assert ids(answer)[0] == TIDES.item_id
    assert next(iter(answer.rows))[1] == pytest.approx(2 / 61)


def test_what_is_wanted_narrows_every_way(db: Connection) -> None:
    """Dates count from publication, or where that is unknown from first sight; sources by name."""
    since = Wanted(vector=encode("retrieval"), words="retrieval", since=make.NOW - dt.timedelta(hours=1))
    until = Wanted(vector=encode("retrieval"), until=make.NOW - dt.timedelta(hours=1))
    other = Wanted(words="retrieval", source="Other")

    assert ids(search.find(db, since)) == [RETRIEVAL.item_id]
    assert ids(search.find(db, until)) == [SERVING.item_id, TIDES.item_id]
    assert ids(search.find(db, other)) == [SERVING.item_id]


def test_lean_is_that_of_the_scores(db: Connection) -> None:
    """An item that was not ranked leans nowhere."""
    scores.replace(db, [SERVING.item_id, TIDES.item_id], {"lean": np.array([0.9, 0.1], dtype=np.float32)}, {})

    assert ids(search.find(db, Wanted(vector=encode("retrieval"), lean="envelope"))) == [SERVING.item_id]
    assert ids(search.find(db, Wanted(vector=encode("retrieval"), lean="letter"))) == [TIDES.item_id]


def test_a_work_is_shown_once(db: Connection) -> None:
    """Of several items of one work the best fitting stands for it."""
    copy = make.item(4, title="Retrieval again", summary="retrieval", source="Copies")
    fill(db, [copy], works={copy.entry_id: RETRIEVAL.item_id})

    found = ids(search.find(db, Wanted(vector=encode("retrieval"), words="retrieval")))

    assert len({copy.item_id, RETRIEVAL.item_id} & set(found)) == 1


def test_similar_leaves_out_the_work_itself(db: Connection) -> None:
    """Neither the item nor its copies are news to whom looks at it."""
    copy = make.item(4, title="Retrieval again", summary="retrieval", source="Copies")
    fill(db, [copy], works={copy.entry_id: RETRIEVAL.item_id})

    assert ids(search.similar(db, [RETRIEVAL.item_id], Wanted())) == [SERVING.item_id, TIDES.item_id]


def test_the_macros_say_the_same_in_any_client(db: Connection) -> None:
    """`similar_to` and `search_words` need nothing but the file."""
    similar = db.execute("select item_id from similar_to(?)", [RETRIEVAL.item_id]).fetchall()
    words = db.execute("select item_id from search_words('tides', count_shown := 1)").fetchall()

    assert [row[0] for row in similar] == [SERVING.item_id, TIDES.item_id]
    assert words == [(TIDES.item_id,)]
    assert db.execute("from similar_to('nothing')").fetchall() == []


def test_the_macros_follow_the_model(db: Connection) -> None:
    """After a change of models `similar_to` speaks of the new one."""
    from digest.store import vectors

    vectors.use_model(db, "other", 7, now=make.NOW)
    db.execute("insert into core.vectors_7 select 'other', text_hash, [1,0,0,0,0,0,0]::float[7] from core.items")

    rows = db.execute("select similarity from similar_to(?)", [RETRIEVAL.item_id]).fetchall()

    assert rows == [(1.0,), (1.0,)]


@pytest.mark.parametrize("words", ["'; drop table core.items; --", "$words ? {0}", "\x00", "a" * 100_000, "%_*", "🦉"])
def test_words_are_never_sql(db: Connection, words: str) -> None:
    """Whatever is typed is looked for, and nothing else happens."""
    assert search.find(db, Wanted(words=words)).rows == []
    assert db.execute("select count(*) from items").fetchall() == [(3,)]


def test_without_embeddings_meaning_is_an_error_that_says_what_to_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An archive that was never ranked can be searched by words."""
    from digest.store.archive import open_archive

    with open_archive(tmp_path_factory.mktemp("new") / "a.duckdb") as fresh:
        fill(fresh, [RETRIEVAL], embedded=False)

        assert ids(search.find(fresh, Wanted(words="retrieval"))) == [RETRIEVAL.item_id]
        with pytest.raises(StoreError, match="digest rank"):
            search.find(fresh, Wanted(vector=encode("retrieval")))
        with pytest.raises(StoreError, match="digest rank"):
            search.similar(fresh, [RETRIEVAL.item_id], Wanted())
        assert fresh.execute("from similar_to(?)", [RETRIEVAL.item_id]).fetchall() == []


def test_only_works_with_a_mark(db: Connection) -> None:
    """Any item of the work may hold it."""
    mark_rows.add(db, make.mark(SERVING, mark=MarkKind.SAVE), make.mark(TIDES, mark=MarkKind.LIKE))

    assert ids(search.find(db, Wanted(words="retrieval", mark="save"))) == [SERVING.item_id]
    assert ids(search.find(db, Wanted(vector=encode("retrieval"), mark="save"))) == [SERVING.item_id]
    assert ids(search.find(db, Wanted(words="retrieval", mark="like"))) == []


def test_without_words_the_newest_come_first(db: Connection) -> None:
    """By date, or where that is unknown by when they were seen, among those that pass the filters."""
    everything = ids(search.newest(db, Wanted()))

    assert set(everything) == {RETRIEVAL.item_id, SERVING.item_id, TIDES.item_id}
    assert ids(search.newest(db, Wanted(limit=1))) == everything[:1]
    assert ids(search.newest(db, Wanted(source="Other"))) == [SERVING.item_id]
