"""What learners marked, with its vectors, and a sample of the items: gathered from each group of files once for all.

    marked/KEY.parquet     item_id, source, text_hash, vector, marked

A row is there because somebody marked the item, or because its text is among the first by hash, as in the sample that
one machine contrasts likes with.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from digest.arrays import Floats
from digest.cluster import parquet
from digest.cluster.dataset import Dataset
from digest.cluster.item_pieces import FileGroup, sources_beside
from digest.cluster.learners import FILE
from digest.cluster.tasks import Result
from digest.workflows.marked_items import Sample
from digest.workflows.ranking import BACKGROUND, MarkValues, weigh_marks

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised when the same input gives another file.
REVISION = 1

#: By item id, each mark with its moment.
Standing = Mapping[str, Sequence[tuple[str, datetime]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedTask:
    """What is marked in one group of files."""

    dataset: Dataset
    group: FileGroup
    #: texts of the sample
    sample: int
    output: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The marked items of some learners, and the sample."""

    vectors: Mapping[str, Floats]
    sources: Mapping[str, str]
    sample: Sample

    def values(self, standing: Standing, now: datetime) -> MarkValues:
        """What one learner's marks are worth now, and the trust in sources that follows."""
        return weigh_marks(standing, self.sources, now)

    def rows(self, marks: MarkValues, dimensions: int) -> tuple[list[str], Floats]:
        """The marked items of one learner that have vectors, and those [items, dimensions]."""
        found = [item_id for item_id in marks.values if item_id in self.vectors]
        rows = [self.vectors[item_id] for item_id in found]
        return found, np.stack(rows) if rows else np.zeros((0, dimensions), np.float32)


def standing_marks(dataset: Dataset, learners: Sequence[str] | None = None) -> dict[str, Standing]:
    """The marks that hold, of some learners or of all, by learner. Raises DatasetError."""
    wanted = None if learners is None else set(learners)
    found: dict[str, Standing] = {}
    for piece in parquet.read_pieces(dataset, FILE, ("learner", "marks"), rows=1_000):
        for row in piece.to_pylist():
            if wanted is None or row["learner"] in wanted:
                held: dict[str, list[tuple[str, datetime]]] = {}
                for one in row["marks"]:
                    held.setdefault(one["item_id"], []).append((one["mark"], one["marked_at"].replace(tzinfo=UTC)))
                found[row["learner"]] = held
    return found


def gather_marked(task: MarkedTask) -> Result:
    """Write what is marked in one group of files. Raises DatasetError."""
    import pyarrow as pa

    wanted = _marked_by_anybody(task.dataset)
    kept: list[pa.RecordBatch] = []
    for items, vectors in zip(task.group.items, task.group.vectors, strict=True):
        for sources, hashes, piece in sources_beside(task.dataset, items, vectors):
            marked = np.array([item_id in wanted for item_id in piece.item_ids.tolist()], np.bool_)
            first = np.zeros(len(marked), np.bool_)
            first[np.lexsort((piece.item_ids, hashes))[: task.sample]] = True
            rows = np.flatnonzero(marked | first)
            columns = [
                pa.array(piece.item_ids[rows].tolist(), pa.string()),
                pa.array([sources[row] for row in rows], pa.string()),
                pa.array(hashes[rows]),
                parquet.vector_column(piece.vectors[rows]),
                pa.array(marked[rows]),
            ]
            kept.append(pa.record_batch(columns, schema=_schema(piece.vectors.shape[1])))
    best = _best(kept, task.sample)
    return Result(rows=parquet.publish_pieces(task.dataset, task.output, best[0].schema, best))


def read_marked(dataset: Dataset, names: Sequence[str], item_ids: AbstractSet[str], sample: int) -> Marked:
    """What is known of these items, and the sample of so many, from all groups' files. Raises DatasetError."""
    vectors: dict[str, Floats] = {}
    sources: dict[str, str] = {}
    drawn: list[tuple[int, str, Floats]] = []
    for name in names if item_ids or sample else ():
        for piece in parquet.read_pieces(dataset, name, ("item_id", "source", "text_hash", "vector")):
            ids, rows = piece.column("item_id").to_pylist(), parquet.matrix(piece.column("vector"))
            for row, (item_id, source) in enumerate(zip(ids, piece.column("source").to_pylist(), strict=True)):
                if item_id in item_ids:
                    vectors[item_id], sources[item_id] = rows[row].copy(), source
            if sample:
                hashed = sorted(zip(piece.column("text_hash").to_pylist(), ids, range(len(ids)), strict=True))[:sample]
                drawn += [(text_hash, item_id, rows[row].copy()) for text_hash, item_id, row in hashed]
                drawn = sorted(drawn, key=lambda one: one[:2])[:sample]
    matrix = np.stack([vector for _, _, vector in drawn]) if drawn else np.zeros((0, 0), np.float32)
    return Marked(vectors=vectors, sources=sources, sample=Sample([item_id for _, item_id, _ in drawn], matrix))


def _marked_by_anybody(dataset: Dataset) -> set[str]:
    """The ids alone: what everybody's marks say would not fit into a worker's memory."""
    import pyarrow.compute as pc

    found: set[str] = set()
    for piece in parquet.read_pieces(dataset, FILE, ("marks",), rows=1_000):
        found.update(pc.struct_field(piece.column("marks").flatten(), "item_id").to_pylist())
    return found


def sample_size(standing: Mapping[str, Standing]) -> int:
    """How many items are drawn, so that enough are left beside any learner's marks."""
    return BACKGROUND + max((len(held) for held in standing.values()), default=0)


def _best(kept: "Sequence[pa.RecordBatch]", sample: int) -> "list[pa.RecordBatch]":
    """The marked rows, and the first texts by hash of all pieces."""
    import pyarrow as pa

    table = pa.Table.from_batches(kept)
    hashes, ids = table.column("text_hash").to_numpy(), np.array(table.column("item_id").to_pylist(), np.str_)
    first = np.zeros(len(ids), np.bool_)
    first[np.lexsort((ids, hashes))[:sample]] = True
    chosen = table.filter(pa.array(first | table.column("marked").to_numpy(zero_copy_only=False)))
    return list(chosen.combine_chunks().to_batches(max_chunksize=parquet.PIECE)) or [table.slice(0, 0).to_batches()[0]]


def _schema(dimensions: int) -> "pa.Schema":
    import pyarrow as pa

    vector = pa.list_(pa.float32(), dimensions)
    columns = [("item_id", pa.string()), ("source", pa.string()), ("text_hash", pa.uint64()), ("vector", vector)]
    return pa.schema([*columns, ("marked", pa.bool_())])
