"""Vectors of texts, keyed by model and text, in one table for each number of dimensions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats
from digest.store import schema
from digest.store.archive import Connection, transaction
from digest.store.conversion import to_db

#: Where the vectors of the *wanted* texts lie. By their rows some are read alone, and those of the last weeks lie
#: together: a join by hash would read all of a million.
_PLACES = "select rowid as place, text_hash from core.vectors_{size} semi join wanted using (text_hash) where model = ?"
#: Vectors held at once while the archive is read: 50 MB at 256 dimensions.
_SLICE = 50_000


def use_model(db: Connection, model: str, dimensions: int, *, now: datetime) -> None:
    """Make *model* the one that the `embeddings` view and the scores refer to."""
    if current_model(db) == model:
        return
    with transaction(db):  # a kill in between would leave a view over the wrong table
        _register(db, model, dimensions, now=now)
        db.execute("update core.models set embeds = (model = ?)", [model])
        schema.refresh_vector_views(db)


def add_model(db: Connection, model: str, dimensions: int, *, now: datetime) -> None:
    """Make a place for the vectors of a model."""
    with transaction(db):
        if _register(db, model, dimensions, now=now):
            schema.refresh_vector_views(db)


def _register(db: Connection, model: str, dimensions: int, *, now: datetime) -> bool:
    """Returns whether the model was new."""
    if db.execute("select 1 from core.models where model = ?", [model]).fetchone():
        return False
    make_table(db, dimensions)
    db.execute(
        "insert into core.models (model, dimensions, added_at) values (?, ?, ?)", [model, dimensions, to_db(now)]
    )
    return True


def make_table(db: Connection, dimensions: int) -> None:
    db.execute(
        f"create table if not exists core.vectors_{dimensions} "
        f"(model varchar, text_hash ubigint, vector float[{dimensions}])"
    )


def current(db: Connection) -> tuple[str, int] | None:
    """The model in use and the dimensions of its vectors; None before anything was embedded."""
    # Fetched whole: while a result is half read, no function can be created.
    rows = db.execute("select model, dimensions from core.models where embeds").fetchall()
    return (str(rows[0][0]), int(rows[0][1])) if rows else None


def models_without_table(db: Connection) -> list[str]:
    """The models whose vectors are gone with their table; any client may have dropped it."""
    rows = db.execute(
        "select model from core.models where 'vectors_' || dimensions not in (select table_name from duckdb_tables()) "
        "order by 1"
    ).fetchall()
    return [row[0] for row in rows]


def current_model(db: Connection) -> str:
    found = current(db)
    return found[0] if found else ""


def reranker(db: Connection) -> str:
    """The model that reranked the last ranking; "" where none did."""
    row = db.execute("select model from core.models where reranks").fetchone()
    return str(row[0]) if row else ""


def remember_reranker(db: Connection, model: str) -> None:
    """*model* is one that was added, or "" for none."""
    if model != reranker(db):
        db.execute("update core.models set reranks = (model = ?)", [model])


def count(db: Connection, model: str, dimensions: int) -> int:
    """How many texts *model* has embedded."""
    row = db.execute(f"select count(*) from core.vectors_{dimensions} where model = ?", [model]).fetchone()
    return int(row[0]) if row else 0


def change_of_models(db: Connection) -> tuple[int, int]:
    """How many vectors the current model has, and how many the largest of the others."""
    models = db.execute("select model, dimensions from core.models").fetchall()
    if len(models) < 2:
        return 0, 0
    held = {model: count(db, model, size) for model, size in models}
    done = held.pop(current_model(db), 0)
    return done, max(held.values())


def missing(
    db: Connection, model: str, dimensions: int, *, only: Sequence[str] | None = None, limit: int | None = None
) -> list[tuple[int, str, str]]:
    """Hash, title and body of the texts, of all items or *only* these, that *model* has not embedded yet.

    A *limit* keeps a million texts from being held at once when an archive changes models.
    """
    chosen = "semi join (select unnest(?::varchar[]) as item_id) using (item_id)" if only is not None else ""
    rows = db.execute(
        f"""
        with waiting as (
            select distinct text_hash from core.items {chosen}
            where text_hash not in (select text_hash from core.vectors_{dimensions} where model = ?)
            order by text_hash {"limit ?" if limit is not None else ""}
        )
        select text_hash, any_value(title), any_value(left(body, 4000)) from core.items semi join waiting using (text_hash)
        group by text_hash order by text_hash
        """,
        [*([list(only)] if only is not None else []), model, *([limit] if limit is not None else [])],
    ).fetchall()
    return [(text_hash, title, body) for text_hash, title, body in rows]


def count_missing(db: Connection, model: str, dimensions: int) -> int:
    """How many texts *model* has not embedded yet."""
    row = db.execute(
        "select count(distinct text_hash) from core.items "
        f"where text_hash not in (select text_hash from core.vectors_{dimensions} where model = ?)",
        [model],
    ).fetchone()
    return int(row[0]) if row else 0


def sample(db: Connection, model: str, dimensions: int, *, count: int, without: Sequence[str]) -> Floats:
    """Vectors [n, d] of some items, always the same ones of one archive, except those *without*."""
    return named_sample(db, model, dimensions, count=count, without=without)[1]


def named_sample(
    db: Connection, model: str, dimensions: int, *, count: int, without: Sequence[str] = ()
) -> tuple[list[str], Floats]:
    """The same with the items' ids."""
    found = db.execute(
        f"""
        select item_id, vector from core.items join core.vectors_{dimensions} v using (text_hash)
        where v.model = ? and item_id not in (select unnest(?::varchar[])) order by text_hash, item_id limit ?
        """,
        [model, list(without), count],
    ).fetchnumpy()
    rows = list(found["vector"])
    return list(found["item_id"]), np.stack(rows) if rows else np.empty((0, dimensions), dtype=np.float32)


def save(db: Connection, model: str, hashes: Sequence[int], vectors: Floats) -> None:
    """Store one vector a hash, unless another process was quicker; vectors [n, d]."""
    table = f"core.vectors_{vectors.shape[1]}"
    columns = {f"c{i}": np.ascontiguousarray(vectors[:, i]) for i in range(vectors.shape[1])}
    # A dictionary of columns is read by name from this frame, a hundred times faster than bound rows.
    incoming = {"text_hash": np.asarray(hashes, dtype=np.uint64)} | columns  # noqa: F841
    values = ", ".join(columns)
    db.execute(
        f"insert into {table} select $model, text_hash, array_value({values}) from incoming "
        f"where text_hash not in (select text_hash from {table} where model = $model)",
        {"model": model},
    )


def of_items(db: Connection, model: str, dimensions: int, item_ids: Sequence[str]) -> dict[str, Floats]:
    """The vectors [d] of these items, as far as there are any."""
    found = db.execute(
        f"""
        with wanted as materialized (
            select item_id, text_hash from core.items
            semi join (select unnest(?::varchar[]) as item_id) using (item_id)
        ), places as materialized ({_PLACES.format(size=dimensions)})
        select item_id, vector from wanted join places using (text_hash)
        join core.vectors_{dimensions} v on v.rowid = place order by item_id
        """,
        [list(item_ids), model],
    ).fetchnumpy()
    return dict(zip(found["item_id"], found["vector"], strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some items as columns, a row each."""

    item_ids: list[str]
    vectors: Floats  # [n, d]
    #: when they were published, or where that is unknown first seen, in seconds since 1970
    seconds: NDArray[np.float64]
    dated: NDArray[np.bool_]
    sources: list[str]
    extras: list[list[str]]

    def take(self, rows: NDArray[np.intp]) -> "Slice":
        """Some of the rows, in this order."""
        return Slice(
            item_ids=[self.item_ids[row] for row in rows],
            vectors=self.vectors[rows],
            seconds=self.seconds[rows],
            dated=self.dated[rows],
            sources=[self.sources[row] for row in rows],
            extras=[self.extras[row] for row in rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The items of some weeks, with what a glance at each needs."""

    part: Slice
    work_ids: list[str]
    titles: list[str]


def recent(db: Connection, model: str, dimensions: int, *, since: datetime) -> Recent:
    """The items first seen since a moment that *model* has embedded."""
    found = db.execute(
        f"""
        with wanted as materialized (
            select item_id, work_id, title, text_hash, epoch(coalesce(published_at, first_seen_at)) as seconds,
                   published_at is not null as dated, source, extras
            from core.items where first_seen_at >= ?
        ), places as materialized ({_PLACES.format(size=dimensions)})
        select wanted.*, vector from wanted join places using (text_hash)
        join core.vectors_{dimensions} v on v.rowid = place order by item_id
        """,
        [to_db(since), model],
    ).fetchnumpy()
    return Recent(part=_slice(found, dimensions), work_ids=list(found["work_id"]), titles=list(found["title"]))


def no_items(dimensions: int) -> Slice:
    """A slice without a row."""
    return Slice(
        item_ids=[],
        vectors=np.empty((0, dimensions), dtype=np.float32),
        seconds=np.empty(0),
        dated=np.empty(0, dtype=np.bool_),
        sources=[],
        extras=[],
    )


def joined(parts: Sequence[Slice]) -> Slice:
    """Several slices, of which there is at least one, as one."""
    return Slice(
        item_ids=[one for part in parts for one in part.item_ids],
        vectors=np.concatenate([part.vectors for part in parts]),
        seconds=np.concatenate([part.seconds for part in parts]),
        dated=np.concatenate([part.dated for part in parts]),
        sources=[one for part in parts for one in part.sources],
        extras=[one for part in parts for one in part.extras],
    )


def slices(db: Connection, model: str, dimensions: int, *, only: Sequence[str] | None = None) -> Iterator[Slice]:
    """All items, or *only* these, in slices of some 50,000, by text hash and then item id."""
    chosen = "semi join (select unnest(?::varchar[]) as item_id) using (item_id)" if only is not None else ""
    total = db.execute("select count(*) from core.items").fetchone()
    count = 1 + (len(only) if only is not None else int(total[0]) if total else 0) // _SLICE
    for number in range(count):
        bounds = [2**64 * number // count, 2**64 * (number + 1) // count - 1]
        found = db.execute(
            f"""
            select item_id, vector, epoch(coalesce(published_at, first_seen_at)) as seconds,
                   published_at is not null as dated, source, extras
            from core.items {chosen} join core.vectors_{dimensions} v using (text_hash)
            where v.model = ? and text_hash between ?::ubigint and ?::ubigint order by item_id
            """,
            [*([list(only)] if only is not None else []), model, *bounds],
        ).fetchnumpy()
        if len(found["item_id"]):
            yield _slice(found, dimensions)


def _slice(found: dict[str, Any], dimensions: int) -> Slice:
    """The columns of a query as a slice."""
    rows = list(found["vector"])
    return Slice(
        item_ids=list(found["item_id"]),
        vectors=np.stack(rows) if rows else np.empty((0, dimensions), dtype=np.float32),
        seconds=np.asarray(found["seconds"], dtype=np.float64),
        dated=np.asarray(found["dated"], dtype=np.bool_),
        sources=list(found["source"]),
        extras=list(found["extras"]),
    )
