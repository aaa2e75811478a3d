"""The sources of a dataset, a file a shard: each source as declared, and what is remembered of it.

    sources/shard=007/KEY.parquet    name, source, state (JSON, null before the first visit)
    sources/index.json               which files count: it changes in one step

The key is made of the content, so that an export rewrites only the shards that changed. A source whose address moved
to another domain changes its shard with the index, never between two files.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter, ValidationError

from digest.cluster.dataset import Dataset, DatasetError, key
from digest.cluster.sharding import SHARDS, shard_of
from digest.records import Source, SourceState
from digest.store import parquet

INDEX = "sources/index.json"
_SOURCE = TypeAdapter(Source)
_STATE = TypeAdapter(SourceState)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIndex:
    """The files that count, by shard."""

    shards: int
    files: Mapping[int, str]


def write_sources(
    dataset: Dataset, declared: Iterable[Source], states: Mapping[str, SourceState], *, shards: int = SHARDS
) -> SourceIndex:
    """Write all *declared* sources with their states by name, in place of those that the dataset has."""
    by_shard: dict[int, list[Source]] = defaultdict(list)
    for source in declared:
        by_shard[shard_of(source, states.get(source.name), shards=shards)].append(source)
    files = {shard: _write(dataset, shard, by_shard[shard], states) for shard in sorted(by_shard)}
    index = {"shards": shards, "files": [files[shard] for shard in sorted(files)]}
    dataset.publish_bytes(INDEX, json.dumps(index, indent=0).encode())
    for stale in set(dataset.files("sources", ".parquet")) - set(files.values()):
        dataset.system.rm_file(dataset.path(stale))
    return SourceIndex(shards=shards, files=files)


def read_index(dataset: Dataset) -> SourceIndex:
    """Which files hold the sources; none where the dataset has no sources. DatasetError where it is damaged."""
    if not dataset.exists(INDEX):
        return SourceIndex(shards=SHARDS, files={})
    try:
        index = json.loads(dataset.read(INDEX))
        files = {int(name.split("/")[1].removeprefix("shard=")): str(name) for name in index["files"]}
        return SourceIndex(shards=int(index["shards"]), files=files)
    except (ValueError, LookupError, TypeError) as error:
        raise DatasetError(f"{dataset.address}: {INDEX} is damaged; export the sources again") from error


def read_sources(dataset: Dataset, name: str) -> list[tuple[Source, SourceState | None]]:
    """The sources of one file; DatasetError where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with dataset.open(name) as file:
            rows = pq.read_table(file, columns=["source", "state"]).to_pylist()
        return [
            (_SOURCE.validate_json(row["source"]), _STATE.validate_json(row["state"]) if row["state"] else None)
            for row in rows
        ]
    except (pa.ArrowException, ValidationError, OSError) as error:
        raise DatasetError(f"{dataset.address}: {name} is damaged; export the sources again") from error


def _write(dataset: Dataset, shard: int, sources: Iterable[Source], states: Mapping[str, SourceState]) -> str:
    ordered = sorted(sources, key=lambda source: source.name)
    columns: dict[str, list[str | None]] = {
        "name": [source.name for source in ordered],
        "source": [_SOURCE.dump_json(source).decode() for source in ordered],
        "state": [_STATE.dump_json(states[one.name]).decode() if one.name in states else None for one in ordered],
    }
    name = f"sources/shard={shard:03}/{key(*columns['source'], *columns['state'])}.parquet"
    if not dataset.exists(name):
        dataset.publish_file(name, partial(parquet.write_texts, columns))
    return name
