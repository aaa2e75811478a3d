"""Sources on their way to the workers and back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.sharding import SHARDS
from digest.cluster.source_files import INDEX, read_index, read_sources, write_sources
from digest.records import Source, SourceState

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCES = [
    Source(
        name=f"S{n}",
        url=f"https://example{n % 7}.com/{n}",
        every=timedelta(hours=2),
        headers_env=(("Authorization", "TOKEN"),),
    )
    for n in range(20)
]
STATES = {
    one.name: SourceState(source=one.name, declared_url=one.url, url=one.url, next_check=NOW, known=("a",))
    for one in SOURCES[:5]
}


def everything(dataset: Dataset) -> dict[str, tuple[Source, SourceState | None]]:
    found = [row for name in read_index(dataset).files.values() for row in read_sources(dataset, name)]
    assert len({source.name for source, _ in found}) == len(found)
    return {source.name: (source, state) for source, state in found}


def test_sources_come_back_as_they_were(tmp_path: Path) -> None:
    """With what is remembered of them, and without a state before the first visit."""
    dataset = Dataset(str(tmp_path))

    write_sources(dataset, SOURCES, STATES)

    assert everything(dataset) == {one.name: (one, STATES.get(one.name)) for one in SOURCES}
    assert read_index(dataset).shards == SHARDS


def test_only_shards_that_changed_are_written(tmp_path: Path) -> None:
    """A source with a new state rewrites its own file; the stale one goes."""
    dataset = Dataset(str(tmp_path))
    before = write_sources(dataset, SOURCES, STATES).files

    after = write_sources(dataset, SOURCES, {**STATES, "S19": SourceState(source="S19", url="x")}).files

    assert len([shard for shard in before if before[shard] != after[shard]]) == 1
    assert dataset.files("sources", ".parquet") == sorted(after.values())


def test_a_source_that_moved_to_another_domain_is_in_one_shard(tmp_path: Path) -> None:
    """It follows its address, and a source that was removed is in none."""
    dataset = Dataset(str(tmp_path))
    first = write_sources(dataset, SOURCES, STATES).files
    moved = SourceState(source="S3", declared_url=SOURCES[3].url, url="https://elsewhere.example.net/3")

    second = write_sources(dataset, SOURCES[1:], {**STATES, "S3": moved}).files

    assert set(second) - set(first)
    assert everything(dataset)["S3"] == (SOURCES[3], moved)
    assert "S0" not in everything(dataset)


def test_without_an_export_there_are_no_sources(tmp_path: Path) -> None:
    """And a damaged index or file is one line that says what to do."""
    dataset = Dataset(str(tmp_path))
    assert read_index(dataset).files == {}
    files = write_sources(dataset, SOURCES[:1], {}).files
    (tmp_path / next(iter(files.values()))).write_bytes(b"none")
    with pytest.raises(DatasetError, match="export the sources again"):
        read_sources(dataset, next(iter(files.values())))
    (tmp_path / INDEX).write_bytes(b"{}")
    with pytest.raises(DatasetError, match=r"index\.json is damaged"):
        read_index(dataset)
