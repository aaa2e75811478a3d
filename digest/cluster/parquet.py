"""Parquet files of a dataset as workers read and write them: a piece at a time, and the same bytes each time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

import numpy as np

from digest.arrays import Floats
from digest.cluster.dataset import Dataset, DatasetError

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of a piece, which is a row group, as in the files that the archive writes: of items 40 MB, of vectors 25.
PIECE = 24_576
#: Bytes of a column that are read at once: without it, all that a row group has of the column.
_BUFFER = 1 << 20


def read_pieces(
    dataset: Dataset, name: str, columns: Sequence[str], *, rows: int = PIECE
) -> "Iterator[pa.RecordBatch]":
    """A file's rows in order, so many at a time; DatasetError where it is damaged or lacks a column."""
    import pyarrow as pa
    from pyarrow import parquet

    with dataset.open(name) as file:
        try:
            content = parquet.ParquetFile(file, buffer_size=_BUFFER)
            missing = [column for column in columns if column not in content.schema_arrow.names]
            if missing:
                raise DatasetError(f"{dataset.address}: {name} has no column {missing[0]!r}")
            yield from content.iter_batches(batch_size=rows, columns=list(columns), use_threads=False)
        except pa.ArrowException as error:
            raise DatasetError(f"{dataset.address}: {name} is damaged: {error}") from error


def publish_pieces(dataset: Dataset, name: str, schema: "pa.Schema", pieces: "Iterable[pa.RecordBatch]") -> int:
    """Write *pieces*, a row group each, as one file; returns its rows.

    Nothing in it depends on when or where it was written.
    """
    from pyarrow import parquet

    rows = 0

    def write(file: IO[bytes]) -> None:
        nonlocal rows
        options = {"compression": "zstd", "compression_level": 1, "use_dictionary": False, "write_statistics": False}
        with parquet.ParquetWriter(file, schema, **options) as writer:
            for piece in pieces:
                writer.write_batch(piece)
                rows += len(piece)

    dataset.publish(name, write)
    return rows


def vector_column(vectors: Floats) -> "pa.FixedSizeListArray":
    """Vectors [n, d] as a column of lists of one length."""
    import pyarrow as pa

    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])


def matrix(column: "pa.FixedSizeListArray") -> Floats:
    """Such a column as vectors [n, d]."""
    values: Floats = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
    return values.reshape(-1, column.type.list_size)
