"""The documented columns are those of the files."""

import duckdb
import pytest

from digest.cluster.columns import COLUMNS, as_markdown
from digest.cluster.dataset import Dataset
from digest.cluster.export import export_dataset
from digest.judge.embedding import load_model
from digest.workflows import embedding
from tests import make
from tests.cluster.archives import filled


@pytest.fixture(name="dataset", scope="module")
def _dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("columns")
    config, dataset = filled(folder / "home"), Dataset(str(folder / "set"))
    embedding.embed(config, load_model("bundled", folder=folder), make.NOW)
    export_dataset(config, dataset)
    return dataset


@pytest.mark.parametrize("files", COLUMNS)
def test_every_column_is_documented_and_no_other(dataset: Dataset, files: str) -> None:
    """Partitions included, as a client reads them by a glob."""
    found = duckdb.execute(f"describe from read_parquet('{dataset.folder}/{files}')").fetchall()

    assert {row[0] for row in found} == COLUMNS[files].keys()


def test_they_are_a_table_each() -> None:
    """For the page on clusters."""
    assert as_markdown().count("| column | what it holds |") == len(COLUMNS)
    assert "| `week` | the ISO week of first_seen_at, in UTC |" in as_markdown()
