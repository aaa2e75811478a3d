"""Each learner's best items: those of one group of files, then of all.

rank_parts/period=2026-W47/bucket=003/KEY.parquet    the best of one group of files
ranks/period=2026-W47/bucket=003/KEY.parquet         the best of all: learner, item_id and scores, best first
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from digest.cluster import parquet
from digest.cluster.dataset import Dataset
from digest.cluster.item_pieces import FileGroup, read_items
from digest.cluster.nearest import read_rankers
from digest.cluster.tasks import Result
from digest.judge.best_works import COLUMNS, NOTHING, BestWorks, Table

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised when the same input gives other scores or another file.
REVISION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTask:
    """The best items of one group of files for one bucket of learners."""

    dataset: Dataset
    focuses: str
    models: str
    group: FileGroup
    now: datetime
    output: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTask:
    """The best of all groups of files for one bucket of learners."""

    dataset: Dataset
    parts: tuple[str, ...]
    output: str
    name: str


def rank_group(task: RankTask) -> Result:
    """Write each learner's best of one group of files. Raises DatasetError."""
    rankers = read_rankers(task.dataset, task.focuses, task.models)
    best = BestWorks([one.ranker for one in rankers])
    for items in read_items(task.dataset, task.group, task.now):
        best.add(items)
    return _publish(task.dataset, task.output, zip([one.learner for one in rankers], best.tables, strict=True))


def merge_ranks(task: MergeTask) -> Result:
    """Write each learner's best of all groups of files. Raises DatasetError."""
    tables: dict[str, Table] = {}
    for name in task.parts:
        for learner, table in read_ranks(task.dataset, name):
            tables[learner] = tables.get(learner, NOTHING).and_also(table)
    return _publish(task.dataset, task.output, sorted(tables.items()))


def read_ranks(dataset: Dataset, name: str, learners: Sequence[str] = ()) -> Iterator[tuple[str, Table]]:
    """Each learner's best items, or those of some learners, best first; DatasetError where the file is damaged."""
    held: dict[str, Table] = {}
    for piece in parquet.read_pieces(dataset, name, ("learner", "item_id", *COLUMNS)):
        owners = np.array(piece.column("learner").to_pylist(), np.str_)
        ids = np.array(piece.column("item_id").to_pylist(), np.str_)
        values = np.column_stack([piece.column(column).to_numpy(zero_copy_only=False) for column in COLUMNS])
        for learner in dict.fromkeys(owners.tolist()):
            if not learners or learner in learners:
                own = Table(item_ids=ids[owners == learner], values=values[owners == learner])
                held[learner] = held[learner].followed_by(own) if learner in held else own
    yield from held.items()


def _publish(dataset: Dataset, name: str, tables: "Sequence[tuple[str, Table]] | zip[tuple[str, Table]]") -> Result:
    import pyarrow as pa

    kinds = [("learner", pa.string()), ("item_id", pa.string()), *((column, pa.float32()) for column in COLUMNS)]
    schema = pa.schema(kinds)
    batches = [_batch(learner, table, schema) for learner, table in tables]
    table = pa.Table.from_batches(batches, schema=schema).combine_chunks()
    return Result(rows=parquet.publish_pieces(dataset, name, schema, table.to_batches(max_chunksize=parquet.PIECE)))


def _batch(learner: str, table: Table, schema: "pa.Schema") -> "pa.RecordBatch":
    import pyarrow as pa

    ids = table.item_ids.tolist()
    columns = [pa.array(column, pa.float32(), from_pandas=True) for column in table.values.T]
    return pa.record_batch(
        [pa.array([learner] * len(ids), pa.string()), pa.array(ids, pa.string()), *columns], schema=schema
    )
