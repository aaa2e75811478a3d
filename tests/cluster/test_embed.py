"""Embedding a dataset: the vectors and leans of one machine, whatever the batch, the file and the worker."""

import hashlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from digest.cluster import embed
from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.local_engine import LocalEngine
from digest.cluster.runner import run_step
from digest.errors import ModelError
from digest.judge.embedding import Embedder, load_model
from digest.judge.lean import load_lean
from digest.workflows.embedding import encode_texts
from tests.cluster.items_files import rows, write_items


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(str(tmp_path / "set"))


def tasks(dataset: Dataset, model: Embedder) -> list[embed.EmbedTask]:
    return embed.embed_tasks(dataset, "bundled", folder=Path(), weights=model.name)


def vectors_of(dataset: Dataset, name: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    table = parquet.read_table(dataset.open(name))
    size = table.schema.field("vector").type.list_size
    flat = table.column("vector").combine_chunks().flatten().to_numpy()
    return table.column("item_id").to_pylist(), flat.reshape(-1, size), table.column("lean").to_numpy()


def test_are_those_of_one_machine(dataset: Dataset, bundled: Embedder) -> None:
    """To the last bit, in the order of the items, with batches of another size; an item without words has zeros."""
    items = rows(2_000)
    write_items(dataset, "2026-W45", items, group=700)
    (task,) = tasks(dataset, bundled)

    done = embed.embed_file(task)

    ids, vectors, leans = vectors_of(dataset, task.output)
    texts = [(0, one["title"] or "", one["body"] or "") for one in items]
    expected = np.concatenate([encode_texts(bundled, texts[start : start + 333]) for start in range(0, 2_000, 333)])
    assert done.rows == 2_000
    assert ids == [one["item_id"] for one in items]
    assert np.array_equal(vectors, expected)
    assert np.array_equal(leans, load_lean(bundled).probability(expected))
    assert not vectors[49].any()
    assert leans[49] == 0.5


def test_are_read_and_written_piece_by_piece(
    dataset: Dataset, bundled: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker holds one piece at a time; where it is cut changes no value."""
    write_items(dataset, "2026-W45", rows(1_000))
    (task,) = tasks(dataset, bundled)
    embed.embed_file(task)
    whole = vectors_of(dataset, task.output)
    monkeypatch.setattr(embed, "ROWS", 300)

    embed.embed_file(task)

    in_pieces = vectors_of(dataset, task.output)
    assert parquet.ParquetFile(dataset.open(task.output)).num_row_groups == 4
    assert in_pieces[0] == whole[0]
    assert np.array_equal(in_pieces[1], whole[1])
    assert np.array_equal(in_pieces[2], whole[2])


def test_a_file_has_the_same_bytes_each_time(dataset: Dataset, tmp_path: Path, bundled: Embedder) -> None:
    """Whoever makes it, a worker or this process, and however many there are."""
    for week in range(40, 46):
        write_items(dataset, f"2026-W{week}", rows(50, first=week * 50))
    for task in tasks(dataset, bundled):
        embed.embed_file(task)
    here = contents(dataset)
    for name in here:
        Path(dataset.path(name)).unlink()
    with closing(LocalEngine(2)) as engine:
        done = run_step("embed", engine, embed.embed_file, tasks(dataset, bundled))

    assert (done.done, done.skipped, done.failures, done.rows) == (6, 0, (), 300)
    assert contents(dataset) == here


def contents(dataset: Dataset) -> dict[str, str]:
    return {name: hashlib.sha256(dataset.read(name)).hexdigest() for name in dataset.files("vectors")}


def test_a_change_of_what_is_written_needs_another_revision(dataset: Dataset, bundled: Embedder) -> None:
    """What some texts have, frozen: files of the same name would otherwise have other rows in them.

    Processors differ in the last digits.
    """
    write_items(dataset, "2026-W45", rows(100))
    (task,) = tasks(dataset, bundled)
    embed.embed_file(task)

    ids, vectors, leans = vectors_of(dataset, task.output)

    assert (embed.REVISION, bundled.name) == (1, "bundled-96985bb1")
    assert ids[::40] == ["i0000000", "i0000040", "i0000080"]
    assert [*vectors[3, :3], *vectors.sum(axis=0)[:3], *leans[:3]] == pytest.approx(
        [-0.00358, 0.00324, -0.01627, -4.82835, 2.61656, 2.79828, 0.86835, 0.64675, 0.50046], abs=2e-4
    )


def test_a_present_file_is_left_alone(dataset: Dataset, bundled: Embedder) -> None:
    """The second run does what is absent, and says what was there."""
    for week in (44, 45):
        write_items(dataset, f"2026-W{week}", rows(10, first=week))
    embed.embed_file(tasks(dataset, bundled)[0])
    with closing(LocalEngine(1)) as engine:
        done = run_step("embed", engine, embed.embed_file, tasks(dataset, bundled))

    assert (done.done, done.skipped) == (1, 1)


def test_a_week_without_items_has_an_empty_file(dataset: Dataset, bundled: Embedder) -> None:
    """So that it counts as done."""
    write_items(dataset, "2026-W45", [])
    (task,) = tasks(dataset, bundled)

    assert embed.embed_file(task).rows == 0
    assert vectors_of(dataset, task.output)[0] == []


def test_a_model_has_files_of_its_own(dataset: Dataset, bundled: Embedder) -> None:
    """Under its name, in which a slash makes no folder."""
    write_items(dataset, "2026-W45", rows(1))
    (one,) = tasks(dataset, bundled)
    (other,) = embed.embed_tasks(dataset, "an/other", folder=Path(), weights="an/other")

    assert one.output.startswith(f"vectors/model={bundled.name}/week=2026-W45/")
    assert other.output.startswith("vectors/model=an%2Fother/week=2026-W45/")
    assert one.output.rpartition("/")[2] != other.output.rpartition("/")[2]


def test_a_machine_with_other_weights_refuses(dataset: Dataset) -> None:
    """A node with another release of the model would mix two spaces under one name."""
    write_items(dataset, "2026-W45", rows(1))
    (task,) = embed.embed_tasks(dataset, "bundled", folder=Path(), weights="bundled-00000000")

    with pytest.raises(ModelError, match=r"is bundled-.* here, and bundled-00000000 where the command runs"):
        embed.embed_file(task)


def test_a_damaged_file_is_named(dataset: Dataset, bundled: Embedder) -> None:
    """And so is one that lacks a column."""
    name = write_items(dataset, "2026-W45", rows(100))
    (task,) = tasks(dataset, bundled)
    dataset.publish_bytes(name, dataset.read(name)[:-100])
    with pytest.raises(DatasetError, match=r"items/week=2026-W45/.*\.parquet is damaged"):
        embed.embed_file(task)

    dataset.publish(name, lambda file: parquet.write_table(pa.table({"item_id": ["a"], "title": ["b"]}), file))
    with pytest.raises(DatasetError, match="has no column 'body'"):
        embed.embed_file(task)
    assert not dataset.exists(task.output)


def test_a_models_name_is_known_before_it_is_opened(bundled: Embedder) -> None:
    """As the driver needs it, which does not embed."""
    from digest.judge.embedding import BUNDLED_FOLDER, name_of_model

    assert name_of_model("bundled", folder=Path()) == (bundled.name, True)
    assert name_of_model(str(BUNDLED_FOLDER), folder=Path()) == (
        load_model(str(BUNDLED_FOLDER), folder=Path()).name,
        True,
    )
    assert name_of_model("sentence-transformers/all-MiniLM-L6-v2", folder=Path()) == (
        "sentence-transformers/all-MiniLM-L6-v2",
        False,
    )
    with pytest.raises(ModelError, match="there is no such folder"):
        name_of_model("./nowhere", folder=Path())
