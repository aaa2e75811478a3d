"""Vectors: any number of models and sizes side by side, each text embedded once."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from digest.arrays import Floats
from digest.store import schema, vectors
from digest.store.archive import Connection, open_archive
from digest.store.items import add
from tests import make


def store(db: Connection, count: int) -> list[str]:
    made = [make.item(number) for number in range(count)]
    add(db, [make.new_item(item) for item in made], read=make.readings(made))
    return [item.item_id for item in made]


def embed(db: Connection, model: str, dimensions: int, *, value: float = 1.0) -> None:
    """Use a model and embed all that it has not seen."""
    vectors.use_model(db, model, dimensions, now=make.NOW)
    hashes = [text_hash for text_hash, _, _ in vectors.missing(db, model, dimensions)]
    vectors.save(db, model, hashes, constant(len(hashes), dimensions, value))


def constant(count: int, dimensions: int, value: float = 1.0) -> Floats:
    return np.full((count, dimensions), value, dtype=np.float32)


def rows(db: Connection, sql: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = db.execute(sql).fetchall()
    return found


class TestModels:
    def test_models_of_one_and_of_several_sizes_lie_side_by_side(self, db: Connection) -> None:
        """`embeddings` follows the model in use, `embeddings_all` has every model's."""
        store(db, 3)
        for model, dimensions in (("small", 4), ("large", 8), ("other", 4)):
            embed(db, model, dimensions)

            assert vectors.current_model(db) == model
            assert rows(db, "select distinct model, len(vector::float[]) from embeddings") == [(model, dimensions)]

        assert rows(db, "select model, len(vector), count(*) from embeddings_all group by all order by 1") == [
            ("large", 8, 3),
            ("other", 4, 3),
            ("small", 4, 3),
        ]

    def test_the_view_has_a_fixed_size(self, db: Connection) -> None:
        """Only then can SQL compute similarities."""
        store(db, 2)
        embed(db, "small", 4)

        found = rows(db, "select array_cosine_similarity(vector, [1, 1, 1, 1]::float[4]) from embeddings")

        assert found == [(pytest.approx(1.0),), (pytest.approx(1.0),)]

    def test_going_back_to_a_model_embeds_nothing_again(self, db: Connection) -> None:
        """Vectors are kept under their model's name."""
        store(db, 3)
        embed(db, "small", 4, value=0.25)
        embed(db, "large", 8)
        vectors.use_model(db, "small", 4, now=make.NOW)

        assert vectors.missing(db, "small", 4) == []
        assert rows(db, "select distinct vector[1] from embeddings") == [(0.25,)]

    def test_no_model_yet(self, db: Connection) -> None:
        """A new archive is of none."""
        assert vectors.current_model(db) == ""
        assert rows(db, "from embeddings") == []

    def test_a_change_that_is_cut_short_leaves_the_old_model(
        self, db: Connection, archive: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A view over one model and a name of another would be worse than either."""
        store(db, 1)
        embed(db, "small", 4)

        def killed(db: Connection) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(schema, "refresh_vector_views", killed)
        with pytest.raises(KeyboardInterrupt):
            vectors.use_model(db, "large", 8, now=make.NOW)
        monkeypatch.undo()

        assert vectors.current_model(db) == "small"
        embed(db, "large", 8)
        assert rows(db, "select model, len(vector::float[]) from embeddings") == [("large", 8)]


class TestMissing:
    def test_texts_that_the_model_has_not_seen(self, db: Connection) -> None:
        """Each once, however many items have it, with what is to be embedded."""
        same = [make.item(1), make.item(1, source="Other"), make.item(2)]
        add(db, [make.new_item(item) for item in same], read=make.readings(same))
        vectors.use_model(db, "small", 4, now=make.NOW)

        found = vectors.missing(db, "small", 4)

        assert sorted((title, body) for _, title, body in found) == [
            ("Post 1", make.item(1).summary),
            ("Post 2", make.item(2).summary),
        ]
        vectors.save(db, "small", [found[0][0]], constant(1, 4))
        assert vectors.missing(db, "small", 4) == found[1:]

    def test_of_some_items_only(self, db: Connection) -> None:
        """A slow model may be asked for the best few."""
        first, *_ = store(db, 3)
        vectors.use_model(db, "small", 4, now=make.NOW)

        assert [title for _, title, _ in vectors.missing(db, "small", 4, only=[first])] == ["Post 0"]
        assert vectors.missing(db, "small", 4, only=[]) == []

    def test_two_processes_that_embed_at_once_store_each_vector_once(self, db: Connection) -> None:
        """The archive is closed while a model works, so another may come first; the first one's stays."""
        store(db, 3)
        vectors.use_model(db, "small", 4, now=make.NOW)
        hashes = [text_hash for text_hash, _, _ in vectors.missing(db, "small", 4)]

        vectors.save(db, "small", hashes[:2], constant(2, 4, 0.5))
        vectors.save(db, "small", hashes, constant(3, 4, 0.25))

        found = rows(db, "select vector[1] as first, count(*) from embeddings group by all order by 1")
        assert found == [(0.25, 1), (0.5, 2)]

    def test_hashes_of_all_sizes(self, db: Connection) -> None:
        """They fill 64 bits without a sign."""
        vectors.use_model(db, "small", 4, now=make.NOW)

        vectors.save(db, "small", [0, 2**63, 2**64 - 1], constant(3, 4))
        vectors.save(db, "small", [], constant(0, 4))

        assert rows(db, "select text_hash from core.vectors_4 order by 1") == [(0,), (2**63,), (2**64 - 1,)]


class TestSlices:
    def test_all_items_each_once(self, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever the size of a slice."""
        monkeypatch.setattr(vectors, "_SLICE", 7)
        ids = store(db, 50)
        embed(db, "small", 4)

        slices = list(vectors.slices(db, "small", 4))

        assert len(slices) > 1
        assert sorted(item_id for part in slices for item_id in part.item_ids) == sorted(ids)
        for part in slices:
            assert part.vectors.shape == (len(part.item_ids), 4)
            assert part.vectors.dtype == np.float32
            assert len(part.sources) == len(part.extras) == len(part.seconds) == len(part.item_ids)

    def test_some_items(self, db: Connection) -> None:
        """Those that have a vector."""
        first, second, *_ = store(db, 5)
        embed(db, "small", 4)

        [part] = vectors.slices(db, "small", 4, only=[second, first, "nobody"])

        assert sorted(part.item_ids) == sorted([first, second])
        assert list(vectors.slices(db, "small", 4, only=[])) == []

    def test_what_is_told_of_an_item(self, db: Connection) -> None:
        """When it was published, or where that is unknown first seen."""
        dated, undated = make.item(1), make.item(2, published_at=None)
        add(
            db,
            [make.new_item(dated), make.new_item(undated, first_seen_at=make.NOW)],
            read=make.readings([dated, undated]),
        )
        embed(db, "small", 4)

        [part] = vectors.slices(db, "small", 4)

        told = dict(zip(part.item_ids, zip(part.seconds, part.dated, strict=True), strict=True))
        assert told == {
            dated.item_id: ((make.NOW - make.DAY).timestamp(), True),
            undated.item_id: (make.NOW.timestamp(), False),
        }

    def test_no_items(self, db: Connection) -> None:
        """A new archive has no slice."""
        vectors.use_model(db, "small", 4, now=make.NOW)

        assert list(vectors.slices(db, "small", 4)) == []

    def test_vectors_come_back_bit_for_bit(self, db: Connection) -> None:
        """Scores are the same however often they are made."""
        store(db, 20)
        vectors.use_model(db, "small", 4, now=make.NOW)
        hashes = [text_hash for text_hash, _, _ in vectors.missing(db, "small", 4)]
        made = np.random.default_rng(0).standard_normal((20, 4)).astype(np.float32)

        vectors.save(db, "small", hashes, made)

        stored = dict(db.execute("select item_id, text_hash from core.items").fetchall())
        expected = dict(zip(hashes, made, strict=True))
        [part] = vectors.slices(db, "small", 4)
        for item_id, vector in zip(part.item_ids, part.vectors, strict=True):
            assert np.array_equal(vector, expected[stored[item_id]])


def test_the_items_of_some_weeks_come_with_what_a_glance_needs(db: Connection) -> None:
    """Those first seen since a moment that the model has embedded, by id, each with its work and title."""
    old, new, newer = (make.item(number) for number in range(3))
    moments = {old: make.NOW - 9 * make.DAY, new: make.NOW - make.DAY, newer: make.NOW}
    add(
        db,
        [make.new_item(item, work_id=f"of {item.title}", first_seen_at=at) for item, at in moments.items()],
        read=make.readings(list(moments)),
    )
    embed(db, "small", 4, value=0.5)

    found = vectors.recent(db, "small", 4, since=make.NOW - make.DAY)

    expected = sorted((new, newer), key=lambda item: item.item_id)
    assert found.part.item_ids == [item.item_id for item in expected]
    assert found.titles == [item.title for item in expected]
    assert found.work_ids == [f"of {item.title}" for item in expected]
    assert found.part.vectors.tolist() == constant(2, 4, 0.5).tolist()
    assert found.part.take(np.array([1])).item_ids == [expected[1].item_id]
    assert vectors.recent(db, "small", 4, since=make.NOW + make.DAY).part.vectors.shape == (0, 4)


def test_a_plain_client_reads_them(archive: Path) -> None:
    """Both views, without this program."""
    with open_archive(archive) as db:
        store(db, 2)
        embed(db, "small", 4)
        embed(db, "large", 8)

    with duckdb.connect(str(archive), read_only=True) as client:
        assert client.execute("select count(*) from embeddings").fetchall() == [(2,)]
        assert client.execute("select count(*) from embeddings_all").fetchall() == [(4,)]
