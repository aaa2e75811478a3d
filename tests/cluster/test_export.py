"""What an export by week writes, and what it leaves as it is the next time."""

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pytest
from pyarrow import dataset as arrow

from digest.cluster import index
from digest.cluster.dataset import Dataset, DatasetError, partition
from digest.cluster.export import export_dataset
from digest.cluster.index import INDEX, read_index, texts_of, vectors_name
from digest.config import Config
from digest.errors import StoreError
from digest.store import dataset_items, items, works
from digest.store.archive import transaction
from digest.workflows.opening import opened
from tests import make
from tests.cluster.archives import WEEKS, filled, home, store


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Config:
    return filled(tmp_path / "home")


@pytest.fixture(name="dataset")
def _dataset(tmp_path: Path) -> Dataset:
    return Dataset(str(tmp_path / "a set"))


def items_of(dataset: Dataset) -> dict[str, str]:
    """The one file of items of each week."""
    names = dataset.files("items", ".parquet")
    assert len({partition(name, "week") for name in names}) == len(names)
    return {partition(name, "week"): name for name in names}


def counted(dataset: Dataset) -> list[tuple[Any, ...]]:
    """What any client reads by a glob."""
    sql = f"select week, count(*), count(distinct item_id) from '{dataset.folder}/items/*/*.parquet' group by 1 order by 1"
    return duckdb.execute(sql).fetchall()


def test_each_week_is_a_file_that_any_client_reads(config: Config, dataset: Dataset) -> None:
    """By DuckDB and pyarrow, with the week as a column; first seen first."""
    done = export_dataset(config, dataset)

    assert counted(dataset) == [(week, 2, 2) for week in WEEKS]
    table = arrow.dataset(f"{dataset.folder}/items", partitioning="hive").to_table()
    assert set(table.column("week").to_pylist()) == set(WEEKS)
    assert {*dataset_items.COLUMNS, "events"} <= set(table.column_names)
    for name in dataset.files("items"):
        seen = duckdb.execute(f"select first_seen_at, item_id from '{dataset.folder}/{name}'").fetchall()
        assert seen == sorted(seen)
    assert (done.items, done.learners) == (6, 2)


def test_polars_reads_it(config: Config, dataset: Dataset) -> None:
    """Lists, structs and times included."""
    polars = pytest.importorskip("polars")
    export_dataset(config, dataset)

    table = polars.scan_parquet(f"{dataset.folder}/items/*/*.parquet", hive_partitioning=True).collect()

    assert table.height == 6
    assert set(table["week"]) == set(WEEKS)


def test_a_second_export_writes_nothing(config: Config, dataset: Dataset) -> None:
    """Not a byte: names and times of all files stay."""
    export_dataset(config, dataset)
    before = {name: (Path(dataset.path(name)).stat().st_mtime_ns) for name in dataset.files("")}

    done = export_dataset(config, dataset)

    assert done.written == 0
    after = {name: (Path(dataset.path(name)).stat().st_mtime_ns) for name in dataset.files("")}
    assert {name for name in after if after[name] != before.get(name)} <= {"sources/index.json"}
    assert before.keys() == after.keys()


def test_only_the_week_that_changed_is_written_again(config: Config, dataset: Dataset) -> None:
    """Its former file goes away, so that a glob counts nothing twice."""
    export_dataset(config, dataset)
    before = items_of(dataset)
    with opened(config.for_learner("Bob")) as db:
        store(db, [make.item(7)], seen=make.NOW - make.DAY)

    done = export_dataset(config, dataset)

    after = items_of(dataset)
    assert {week for week in WEEKS if before[week] != after[week]} == {"2026-W12"}
    assert counted(dataset)[2] == ("2026-W12", 3, 3)
    assert done.written == 1
    assert {one.name: one.rows for one in read_index(dataset).items(since="2026-W12")} == {after["2026-W12"]: 3}


def test_merged_works_change_the_file_and_keep_the_vectors(config: Config, dataset: Dataset) -> None:
    """Vectors depend on texts alone; those of texts that are gone are removed."""
    export_dataset(config, dataset)
    first = items_of(dataset)["2026-W12"]
    vectors = [vectors_name(first, "toy/1", 1), vectors_name(first, "other", 1)]
    for name in vectors:
        dataset.publish_bytes(name, b"vectors")
    with opened(config.for_learner("Bob")) as db, transaction(db):
        works.merge(db, {make.item(6, source="Blog").item_id: make.item(5, source="Other").item_id})
    export_dataset(config, dataset)
    merged = items_of(dataset)["2026-W12"]

    assert merged != first
    assert texts_of(merged) == texts_of(first)
    assert dataset.files("vectors") == sorted(vectors)

    changed = make.item(6, source="Blog", summary="another text")
    with opened(config.for_learner("Bob")) as db:
        items.rewrite(db, [changed], read=make.readings([changed]))
    export_dataset(config, dataset)

    assert texts_of(items_of(dataset)["2026-W12"]) != texts_of(first)
    assert dataset.files("vectors") == []


def test_a_week_that_was_forgotten_goes_away(config: Config, dataset: Dataset) -> None:
    """A dataset is what the archive is now."""
    export_dataset(config, dataset)
    with opened(config.for_learner("Bob")) as db:
        db.execute("delete from core.items where first_seen_at < ?", [dt.datetime(2026, 3, 9)])  # noqa: DTZ001

    export_dataset(config, dataset)

    assert list(items_of(dataset)) == list(WEEKS[1:])
    assert [one.week for one in read_index(dataset).items()] == list(WEEKS[1:])


@pytest.mark.parametrize("step", range(12))
def test_a_kill_leaves_no_item_twice_and_the_next_export_completes(
    config: Config, dataset: Dataset, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it comes between two changes of files; what is there can be read."""
    export_dataset(config, dataset)
    with opened(config.for_learner("Bob")) as db:
        for week in range(3):
            store(db, [make.item(10 + week)], seen=make.NOW - make.DAY - make.WEEK * week)
    _kill_after(step, monkeypatch)
    with suppress(_Killed):
        export_dataset(config, dataset)
    assert all(rows == different for _, rows, different in counted(dataset))

    monkeypatch.undo()
    export_dataset(config, dataset)

    assert counted(dataset) == [(week, 3, 3) for week in WEEKS]
    assert sum(one.rows for one in read_index(dataset).items()) == 9
    assert not [path for path in Path(dataset.path("items")).rglob(".*")]


class _Killed(BaseException):
    """What no code of ours catches."""


def _kill_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process die after so many renames and removals."""
    count = iter(range(steps))
    for name in ("_rename", "remove"):
        done = getattr(Dataset, name)

        def act(self: Dataset, *given: Any, done: Any = done) -> None:  # noqa: ANN401 - as the method has it
            if next(count, None) is None:
                raise _Killed
            done(self, *given)

        monkeypatch.setattr(Dataset, name, act)
    monkeypatch.setattr(Dataset, "_discard", lambda *_: None)


def test_a_large_week_is_cut_where_later_items_change_only_the_last_part(config: Config) -> None:
    """Parts have a fixed number of rows, and the last one as many more as would make a part too small."""
    with opened(config.for_learner("Bob")) as db:
        store(db, [make.item(number) for number in range(100, 111)], seen=make.NOW - make.DAY * 2)
        before = [part for part in dataset_items.parts(db, rows=4, fewest=2) if part.week == "2026-W12"]
        store(db, [make.item(99)], seen=make.NOW - make.DAY / 2)
        after = [part for part in dataset_items.parts(db, rows=4, fewest=2) if part.week == "2026-W12"]
        whole = list(dataset_items.parts(db))

    assert [part.rows for part in before] == [4, 4, 5]
    assert before[:2] == after[:2]
    assert before[2] != after[2]
    assert len(whole) == 3


def test_it_goes_to_a_store_elsewhere(config: Config) -> None:
    """By any address that fsspec knows."""
    dataset = Dataset("memory://export/of it")

    export_dataset(config, dataset)

    assert export_dataset(config, dataset).written == 0
    assert len(dataset.files("items")) == 3
    with duckdb.connect() as db:
        db.register_filesystem(fsspec.filesystem("memory"))
        found = db.execute("select week, count(*) from 'memory://export/of it/items/*/*.parquet' group by 1 order by 1")
        assert found.fetchall() == [(week, 2) for week in WEEKS]
    assert not [name for name in dataset.system.find(dataset.path("")) if name.endswith(".draft")]


def test_without_an_archive_there_is_no_dataset(dataset: Dataset, tmp_path: Path) -> None:
    """Nothing is left where it would have been."""
    with pytest.raises(StoreError, match="there is no archive yet"):
        export_dataset(home(tmp_path / "empty"), dataset)

    assert not Path(dataset.path("")).exists()


def test_what_is_anothers_is_left_alone(config: Config, dataset: Dataset) -> None:
    """A folder with something in it becomes no dataset."""
    Path(dataset.address).mkdir()
    (Path(dataset.address) / "notes.txt").write_text("mine")

    with pytest.raises(DatasetError, match="a set: is no dataset, and not empty"):
        export_dataset(config, dataset)

    assert dataset.files("") == ["notes.txt"]


def test_a_damaged_index_is_named(config: Config, dataset: Dataset) -> None:
    """One line, with what to do."""
    export_dataset(config, dataset)
    dataset.publish_bytes(
        INDEX, b'{"rows": {"../../etc/passwd": 1}, "made_of": {}, "schema": 5, "model": "", "settings": ""}'
    )

    with pytest.raises(DatasetError, match=r"names '\.\./\.\./etc/passwd', which no export writes"):
        export_dataset(config, dataset)

    dataset.publish_bytes(INDEX, b"[]")
    with pytest.raises(DatasetError, match=r"index\.json is damaged; remove it and export again"):
        export_dataset(config, dataset)


def test_a_removed_index_is_made_again(config: Config, dataset: Dataset) -> None:
    """What is there is not written twice."""
    export_dataset(config, dataset)
    before = dataset.files("items")
    dataset.remove([INDEX])

    export_dataset(config, dataset)

    assert dataset.files("items") == before
    assert [one.name for one in read_index(dataset).items()] == before


def test_its_revision_is_part_of_the_names() -> None:
    """A change of the columns gives every file another name."""
    assert index.REVISION == 1
    assert [*list(dataset_items.COLUMNS), "events"] == [
        *("item_id", "work_id", "source", "entry_id", "kind", "url", "title", "authors", "summary", "body"),
        *("published_at", "first_seen_at", "arxiv_id", "doi", "tags", "seconds", "discussion", "words", "backfill"),
        *("extras", "text_hash", "events"),
    ]
