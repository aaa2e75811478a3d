"""What the archive and the marks teach of a bucket of learners: the nearest works of each phrase, then their models.

nearest_parts/bucket=003/KEY.parquet    the nearest of one group of files
nearest/bucket=003/KEY.parquet          a row a learner: the nearest of all, and the relevance model
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from digest.arrays import Floats
from digest.cluster import parquet
from digest.cluster.dataset import Dataset
from digest.cluster.focuses import Declared, read_focuses
from digest.cluster.item_pieces import FileGroup, read_vectors
from digest.cluster.marked import Marked, read_marked, standing_marks
from digest.cluster.stored_arrays import DOUBLE, DOUBLES, FLOATS, TEXT, TEXTS, read_rows, write_rows
from digest.cluster.tasks import Result
from digest.judge.best_works import Ranker
from digest.judge.focus import FocusModel
from digest.judge.mark_weights import MarkedItems
from digest.judge.nearest_works import Near, NearestWorks, Pairs
from digest.judge.pseudo_relevance_feedback import expanded_by
from digest.judge.relevance import RelevanceModel, RelevanceReader, declared_only
from digest.workflows.marked_items import learn_from
from digest.workflows.ranking import MarkValues, marked_in, priors_of

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised when the same input gives other works or models, or another file.
REVISION = 1
_KINDS = {
    "learner": TEXT,
    #: of the focus as a whole and then of each phrase, so many works each, best first
    "works": DOUBLES,
    "item_ids": TEXTS,
    "cosines": DOUBLES,
    "query": FLOATS,
    "phrases": FLOATS,
    "clarity": FLOATS,
    "learned": FLOATS,
    "likes": FLOATS,
    "weight": DOUBLE,
    "scale": DOUBLE,
    "sources": TEXTS,
    "priors": DOUBLES,
    "prefer": TEXTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestTask:
    """The works of one group of files that are nearest to one bucket of learners."""

    dataset: Dataset
    learners: tuple[str, ...]
    focuses: str
    #: files of what is marked
    marked: tuple[str, ...]
    group: FileGroup
    now: datetime
    output: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnTask:
    """The models of one bucket of learners."""

    dataset: Dataset
    learners: tuple[str, ...]
    focuses: str
    marked: tuple[str, ...]
    #: the nearest works of each group of files
    parts: tuple[str, ...]
    #: texts of the sample
    sample: int
    #: weights of sources that are not 1
    weights: tuple[tuple[str, float], ...]
    now: datetime
    output: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRanker:
    """One learner as items are scored for them, from what the steps before left."""

    learner: str
    focus: FocusModel
    ranker: Ranker
    #: what is nearest to the focus as a whole, best first
    nearest: tuple[str, ...]


def find_nearest(task: NearestTask) -> Result:
    """Write the nearest works of one group of files. Raises DatasetError."""
    declared = read_focuses(task.dataset, task.focuses)
    values, marked = _marks(task.dataset, task.learners, task.marked, task.now, sample=0)
    nearest = _nothing_found(declared, values, marked)
    for name in task.group.vectors:
        for piece in read_vectors(task.dataset, name):
            nearest.add(piece.vectors, piece.item_ids)
    pieces = _pieces(nearest)
    return Result(rows=parquet.publish_pieces(task.dataset, task.output, pieces[0].schema, pieces))


def learn_models(task: LearnTask) -> Result:
    """Write the models of one bucket from the nearest works of all groups and the marks. Raises DatasetError."""
    declared = read_focuses(task.dataset, task.focuses)
    values, marked = _marks(task.dataset, task.learners, task.marked, task.now, sample=task.sample)
    nearest = _nothing_found(declared, values, marked)
    for name in task.parts:
        for count, pairs in _read_parts(task.dataset, name):
            nearest.merge(count, pairs)
    weights = dict(task.weights)
    rows = []
    for number, one in enumerate(declared):
        marks, near = values[one.learner], nearest.of(number)
        expanded = expanded_by(declared_only(one.focus), near, size=nearest.count)
        model = learn_from(_marked_by(one, marked, marks), expanded, marks, marked.sample)
        rows.append(_row(one, near, model, priors_of(marks, weights)))
    return Result(rows=write_rows(task.dataset, task.output, _KINDS, rows))


def read_rankers(dataset: Dataset, focuses: str, models: str, learners: Sequence[str] = ()) -> list[ClusterRanker]:
    """A bucket's learners, or some of them, as the single machine's ranking has them. Raises DatasetError."""
    found = []
    for one, row in zip(read_focuses(dataset, focuses), read_rows(dataset, models, _KINDS), strict=True):
        if not learners or one.learner in learners:
            found.append(_ranker(one, row))
    return found


def _ranker(one: Declared, row: dict[str, Any]) -> ClusterRanker:
    dimensions = len(one.focus.query)
    model = RelevanceModel(
        focus=one.focus,
        query=row["query"],
        phrase_vectors=row["phrases"].reshape(-1, dimensions),
        learned=row["learned"],
        likes=row["likes"].reshape(-1, dimensions),
        weight=row["weight"],
        clarity=row["clarity"] if len(row["clarity"]) else None,
        scale=row["scale"],
    )
    priors = dict(zip(row["sources"], row["priors"].tolist(), strict=True))
    ranker = Ranker(reader=RelevanceReader(model), priors=priors, wanted=frozenset(row["prefer"]))
    return ClusterRanker(
        learner=one.learner,
        focus=one.focus,
        ranker=ranker,
        nearest=tuple(row["item_ids"][: int(row["works"][0])]),
    )


def _row(one: Declared, near: Sequence[Near], model: RelevanceModel, priors: Mapping[str, float]) -> dict[str, Any]:
    return {
        "learner": one.learner,
        "works": np.array([len(works.names) for works in near], np.float64),
        "item_ids": [name for works in near for name in works.names.tolist()],
        "cosines": np.concatenate([works.cosines for works in near]),
        "query": model.query,
        "phrases": model.phrase_vectors,
        "clarity": np.zeros(0, np.float32) if model.clarity is None else model.clarity,
        "learned": model.learned,
        "likes": model.likes,
        "weight": model.weight,
        "scale": model.scale,
        "sources": sorted(priors),
        "priors": np.array([priors[name] for name in sorted(priors)], np.float64),
        "prefer": list(one.prefer),
    }


def _marks(
    dataset: Dataset, learners: Sequence[str], names: Sequence[str], now: datetime, *, sample: int
) -> tuple[dict[str, MarkValues], Marked]:
    """What each learner's marks are worth, and what was marked."""
    standing = standing_marks(dataset, learners)
    marked = read_marked(dataset, names, {item_id for held in standing.values() for item_id in held}, sample)
    return {learner: marked.values(standing[learner], now) for learner in learners}, marked


def _nothing_found(declared: Sequence[Declared], values: Mapping[str, MarkValues], marked: Marked) -> NearestWorks:
    disliked: list[Floats] = []
    for one in declared:
        own = _marked_by(one, marked, values[one.learner])
        disliked.append(own.vectors[own.values < 0])
    return NearestWorks([one.focus for one in declared], disliked)


def _marked_by(one: Declared, marked: Marked, marks: MarkValues) -> MarkedItems:
    return marked_in(*marked.rows(marks, len(one.focus.query)), marks)


def _pieces(nearest: NearestWorks) -> "list[pa.RecordBatch]":
    """What was found: a row a work, with the queries that it is near to."""
    import pyarrow as pa

    pairs = nearest.pairs
    order = np.argsort(pairs.works, kind="stable")
    ends = np.append(0, np.cumsum(np.bincount(pairs.works, minlength=len(pairs.names)))).astype(np.int32)
    columns = [
        pa.array(pairs.names.tolist(), pa.string()),
        parquet.vector_column(pairs.vectors),
        pa.ListArray.from_arrays(pa.array(ends), pa.array(pairs.queries[order].astype(np.int32))),
        pa.ListArray.from_arrays(pa.array(ends), pa.array(pairs.cosines[order])),
    ]
    #: the number of works seen is everybody's
    schema = pa.schema(
        [
            ("item_id", pa.string()),
            ("vector", pa.list_(pa.float32(), pairs.vectors.shape[1])),
            ("queries", pa.list_(pa.int32())),
            ("cosines", pa.list_(pa.float64())),
        ],
        metadata={"works": str(nearest.count)},
    )
    table = pa.Table.from_batches([pa.record_batch(columns, schema=schema)])
    return list(table.to_batches(max_chunksize=parquet.PIECE)) or [pa.record_batch(columns, schema=schema)]


def _read_parts(dataset: Dataset, name: str) -> Iterator[tuple[int, Pairs]]:
    for number, piece in enumerate(parquet.read_pieces(dataset, name, ("item_id", "vector", "queries", "cosines"))):
        queries, cosines = piece.column("queries"), piece.column("cosines")
        works = np.repeat(np.arange(len(piece)), np.diff(queries.offsets.to_numpy()))
        pairs = Pairs(
            queries=queries.flatten().to_numpy().astype(np.intp),
            cosines=cosines.flatten().to_numpy(),
            works=works,
            names=np.array(piece.column("item_id").to_pylist(), np.str_),
            vectors=parquet.matrix(piece.column("vector")),
        )
        yield int(piece.schema.metadata[b"works"]) if number == 0 else 0, pairs
