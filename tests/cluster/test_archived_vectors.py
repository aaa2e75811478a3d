"""Vectors that an export takes from the archive are those that the embed step would make, or are left to it."""

from pathlib import Path

import pytest

from digest.cluster.dataset import Dataset
from digest.cluster.embed import embed_file, embed_tasks
from digest.cluster.export import export_dataset
from digest.config import Config
from digest.judge.embedding import load_model
from digest.workflows import embedding
from digest.workflows.opening import opened
from tests import make
from tests.cluster.archives import filled


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Config:
    """An archive that the bundled model has embedded."""
    config = filled(tmp_path / "home").for_learner("Bob")
    embedding.embed(config, load_model("bundled", folder=tmp_path), make.NOW)
    return config


def test_they_are_the_very_bytes_of_the_embed_step(config: Config, tmp_path: Path) -> None:
    """File by file, under the same names, so that nothing is embedded twice."""
    dataset = Dataset(str(tmp_path / "set"))
    export_dataset(config, dataset)
    copied = {name: dataset.read(name) for name in dataset.files("vectors")}
    dataset.remove(copied)

    weights = load_model("bundled", folder=tmp_path).name
    for task in embed_tasks(dataset, "bundled", folder=tmp_path, weights=weights):
        embed_file(task)

    assert len(copied) == 3
    assert {name: dataset.read(name) for name in dataset.files("vectors")} == copied


@pytest.mark.parametrize(
    "sql",
    [
        "update core.vectors_257 set vector = list_transform(vector, lambda x: x * 1.0000002::float)::float[257]",
        "delete from core.vectors_257 where text_hash in (select min(text_hash) from core.items)",
    ],
)
def test_others_are_left_to_it(config: Config, tmp_path: Path, sql: str) -> None:
    """Those that differ in their last digit, and files of which one is missing; nothing half written stays."""
    dataset = Dataset(str(tmp_path / "set"))
    with opened(config) as db:
        db.execute(sql)

    export_dataset(config, dataset)

    assert len(dataset.files("vectors")) == (0 if sql.startswith("update") else 2)
    assert not list(Path(dataset.path("")).rglob(".*"))


def test_another_models_vectors_stay_where_they_are(tmp_path: Path) -> None:
    """The archive was embedded by a model that sources.toml names no more."""
    dataset = Dataset(str(tmp_path / "set"))

    export_dataset(filled(tmp_path / "home"), dataset)

    assert dataset.files("vectors") == []
