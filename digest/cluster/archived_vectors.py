"""Vectors that the archive has already, as `cluster embed` would make them.

A file is written only where every item has a vector and those looked at are, bit for bit, what the model makes of
their texts now. A transformer's last digits depend on what stands beside a text in its batch, so its vectors are left
to `cluster embed`, and so are those of a model that was changed under its name.
"""

import logging
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digest.arrays import Floats
from digest.cluster import embed, parquet
from digest.cluster.dataset import Dataset
from digest.cluster.index import Index, vectors_name
from digest.config import Config, expanded
from digest.errors import ModelError
from digest.judge.embedding import BUNDLED, Embedder, load_model
from digest.judge.lean import LeanModel, load_lean
from digest.judge.static_embedder import is_static
from digest.store import vectors
from digest.store.archive import Connection
from digest.workflows.embedding import encode_texts

if TYPE_CHECKING:
    import pyarrow as pa

_log = logging.getLogger(__name__)

#: One vector in so many is made again and compared.
_LOOKED_AT = 199


class _OthersAreMade(Exception):
    """The archive's vectors are not all there, or not what the model makes."""


def export_vectors(db: Connection, config: Config, dataset: Dataset, index: Index) -> int:
    """Write the archive's vectors for the files of items that have none; returns how many files that were."""
    current = vectors.current(db)
    if current is None or not _could_be_the_same(config):
        return 0
    wanted = [(one.name, vectors_name(one.name, current[0], embed.REVISION)) for one in index.items()]
    missing = [(items, name) for items, name in wanted if not dataset.exists(name)]
    model = _opened(config) if missing else None
    if model is None or model.name != current[0]:
        return 0
    lean, written = load_lean(model), 0
    for items, name in missing:
        try:
            pieces = _pieces(db, dataset, items, model, lean)
            parquet.publish_pieces(dataset, name, embed.schema_of(model.dimensions), pieces)
            written += 1
        except _OthersAreMade:
            _log.info("%s is left to `digest cluster embed`", name)
    return written


def _opened(config: Config) -> Embedder | None:
    try:
        return load_model(config.embedding.model, folder=config.folder)
    except ModelError as error:  # what is exported does not depend on it
        _log.info("%s", error)
        return None


def _could_be_the_same(config: Config) -> bool:
    """Whether the model gives a text one vector whatever its batch, and files can be written as workers write them."""
    name = config.embedding.model
    path = Path() if name == BUNDLED else config.folder / expanded(name, "[embedding] model")
    return find_spec("pyarrow") is not None and (name == BUNDLED or (path.is_dir() and is_static(path)))


def _pieces(
    db: Connection, dataset: Dataset, items: str, model: Embedder, lean: LeanModel
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    for piece in parquet.read_pieces(dataset, items, ("item_id", "title", "body")):
        ids = piece.column("item_id").to_pylist()
        held = vectors.of_items(db, model.name, model.dimensions, ids)
        if len(held) < len(ids):
            raise _OthersAreMade
        rows = np.stack([held[item_id] for item_id in ids])
        looked_at = piece.take(list(range(0, len(ids), _LOOKED_AT)))
        if not np.array_equal(rows[::_LOOKED_AT], _made(model, looked_at)):
            raise _OthersAreMade
        columns = [
            piece.column("item_id").cast(pa.string()),
            parquet.vector_column(rows),
            pa.array(lean.probability(rows)),
        ]
        made = pa.record_batch(columns, schema=embed.schema_of(model.dimensions))
        yield from (made.slice(start, embed.ROWS) for start in range(0, len(made), embed.ROWS))


def _made(model: Embedder, piece: "pa.RecordBatch") -> Floats:
    titles, bodies = piece.column("title").to_pylist(), piece.column("body").to_pylist()
    return encode_texts(model, [(0, title or "", body or "") for title, body in zip(titles, bodies, strict=True)])
