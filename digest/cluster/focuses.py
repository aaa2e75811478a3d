"""The foci of a bucket of learners, read by the model once: every later step has them from a file.

focus/bucket=003/KEY.parquet     a row a learner: their phrases with vectors, and what they prefer
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from digest.arrays import Floats
from digest.cluster.dataset import Dataset
from digest.cluster.learners import read_learners
from digest.cluster.stored_arrays import DOUBLE, FLOATS, TEXT, TEXTS, read_rows, write_rows
from digest.cluster.tasks import Result
from digest.errors import ModelError
from digest.judge.embedding import Embedder, load_model
from digest.judge.focus import Facet, FocusModel, Phrase, read_focus

#: Raised when the same focus gets other vectors or another file.
REVISION = 1
_KINDS = {
    "learner": TEXT,
    "prefer": TEXTS,
    "model": TEXT,
    "mode": TEXT,
    "phrases": TEXT,
    "vectors": FLOATS,
    "facets": TEXTS,
    "facet_vectors": FLOATS,
    "whole": FLOATS,
    "whole_share": DOUBLE,
    "query": FLOATS,
    "avoid": TEXTS,
    "avoid_vectors": FLOATS,
    #: of the first row alone: they are everybody's
    "reference": FLOATS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusTask:
    """The foci of one bucket of learners."""

    dataset: Dataset
    learners: tuple[str, ...]
    output: str
    name: str
    #: as `[embedding] model` has it, and what a relative folder is relative to
    model: str
    folder: str
    #: the name of its weights
    weights: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What one learner declared, as a ranking needs it."""

    learner: str
    focus: FocusModel
    #: what they prefer in an item, such as code
    prefer: tuple[str, ...]


def embed_focuses(task: FocusTask) -> Result:
    """Write the foci of one bucket. Raises DatasetError, and ModelError where this machine has other weights."""
    model = _opened(task.model, task.folder)
    if model.name != task.weights:
        raise ModelError(
            f"embedding model {task.model!r} is {model.name} here, and {task.weights} where the command runs"
        )
    declared = [
        Declared(learner=one.learner, focus=read_focus(one.config.focus, model), prefer=tuple(one.config.focus.prefer))
        for one in read_learners(task.dataset, task.learners, folder=Path(task.folder))
    ]
    rows = [_row(one, first=number == 0) for number, one in enumerate(declared)]
    return Result(rows=write_rows(task.dataset, task.output, _KINDS, rows))


def read_focuses(dataset: Dataset, name: str) -> list[Declared]:
    """The foci in one file, by learner. Raises DatasetError."""
    rows = read_rows(dataset, name, _KINDS)
    dimensions = len(rows[0]["query"]) if rows else 0
    reference = rows[0]["reference"].reshape(-1, dimensions) if rows else np.zeros((0, 0), np.float32)
    return [_declared(row, dimensions, reference) for row in rows]


def _row(one: Declared, *, first: bool) -> dict[str, Any]:
    focus = one.focus
    nothing = np.zeros((0, len(focus.query)), np.float32)
    return {
        "learner": one.learner,
        "prefer": list(one.prefer),
        "model": focus.model,
        "mode": focus.mode,
        "phrases": json.dumps([asdict(phrase) for phrase in focus.phrases], ensure_ascii=False),
        "vectors": focus.vectors,
        "facets": [facet.value for facet in focus.facets],
        "facet_vectors": np.stack(list(focus.facets.values())) if focus.facets else nothing,
        "whole": focus.whole,
        "whole_share": focus.whole_share,
        "query": focus.query,
        "avoid": list(focus.avoid),
        "avoid_vectors": focus.avoid_vectors,
        "reference": focus.reference if first else nothing,
    }


def _declared(row: dict[str, Any], dimensions: int, reference: Floats) -> Declared:
    facets = row["facet_vectors"].reshape(-1, dimensions)
    focus = FocusModel(
        model=row["model"],
        mode=row["mode"],
        phrases=tuple(Phrase(**{**one, "facet": Facet(one["facet"])}) for one in json.loads(row["phrases"])),
        vectors=row["vectors"].reshape(-1, dimensions),
        facets={Facet(name): vector for name, vector in zip(row["facets"], facets, strict=True)},
        whole=row["whole"],
        whole_share=row["whole_share"],
        query=row["query"],
        avoid=tuple(row["avoid"]),
        avoid_vectors=row["avoid_vectors"].reshape(-1, dimensions),
        reference=reference,
    )
    return Declared(learner=row["learner"], focus=focus, prefer=tuple(row["prefer"]))


@cache
def _opened(model: str, folder: str) -> Embedder:
    return load_model(model, folder=Path(folder), device="best")
