"""A dataset's items and vectors as a ranking reads them: groups of files, a piece at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats
from digest.cluster import parquet
from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.index import ItemsFile
from digest.judge.item_columns import ItemColumns, ages, coded, flagged

if TYPE_CHECKING:
    import pyarrow as pa

#: Items from which a group of files is closed. Weeks of a small archive have few thousand each, and every task reads
#: and judges a bucket's best of its group: many small ones would cost more than the products.
GROUP = 200_000
#: Items read at once: a third of a row group, for a ranking holds a piece several times over.
_PIECE = parquet.PIECE // 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGroup:
    """Some files of items with their vectors, read by one task."""

    items: tuple[str, ...]
    vectors: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the log calls it: its weeks."""
        weeks = [one.split("week=")[1].split("/")[0] for one in (self.items[0], self.items[-1])]
        return "-".join(dict.fromkeys(weeks))


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorPiece:
    """Some items' vectors."""

    item_ids: NDArray[np.str_]
    #: [items, dimensions]
    vectors: Floats
    #: [items]
    leans: Floats


def grouped(files: Sequence[ItemsFile], vectors: Sequence[str], *, at_least: int = GROUP) -> list[FileGroup]:
    """The files in groups of at least so many rows, in their order: later weeks change the last group alone."""
    groups: list[FileGroup] = []
    start = rows = 0
    for number, file in enumerate(files, 1):
        rows += file.rows
        if rows >= at_least or number == len(files):
            names = tuple(one.name for one in files[start:number])
            groups.append(FileGroup(items=names, vectors=tuple(vectors[start:number])))
            start, rows = number, 0
    return groups


def read_vectors(dataset: Dataset, name: str) -> Iterator[VectorPiece]:
    """The vectors of one file; DatasetError where it is damaged."""
    for piece in parquet.read_pieces(dataset, name, ("item_id", "vector", "lean"), rows=_PIECE):
        yield _vectors(piece)


def read_items(dataset: Dataset, group: FileGroup, now: datetime) -> Iterator[ItemColumns]:
    """The items of a group as a ranking reads them; DatasetError where a file of vectors is not that of its items."""
    for items, vectors in zip(group.items, group.vectors, strict=True):
        columns = ("item_id", "source", "published_at", "first_seen_at", "extras")
        for rows, piece in _beside(dataset, items, vectors, columns):
            yield _columns(rows, piece, now)


def _beside(
    dataset: Dataset, items: str, vectors: str, columns: Sequence[str]
) -> "Iterator[tuple[pa.RecordBatch, VectorPiece]]":
    """Pieces of a file of items, each with its vectors."""
    for rows, piece in zip_longest(
        parquet.read_pieces(dataset, items, columns, rows=_PIECE), read_vectors(dataset, vectors)
    ):
        if rows is None or piece is None or _texts(rows.column("item_id")).tolist() != piece.item_ids.tolist():
            raise DatasetError(f"{dataset.address}: {vectors} has other items than {items}; remove it and embed again")
        yield rows, piece


def sources_beside(
    dataset: Dataset, items: str, vectors: str
) -> Iterator[tuple[list[str], NDArray[np.uint64], VectorPiece]]:
    """Sources, hashes of texts and vectors of one file."""
    for rows, piece in _beside(dataset, items, vectors, ("item_id", "source", "text_hash")):
        hashes = rows.column("text_hash").to_numpy(zero_copy_only=False).astype(np.uint64)
        yield rows.column("source").to_pylist(), hashes, piece


def _columns(rows: "pa.RecordBatch", piece: VectorPiece, now: datetime) -> ItemColumns:
    published, seen = (_seconds(rows.column(name)) for name in ("published_at", "first_seen_at"))
    dated = ~np.isnan(published)
    sources, names = coded(rows.column("source").to_pylist())
    extras, kinds = flagged([held or [] for held in rows.column("extras").to_pylist()])
    return ItemColumns(
        item_ids=piece.item_ids,
        vectors=piece.vectors,
        leans=piece.leans,
        ages=ages(np.where(dated, published, seen), dated, now.timestamp()),
        sources=sources,
        source_names=names,
        extras=extras,
        kinds=kinds,
    )


def _seconds(column: Any) -> NDArray[np.float64]:  # noqa: ANN401 - pyarrow's arrays have no common type here
    """Moments in UTC as seconds since 1970, nan for null."""
    import pyarrow as pa

    micros = column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    seconds: NDArray[np.float64] = micros.astype(np.float64) / 1e6
    return seconds


def _vectors(piece: "pa.RecordBatch") -> VectorPiece:
    return VectorPiece(
        item_ids=_texts(piece.column("item_id")),
        vectors=parquet.matrix(piece.column("vector")),
        leans=piece.column("lean").to_numpy(zero_copy_only=False).astype(np.float32, copy=False),
    )


def _texts(column: Any) -> NDArray[np.str_]:  # noqa: ANN401 - as above
    return np.array(column.to_pylist(), np.str_)
