"""Archives from a dataset: all of it, one learner's, or what a bucket needs; and nothing from one that was tampered with."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from digest.cluster.dataset import Dataset
from digest.cluster.export import export_dataset
from digest.cluster.index import INDEX, read_index, vectors_name
from digest.cluster.slices import import_dataset, make_slice
from digest.config import Config
from digest.errors import DigestError
from digest.store import learners as learner_rows
from digest.store import schema
from digest.store.archive import open_archive
from tests import make
from tests.cluster.archives import WEEKS, filled

BOTH = {"ada-lovelace": "Ada Lovelace", "bob": "Bob"}
FIRST, SECOND = (make.item(1, source="Other"), make.item(2, source="Blog"))


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, Dataset]:
    """An archive and its dataset; for reading only."""
    folder = tmp_path_factory.mktemp("slices")
    config, dataset = filled(folder / "home"), Dataset(str(folder / "set"))
    export_dataset(config, dataset)
    return config, dataset


@pytest.fixture(name="dataset", params=["folder", "memory"])
def _dataset(request: pytest.FixtureRequest, made: tuple[Config, Dataset], tmp_path: Path) -> Iterator[Dataset]:
    """It, to change, here and elsewhere."""
    shutil.copytree(made[1].address, tmp_path / "set")
    if request.param == "folder":
        yield Dataset(str(tmp_path / "set"))
        return
    dataset = Dataset(f"memory://{tmp_path.name}/set")
    for path in (tmp_path / "set").rglob("*.*"):
        dataset.publish_bytes(str(path.relative_to(tmp_path / "set")), path.read_bytes())
    yield dataset
    MemoryFileSystem.store.clear()


def rows(path: Path, relation: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as db:
        return db.execute(f"from {relation} order by all").fetchall()


def same(before: Path, after: Path, table: str) -> bool:
    """Whether a table came over whole; numbers of words are given as items come."""
    left_out = "exclude (number)" if table == "items" else ""
    relation = f"(select * {left_out} from core.{table})"
    return rows(before, relation) == rows(after, relation)


def test_all_of_an_archive_comes_back(made: tuple[Config, Dataset], dataset: Dataset, tmp_path: Path) -> None:
    """Items, identity, states of sources, events and every learner's rows; searches by words work."""
    before = made[0].archive

    count = import_dataset(dataset, tmp_path / "new.duckdb")

    assert count == 6
    for table in ("items", "events", "marks", "issues", "verdicts", "learners"):
        assert same(before, tmp_path / "new.duckdb", table), table
    assert [row[0] for row in rows(tmp_path / "new.duckdb", "(select source from core.sources)")] == ["Blog"]
    with open_archive(tmp_path / "new.duckdb") as db:
        assert schema.version(db) == len(schema.MIGRATIONS)
        found = db.execute("select title from search_words('post')").fetchall()
    assert len(found) == 6


def test_later_items_find_their_works(made: tuple[Config, Dataset], tmp_path: Path) -> None:
    """Keys are not written; they are made again from the texts, and are those that the items were stored with."""
    from digest.compose.deduplication import keys_of
    from digest.store import works

    import_dataset(made[1], tmp_path / "new.duckdb")

    with open_archive(tmp_path / "new.duckdb", read_only=True) as db:
        found = works.by_key(db, keys_of(FIRST).all)
    assert set(found.values()) == {(FIRST.item_id,)}


def test_a_learners_slice_has_nobody_elses_rows(dataset: Dataset, tmp_path: Path) -> None:
    """By name or id; the items of all weeks, or from one on."""
    import_dataset(dataset, tmp_path / "bob.duckdb", learner="bob", since="2026-W12")

    assert rows(tmp_path / "bob.duckdb", "(select learner, mark from core.marks)") == [("bob", "dislike")]
    assert rows(tmp_path / "bob.duckdb", "(select learner, name from core.learners)") == [("bob", "Bob")]
    assert rows(tmp_path / "bob.duckdb", "core.issues") == []
    assert len(rows(tmp_path / "bob.duckdb", "core.items")) == 2

    import_dataset(dataset, tmp_path / "ada.duckdb", learner="Ada Lovelace")
    assert {row[0] for row in rows(tmp_path / "ada.duckdb", "(select learner from core.marks)")} == {"ada-lovelace"}


def test_who_imports_alone_goes_on_with_their_rows(made: tuple[Config, Dataset], tmp_path: Path) -> None:
    """Their own sources.toml has one [learner], whose id in an archive is another."""
    import_dataset(made[1], tmp_path / "ada.duckdb", learner="Ada Lovelace")

    with open_archive(tmp_path / "ada.duckdb") as db:
        learner_rows.settle(db, {"default": "Ada"})
        assert len(db.execute("from marks").fetchall()) == 2


def test_nobody_is_named_who_is_not_there(dataset: Dataset, tmp_path: Path) -> None:
    """And no archive is made."""
    with pytest.raises(DigestError, match="has no learner named 'Bop'; did you mean 'Bob'"):
        import_dataset(dataset, tmp_path / "new.duckdb", learner="Bop")

    assert not list(tmp_path.glob("*new.duckdb*"))


def test_vectors_come_along_where_the_dataset_has_them(dataset: Dataset, tmp_path: Path) -> None:
    """Of the archive's model; the other items are embedded by the next ranking."""
    [last] = read_index(dataset).items(weeks=WEEKS[2:])
    ids = "unnest(['{}', '{}'])".format(*tuple(make.item(n, source=s).item_id for n, s in ((6, "Blog"), (5, "Other"))))

    def write(path: Path) -> None:
        duckdb.execute(
            f"copy (select {ids} as item_id, [1, 0, 0, 0]::float[4] as vector, 0.5::float as lean) "
            f"to '{path}' (format parquet)"
        )

    dataset.publish_file(vectors_name(last.name, "toy-1", 1), write)

    import_dataset(dataset, tmp_path / "new.duckdb")

    assert rows(tmp_path / "new.duckdb", "(select count(*), any_value(model) from embeddings)") == [(2, "toy-1")]


def test_a_bucket_gets_some_weeks_some_more_items_and_its_learners(dataset: Dataset, tmp_path: Path) -> None:
    """Quickly: no words, no keys, no states; but an archive that opens like any."""
    count = make_slice(
        dataset, tmp_path / "slice.duckdb", {"bob": "Bob"}, weeks=["2026-W12"], item_ids=[FIRST.item_id, "no-such-item"]
    )

    assert count == 3
    assert FIRST.item_id in {row[0] for row in rows(tmp_path / "slice.duckdb", "(select item_id from core.items)")}
    assert rows(tmp_path / "slice.duckdb", "(select learner, mark from core.marks)") == [("bob", "dislike")]
    assert len(rows(tmp_path / "slice.duckdb", "core.events")) == 2
    with open_archive(tmp_path / "slice.duckdb", learner="bob") as db:
        assert db.execute("select mark from marks").fetchall() == [("dislike",)]
        assert db.execute("from search_words('post')").fetchall() == []


def test_a_slice_may_be_searched_by_words(dataset: Dataset, tmp_path: Path) -> None:
    """Where it is asked for."""
    make_slice(dataset, tmp_path / "slice.duckdb", BOTH, weeks=["2026-W11"], words=True)

    with open_archive(tmp_path / "slice.duckdb", learner="bob") as db:
        assert len(db.execute("from search_words('post')").fetchall()) == 2


def test_nothing_is_overwritten(dataset: Dataset, tmp_path: Path) -> None:
    """An archive that is there stays as it is."""
    (tmp_path / "mine.duckdb").write_bytes(b"mine")

    with pytest.raises(DigestError, match="is there already"):
        import_dataset(dataset, tmp_path / "mine.duckdb")

    assert (tmp_path / "mine.duckdb").read_bytes() == b"mine"


def rewrite(dataset: Dataset, name: str, select: str, spare: Path) -> None:
    """Write a file of the dataset again as a query over it, which calls it `before`."""
    spare.write_bytes(dataset.read(name))
    with duckdb.connect() as db:
        db.execute(f"create view before as from '{spare}'")
        dataset.publish_file(name, lambda path: db.execute(f"copy ({select}) to '{path}' (format parquet)"))


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        ("select * exclude (body) from before", "its column body is missing, not VARCHAR"),
        ("select * replace (1 as title) from before", "its column title is INTEGER, not VARCHAR"),
        ("from before limit 1", "has 1 rows, not 2"),
        ("from before union all from before", "has 4 rows, not 2"),
        ("select * replace ('same' as item_id) from before", "items stand in two files"),
    ],
)
def test_files_that_no_export_writes_make_no_archive(dataset: Dataset, tmp_path: Path, tamper: str, told: str) -> None:
    """Nothing half filled is left behind, and the dataset is named."""
    [last] = read_index(dataset).items(weeks=["2026-W12"])
    rewrite(dataset, last.name, tamper, tmp_path / "spare.parquet")

    with pytest.raises(DigestError, match=told) as caught:
        import_dataset(dataset, tmp_path / "new.duckdb")

    assert "set" in str(caught.value)
    assert not [left for left in tmp_path.iterdir() if "new.duckdb" in left.name]


@pytest.mark.parametrize("kind", ["missing", "damaged", "newer", "issue", "path", "empty"])
def test_a_dataset_that_is_not_as_it_was_written_is_refused(dataset: Dataset, tmp_path: Path, kind: str) -> None:
    """A file that is gone, bytes that are none of ours, another version's rows, a path elsewhere."""
    [last] = read_index(dataset).items(weeks=["2026-W12"])
    table = json.loads(dataset.read(INDEX))
    if kind == "missing":
        dataset.remove([last.name])
    elif kind == "damaged":
        dataset.publish_bytes(last.name, b"PAR1" + bytes(50))
    elif kind == "issue":
        select = "select * replace ('no JSON' as document) from before"
        rewrite(dataset, "learners/issues.parquet", select, tmp_path / "spare.parquet")
    elif kind == "empty":
        dataset.remove([INDEX])
    else:
        table["rows"] |= {"items/week=2026-W12/../../../x.parquet": 1} if kind == "path" else {}
        table["schema"] = 99 if kind == "newer" else table["schema"]
        dataset.publish_bytes(INDEX, json.dumps(table).encode())
    told = {
        "missing": "is missing; `digest export --by week` completes it",
        "damaged": "is no dataset that can be read",
        "newer": "was exported with schema 99, this program has",
        "issue": "the document of the issue",
        "path": "which no export writes",
        "empty": "is not complete yet",
    }

    with pytest.raises(DigestError, match=told[kind]):
        import_dataset(dataset, tmp_path / "new.duckdb")
    assert not [left for left in tmp_path.iterdir() if "new.duckdb" in left.name]
