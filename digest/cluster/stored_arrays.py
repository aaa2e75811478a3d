"""Rows with arrays in a Parquet file: a learner's vectors beside what they said, read back to the last bit."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.cluster import parquet
from digest.cluster.dataset import Dataset

#: float32 arrays of any number of rows, flat; and what else a column may hold.
FLOATS, DOUBLES, DOUBLE, TEXT, TEXTS = "floats", "doubles", "double", "text", "texts"
#: Rows of a piece: one learner has some 20 KB.
_PIECE = 500


def write_rows(dataset: Dataset, name: str, kinds: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Write *rows* with the columns *kinds*; returns how many they are."""
    import pyarrow as pa

    schema = pa.schema([(column, _types()[kind]) for column, kind in kinds.items()])
    pieces = (
        pa.record_batch(
            [
                pa.array([_plain(row[column]) for row in rows[start : start + _PIECE]], schema.field(column).type)
                for column in kinds
            ],
            schema=schema,
        )
        for start in range(0, len(rows), _PIECE)
    )
    return parquet.publish_pieces(dataset, name, schema, pieces)


def read_rows(dataset: Dataset, name: str, kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of such a file, arrays flat; DatasetError where it is missing or damaged."""
    found = []
    for piece in parquet.read_pieces(dataset, name, list(kinds)):
        columns = [_read(piece.column(column), kind) for column, kind in kinds.items()]
        found += [dict(zip(kinds, row, strict=True)) for row in zip(*columns, strict=True)]
    return found


def _types() -> dict[str, Any]:
    import pyarrow as pa

    return {
        FLOATS: pa.list_(pa.float32()),
        DOUBLES: pa.list_(pa.float64()),
        DOUBLE: pa.float64(),
        TEXT: pa.string(),
        TEXTS: pa.list_(pa.string()),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column may hold
    return value.reshape(-1) if isinstance(value, np.ndarray) else value


def _read(column: Any, kind: str) -> list[Any]:  # noqa: ANN401 - pyarrow's arrays have no common type here
    if kind not in (FLOATS, DOUBLES):
        return list(column.to_pylist())
    values: NDArray[np.floating] = column.values.to_numpy(zero_copy_only=False)
    ends = column.offsets.to_numpy()
    return [values[start:end].copy() for start, end in pairwise(ends)]
