"""Files of a dataset: whole or not there, under any address."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import duckdb
import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pyarrow import dataset as arrow

from digest.cluster.dataset import MANIFEST, Dataset, DatasetError, is_dataset, key, partition


@pytest.fixture(name="dataset", params=["folder", "blanks and [brackets]*", "file", "memory"])
def _dataset(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Dataset]:
    addresses = {"file": f"file://{tmp_path}/set", "memory": f"memory://{tmp_path.name}/a set"}
    dataset = Dataset(addresses.get(request.param, str(tmp_path / request.param)))
    yield dataset
    if "memory" in request.param:
        MemoryFileSystem.store.clear()


def failing(file: IO[bytes]) -> None:
    file.write(b"half")
    raise ValueError("the worker died")


def drafts(dataset: Dataset) -> list[str]:
    top = dataset.path("")
    return [name for name in dataset.system.find(top) if "draft" in name] if dataset.system.exists(top) else []


def test_a_file_appears_whole(dataset: Dataset) -> None:
    """By bytes, or by a writer that needs a path."""
    dataset.publish_bytes("items/week=2026-W45/a.parquet", b"one")
    count = dataset.publish_file("items/week=2026-W46/b.parquet", lambda path: path.write_bytes(b"two"))

    assert count == 3
    assert dataset.files("items", ".parquet") == ["items/week=2026-W45/a.parquet", "items/week=2026-W46/b.parquet"]
    assert dataset.read("items/week=2026-W46/b.parquet") == b"two"
    assert dataset.exists("items/week=2026-W45/a.parquet")
    assert not dataset.exists("items/week=2026-W45/c.parquet")
    assert drafts(dataset) == []


def test_one_that_fails_leaves_nothing(dataset: Dataset) -> None:
    """Neither a draft nor a part under its name; what was there stays."""
    dataset.publish_bytes("a/there.json", b"before")

    for name in ("a/new.json", "a/there.json"):
        with pytest.raises(ValueError, match="died"):
            dataset.publish(name, failing)

    assert dataset.files("") == ["a/there.json"]
    assert dataset.read("a/there.json") == b"before"
    assert drafts(dataset) == []


def test_a_file_replaces_another_of_its_name(dataset: Dataset) -> None:
    """In one step."""
    dataset.publish_bytes("learners.parquet", b"one")
    dataset.publish_bytes("learners.parquet", b"two")

    assert dataset.read("learners.parquet") == b"two"
    assert dataset.files("") == ["learners.parquet"]


def test_superseded_files_go_before_their_successors_come(dataset: Dataset) -> None:
    """All are written first, so that the moment between is short; and if one cannot be, nothing changes."""
    dataset.publish_bytes("items/old.parquet", b"1")
    seen = []

    def write(path: Path) -> None:
        seen.append(dataset.files("items"))
        path.write_bytes(b"2")

    dataset.replace({"items/a.parquet": write, "items/b.parquet": write}, ["items/old.parquet", "items/gone.parquet"])

    assert seen == [["items/old.parquet"]] * 2
    assert dataset.files("items") == ["items/a.parquet", "items/b.parquet"]

    def broken(path: Path) -> None:
        raise ValueError("full")

    with pytest.raises(ValueError, match="full"):
        dataset.replace({"items/c.parquet": write, "items/d.parquet": broken}, ["items/a.parquet"])
    assert dataset.files("items") == ["items/a.parquet", "items/b.parquet"]
    assert drafts(dataset) == []


def test_no_reader_takes_a_draft_for_a_file(tmp_path: Path) -> None:
    """Not DuckDB's glob, nor pyarrow's folder: that of a killed writer may be whole."""
    dataset = Dataset(str(tmp_path))

    def write(path: Path) -> None:
        duckdb.execute(f"copy (select 1 as a) to '{path}' (format parquet)")

    dataset.publish_file("items/week=2026-W45/a.parquet", write)
    draft = Path(dataset._new_draft("items/week=2026-W45/a.parquet"))
    write(draft)

    assert duckdb.execute(f"select count(*) from '{tmp_path}/items/*/*.parquet'").fetchall() == [(1,)]
    assert arrow.dataset(str(tmp_path / "items"), partitioning="hive").count_rows() == 1
    assert dataset.files("items") == ["items/week=2026-W45/a.parquet"]

    dataset.remove_drafts("items")
    assert not draft.exists()
    assert dataset.files("items") == ["items/week=2026-W45/a.parquet"]


def test_removing_what_is_gone_is_no_error(dataset: Dataset) -> None:
    """Another may have been quicker."""
    dataset.publish_bytes("a", b"")
    dataset.remove(["a", "a", "never"])

    assert dataset.files("") == []


def test_it_travels(dataset: Dataset) -> None:
    """With every task, without its connections."""
    dataset.publish_bytes("a", b"1")

    copy = pickle.loads(pickle.dumps(dataset))

    assert copy == dataset
    assert copy.read("a") == b"1"
    assert len(pickle.dumps(dataset)) < 300


def test_a_relative_folder_is_the_same_one_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers start in other folders."""
    monkeypatch.chdir(tmp_path)
    dataset = Dataset("set")
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    dataset.publish_bytes("a", b"1")

    assert (tmp_path / "set" / "a").read_bytes() == b"1"


def test_a_dataset_is_known_by_its_manifest(dataset: Dataset) -> None:
    """One that has none is told how to come by it."""
    assert not is_dataset(dataset.address)
    with pytest.raises(DatasetError, match="is no dataset; `digest export --by week` writes one"):
        dataset.check()

    dataset.begin()
    dataset.begin()

    assert is_dataset(dataset.address)
    assert dataset.files("") == [MANIFEST]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (b"[1]", "is damaged"),
        (b"{}", "is damaged"),
        (b'{"version": 99}', "is of version 99, this program reads 1"),
    ],
)
def test_a_manifest_of_another_kind_is_named(dataset: Dataset, content: bytes, told: str) -> None:
    """Neither taken for ours nor written over."""
    dataset.publish_bytes(MANIFEST, content)

    with pytest.raises(DatasetError, match=told):
        dataset.begin()
    assert dataset.read(MANIFEST) == content


def test_what_is_in_the_way_is_named(tmp_path: Path) -> None:
    """A folder under a file's name, a file under the dataset's, a file that is missing."""
    dataset = Dataset(str(tmp_path / "set"))
    (tmp_path / "set" / MANIFEST).mkdir(parents=True)
    (tmp_path / "file").write_text("mine")

    with pytest.raises(DatasetError, match=r"set: dataset\.json cannot be read: Is a directory"):
        dataset.begin()
    with pytest.raises(DatasetError, match=r"set: dataset\.json cannot be written: Is a directory"):
        dataset.publish_bytes(MANIFEST, b"")
    with pytest.raises(DatasetError, match=r"file: dataset\.json cannot be written"):
        Dataset(str(tmp_path / "file")).begin()
    with pytest.raises(DatasetError, match="set: gone is missing"):
        dataset.read("gone")
    assert drafts(dataset) == []
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nowhere://bucket/set", "cannot be reached: .*nowhere"),
        ("~nobody-of-that-name/set", "begins with a user that this machine does not have"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line(address: str, told: str) -> None:
    """Whatever is missing."""
    with pytest.raises(DatasetError, match=told) as caught:
        Dataset(address).exists("a")
    assert "\n" not in str(caught.value)


def test_a_store_whose_client_is_missing_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the package."""
    monkeypatch.setitem(sys.modules, "s3fs", None)

    with pytest.raises(DatasetError, match=r"s3://bucket/set: cannot be reached: .*s3fs") as caught:
        Dataset("s3://bucket/set").exists("a")
    assert "\n" not in str(caught.value)


class Listing(MemoryFileSystem):  # type: ignore[misc]
    """A store whose client remembers what it listed, as those of object stores do."""

    protocol = "listing"
    cachable = False


def test_nothing_is_believed_that_was_listed_before() -> None:
    """Another machine may have written since."""
    fsspec.register_implementation("listing", Listing, clobber=True)

    system = Dataset("listing://bucket/set").system

    assert system.storage_options == {"use_listings_cache": False}
    assert not system.dircache.use_listings_cache


def test_errors_of_a_store_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client raises what is no OSError; a bug of ours is still one."""
    refused = type("NoCredentialsError", (Exception,), {"__module__": "botocore.exceptions"})
    dataset = Dataset("memory://bucket")

    def refuse(*_: object, **__: object) -> None:
        raise refused("Unable to locate credentials\nat all")

    monkeypatch.setattr(dataset.system, "exists", refuse)

    with pytest.raises(DatasetError, match=r"memory://bucket: a cannot be reached: Unable to locate credentials$"):
        dataset.exists("a")


def test_no_package_of_the_cluster_is_needed_for_a_folder() -> None:
    """A plain install exports to one; only engines need more."""
    code = (
        "import sys; sys.modules |= dict.fromkeys(['pyarrow', 'ray', 'psutil'])\n"
        "import digest.cluster.export, digest.cluster.slices, digest.cluster.dataset as d\n"
        "d.Dataset('/tmp').exists('a')"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_names_say_what_they_were_made_of() -> None:
    """The parts are kept apart."""
    assert key("ab", "c") != key("a", "bc")
    assert key("a", 1) == key("a", "1")
    assert partition("items/week=2026-W45/a.parquet", "week") == "2026-W45"
    assert partition("items/a.parquet", "week") == ""


@pytest.mark.parametrize("name", ["../elsewhere", "issues/../../elsewhere", "/etc/passwd"])
def test_no_name_leads_out_of_it(tmp_path: Path, name: str) -> None:
    """Ids of learners and names of periods are parts of names, and a dataset may come from anybody."""
    with pytest.raises(DatasetError, match="leads out of the dataset"):
        Dataset(str(tmp_path / "set")).publish_bytes(name, b"")
