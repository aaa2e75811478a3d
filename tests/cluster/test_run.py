"""A whole run of a cluster, from asking to delivering, beside what one machine does with the same sources."""

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.cluster import issuing
from digest.cluster import run as cluster_run
from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.export import export_dataset
from digest.cluster.issuing import is_open
from digest.cluster.local_engine import LocalEngine
from digest.cluster.run import fetch_dataset, run_cluster
from digest.cluster.runner import StepResult
from digest.config import Config, load_config
from digest.errors import DigestError
from digest.store.query import ask
from digest.workflows import ranking_together
from digest.workflows.opening import opened
from tests.cluster.serial_engine import SerialEngine
from tests.homes import NOW

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

LEARNERS = """
[[learner]]
name = "Ada"
[learner.focus]
statement = "I build retrieval systems and want to understand how dense and sparse retrievers are trained."
[[learner]]
name = "Bob"
[learner.focus]
statement = "I run feature stores and streaming pipelines in production."
lean = "envelope"
"""


@pytest.fixture(name="several")
def _several(config: Config) -> Config:
    """The demo's sources for two learners, and nothing fetched yet."""
    path = config.folder / "sources.toml"
    told = path.read_text(encoding="utf-8")
    head, sources = told.index("[embedding]"), told[told.index("[embedding]") :]
    assert head
    path.write_text(LEARNERS + sources, encoding="utf-8")
    return load_config(path)


def written(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted((folder / "digests").rglob("2026*"))}


def test_writes_what_one_machine_writes(several: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files lie in the learners' folders; a second run writes and delivers nothing new."""
    monkeypatch.setattr(ranking_together, "EVERYTHING", 0)
    several.archive.unlink(missing_ok=True)  # the first run of all makes it
    shutil.copytree(several.folder, tmp_path / "alone")
    alone = load_config(tmp_path / "alone" / "sources.toml")
    dataset = Dataset(str(tmp_path / "set"))

    with closing(LocalEngine(2)) as engine:
        done = run_cluster(several, dataset, engine, NOW, end_period=True)
        again = run_cluster(several, dataset, engine, NOW)
    pipeline.run(alone, NOW, end_period=True)

    assert [told for step in done.steps for told in step.failures] == []
    assert done.issues == 2
    assert done.delivered is not None
    assert not done.delivered.failures
    assert written(several.folder) == written(alone.folder)
    assert len(written(several.folder)) == 4
    assert dataset.files("rank_parts") == []
    assert len(dataset.files("nearest_parts")) == 1
    assert again.issues == 0
    assert again.delivered is not None
    assert again.delivered.sent == 0


def test_a_run_that_was_cut_short_goes_on(several: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before its issues were stored, it asks no source again, and ends everybody's period once."""
    dataset = Dataset(str(tmp_path / "set"))

    def killed(*_: object, **__: object) -> None:
        raise DigestError("killed")

    with closing(LocalEngine(1)) as engine:
        with monkeypatch.context() as patch:
            patch.setattr(cluster_run, "take_in_issues", killed)
            with pytest.raises(DigestError, match="killed"):
                run_cluster(several, dataset, engine, NOW, end_period=True)
        assert is_open(dataset)
        done = run_cluster(several, dataset, engine, NOW.replace(hour=12), end_period=True)

    assert done.continued
    assert done.fetched is None
    assert [step.skipped for step in done.steps if step.step == "issue"] == [1]
    ends = ask(several.archive, "select distinct ends_at from issues", learner=None, wait=1).rows
    assert [row[0].hour for row in ends] == [NOW.hour]


def test_a_folder_of_something_else_is_left_alone(several: Config, tmp_path: Path) -> None:
    """No file of it is removed, even where it is called as a dataset's are."""
    other = tmp_path / "else" / "items" / "mine.parquet"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"mine")

    with pytest.raises(DatasetError, match="is no dataset, and not empty"):
        run_cluster(several, Dataset(str(tmp_path / "else")), SerialEngine(), NOW)

    assert [path.name for path in (tmp_path / "else").rglob("*.*")] == ["mine.parquet"]


def test_a_bucket_that_fails_again_holds_up_no_later_run(
    several: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run tries it once more at its moment; the one after it asks the sources again."""
    dataset = Dataset(str(tmp_path / "set"))

    def failing(*_: object, **__: object) -> StepResult:
        return StepResult(step="issue", failures=("bucket=000: its worker died",))

    monkeypatch.setattr(issuing, "run_step", failing)
    with closing(LocalEngine(1)) as engine:
        runs = [run_cluster(several, dataset, engine, NOW.replace(hour=hour), end_period=True) for hour in (9, 10, 11)]

    assert [run.continued for run in runs] == [False, True, False]
    assert [run.failed for run in runs] == [True, True, True]


def test_what_an_earlier_round_asked_is_not_due_again(several: Config, tmp_path: Path) -> None:
    """Its answers wait in the dataset: stored first, they say when each source is to be asked next."""
    dataset = Dataset(str(tmp_path / "set"))
    with opened(several):
        pass
    export_dataset(several, dataset)

    with closing(LocalEngine(1)) as engine:
        first = fetch_dataset(several, dataset, engine, NOW)
        second = fetch_dataset(several, dataset, engine, NOW + timedelta(minutes=1))

    assert first.asked > 0
    assert second.asked == 0
