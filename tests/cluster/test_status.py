"""How far a dataset is, in figures and in sentences."""

from pathlib import Path

import pytest

from digest.cluster import embed
from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.index import publish_index, read_index
from digest.cluster.issue import AT_MOST
from digest.cluster.status import status_of, told
from digest.judge.embedding import Embedder
from tests.cluster.items_files import rows, write_items


@pytest.fixture
def dataset(tmp_path: Path, bundled: Embedder) -> Dataset:
    """Two weeks in three files, of which the first is embedded, and six hundred learners."""
    made = Dataset(str(tmp_path))
    for week, first in (("2026-W44", 0), ("2026-W45", 100), ("2026-W45", 200)):
        write_items(made, week, rows(10, first=first))
    embed.embed_file(embed.embed_tasks(made, "bundled", folder=Path(), weights=bundled.name)[0])
    index = read_index(made)
    index.rows["learners.parquet"] = 600
    publish_index(made, index)
    return made


def test_counts_files_and_rows_by_week(dataset: Dataset) -> None:
    """And names what is missing."""
    found = status_of(dataset, folder=Path())

    assert (found.items, found.learners, len(found.weeks)) == (30, 600, 2)
    assert [(week.week, week.items, week.files, week.embedded_files) for week in found.weeks] == [
        ("2026-W44", 10, 1, 1),
        ("2026-W45", 20, 2, 0),
    ]
    assert [len(week.missing) for week in found.weeks] == [0, 2]
    assert list(told(found))[1:] == [
        f"Embedded by {found.model}: 1 of 3 files; missing: 2026-W45 (2).",
        "Nothing is ranked yet.",
    ]


def test_counts_the_buckets_of_a_period(dataset: Dataset) -> None:
    """A bucket has its issues once all its parts are written."""
    for name in ("ranks/period=2026-W46/bucket=000/a", "ranks/period=2026-W46/bucket=001/b"):
        dataset.publish_bytes(f"{name}.parquet", b"")
    for part in range(-(-300 // AT_MOST)):
        dataset.publish_bytes(f"receipts/period=2026-W46/bucket=000/{part}.parquet", b"")
    dataset.publish_bytes("receipts/period=2026-W46/bucket=001/0.parquet", b"")

    (period,) = status_of(dataset, folder=Path()).periods

    assert (period.buckets, period.ranked, period.issued) == (2, 2, 1)
    assert (period.missing_ranks, period.missing_issues) == ((), ("001",))


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """In one line."""
    with pytest.raises(DatasetError, match="is no dataset"):
        status_of(Dataset(str(tmp_path)), folder=Path())
