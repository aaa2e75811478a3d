"""Embed a dataset's items: a file of vectors for each file of items, with the same rows in the same order.

A row's vector and lean are those that one machine gives the same text: by the same functions, in batches that the
file alone decides. A transformer's last digits depend on its batch and its device; they are the same for any number
of workers of one kind.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cluster import parquet
from digest.cluster.dataset import Dataset
from digest.cluster.engine import Engine
from digest.cluster.index import read_index, vectors_name
from digest.cluster.runner import StepResult, run_step
from digest.cluster.tasks import Result
from digest.errors import ModelError
from digest.judge.embedding import BUNDLED, Embedder, load_model, name_of_model
from digest.judge.lean import LeanModel, load_lean
from digest.workflows.embedding import encode_texts

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised when the same items get other vectors or another file.
REVISION = 1
#: Texts embedded at once, and rows of a row group: of a worker's memory most is the model and the words it knows.
ROWS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedTask:
    """One file of items."""

    dataset: Dataset
    #: the file of items
    source: str
    output: str
    name: str
    #: as `[embedding] model` has it, and what a relative folder is relative to
    model: str
    folder: str
    #: the name of its weights
    weights: str


def embed_dataset(
    dataset: Dataset,
    engine: Engine,
    *,
    model: str = "",
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> StepResult:
    """Embed what has no vectors yet, by *model* or the one that the archive's sources.toml names.

    Raises DatasetError and ModelError; what is wrong with one file is among the result's failures.
    """
    declared, weights, static = model_to_use(dataset, model=model, folder=folder)
    tasks = embed_tasks(dataset, declared, folder=folder, weights=weights)
    return run_step("embed", engine, embed_file, tasks, resident=not static, progress=progress)


def model_to_use(dataset: Dataset, *, model: str = "", folder: Path) -> tuple[str, str, bool]:
    """A model as it is declared, the name of its weights, and whether it is static."""
    dataset.check()
    declared = model or json.loads(read_index(dataset).settings).get("embedding", {}).get("model", BUNDLED)
    return declared, *name_of_model(declared, folder=folder)


def embed_tasks(dataset: Dataset, model: str, *, folder: Path, weights: str) -> list[EmbedTask]:
    """A task for each file of items; *weights* is the name of *model*, which is opened only where it is needed."""
    return [
        EmbedTask(
            dataset=dataset,
            source=file.name,
            output=vectors_name(file.name, weights, REVISION),
            name=f"{file.week}/{file.texts}",
            model=model,
            folder=str(folder),
            weights=weights,
        )
        for file in read_index(dataset).items()
    ]


def embed_file(task: EmbedTask) -> Result:
    """Write the vectors of one file of items. Raises DatasetError, and ModelError where this machine has other weights."""
    model, lean = _opened(task.model, task.folder)
    if model.name != task.weights:
        raise ModelError(
            f"embedding model {task.model!r} is {model.name} here, and {task.weights} where the command runs"
        )
    pieces = _embedded(task, model, lean)
    return Result(rows=parquet.publish_pieces(task.dataset, task.output, schema_of(model.dimensions), pieces))


def _embedded(task: EmbedTask, model: Embedder, lean: LeanModel) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    for piece in parquet.read_pieces(task.dataset, task.source, ("item_id", "title", "body"), rows=ROWS):
        titles, bodies = piece.column("title").to_pylist(), piece.column("body").to_pylist()
        texts = [(0, title or "", body or "") for title, body in zip(titles, bodies, strict=True)]
        vectors = encode_texts(model, texts)
        columns = [
            piece.column("item_id").cast(pa.string()),
            parquet.vector_column(vectors),
            pa.array(lean.probability(vectors)),
        ]
        yield pa.record_batch(columns, schema=schema_of(model.dimensions))


def schema_of(dimensions: int) -> "pa.Schema":
    """The columns of a file of vectors."""
    import pyarrow as pa

    return pa.schema([("item_id", pa.string()), ("vector", pa.list_(pa.float32(), dimensions)), ("lean", pa.float32())])


@cache
def _opened(model: str, folder: str) -> tuple[Embedder, LeanModel]:
    """The model and its classifier, read once per process."""
    opened = load_model(model, folder=Path(folder), device="best")
    return opened, load_lean(opened)
