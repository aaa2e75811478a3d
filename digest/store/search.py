"""Search by meaning, by words, or by both with their ranks fused; one row a work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.errors import StoreError
from digest.store import search_macros, vectors
from digest.store.archive import Connection, bound_memory
from digest.store.conversion import to_db
from digest.store.query import COLUMNS, QueryResult, Row
from digest.store.sql_sandbox import MEMORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; a None or "" narrows nothing."""

    words: str = ""
    #: of the current model, of length 1
    vector: Floats | None = None
    #: published, or where that is unknown first seen, from here and before there
    since: datetime | None = None
    until: datetime | None = None
    #: "letter" or "envelope"
    lean: str = ""
    source: str = ""
    #: only works that hold this mark
    mark: str = ""
    limit: int = 10


def find(db: Connection, wanted: Wanted) -> QueryResult:
    """The works that fit best: by meaning where there is a vector, by words where there are any, by both fused."""
    bound_memory(db, MEMORY)
    among, values = _among(wanted)
    # Several items may be one work, and fusion looks further down both lists than it shows.
    many = str(4 * wanted.limit + 60)
    ways = []
    if wanted.vector is not None:
        ways.append(_by_meaning(db, "$vector", among, many))
        values["vector"] = wanted.vector
    if wanted.words:
        ways.append(search_macros.by_words("$words", among=among or "core.items", many=many))
        values["words"] = wanted.words
    hits = search_macros.fused(ways) if len(ways) > 1 else ways[0]
    rows = db.execute(search_macros.shown(hits, str(wanted.limit)), values).fetchall()
    return QueryResult(columns=COLUMNS, rows=rows)


def among(db: Connection, wanted: Wanted, item_ids: Sequence[str]) -> dict[str, tuple[str, Row]]:
    """Of these items those that are wanted: by id the work and the row of COLUMNS, with no similarity."""
    chosen, values = _among(wanted)
    rows = db.execute(
        f"select work_id, item_id, null, title, source, published_at, url from {chosen or 'core.items'} "
        "where item_id in (select unnest($ids::varchar[]))",
        values | {"ids": list(item_ids)},
    ).fetchall()
    return {row[1]: (row[0], row[1:]) for row in rows}


def newest(db: Connection, wanted: Wanted) -> QueryResult:
    """The works that came last, among those wanted: for a list that nobody searched for words."""
    among, values = _among(wanted)
    # Several items may be one work; to bring all items in groups would take a hundred times as long.
    # Texts are read of these alone, after they are chosen.
    sql = f"""
    with latest as (
        select number from {among or "core.items"}
        order by coalesce(published_at, first_seen_at) desc, number limit {4 * wanted.limit + 60}
    )
    select item_id, null as similarity, title, source, published_at, url
    from core.items where number in (from latest)
    qualify row_number() over (partition by work_id order by coalesce(published_at, first_seen_at) desc, item_id) = 1
    order by coalesce(published_at, first_seen_at) desc, item_id limit {wanted.limit}
    """
    return QueryResult(columns=COLUMNS, rows=db.execute(sql, values).fetchall())


def similar(db: Connection, item_ids: Sequence[str], wanted: Wanted) -> QueryResult:
    """The works nearest in meaning to the mean of these items, without their own."""
    bound_memory(db, MEMORY)
    among, values = _among(wanted)
    model = vectors.current(db)
    found = vectors.of_items(db, *model, item_ids) if model else {}
    if missing := [one for one in item_ids if one not in found]:
        raise StoreError(f"{missing[0]}: has no embedding yet; `digest rank` makes it")
    near_to = _middle([np.asarray(vector, dtype=np.float32) for vector in found.values()])
    near = _by_meaning(db, "$vector", among, str(4 * wanted.limit + 60))
    own = "select number from core.items where work_id in (select work_id from core.items where item_id in (select unnest($items::varchar[])))"
    sql = search_macros.shown(f"from ({near}) where number not in ({own})", str(wanted.limit))
    rows = db.execute(sql, values | {"vector": near_to, "items": list(item_ids)}).fetchall()
    return QueryResult(columns=COLUMNS, rows=rows)


def _middle(vectors: Sequence[Floats]) -> Floats:
    """The mean of vectors of length 1, of length 1 itself; a single one stays to the bit."""
    if len(vectors) == 1:
        return vectors[0]
    mean: Floats = np.mean(vectors, axis=0)
    return mean / (float(np.linalg.norm(mean)) or 1.0)


def _by_meaning(db: Connection, vector: str, among: str, many: str) -> str:
    found = vectors.current(db)
    if found is None:
        raise StoreError("nothing is embedded yet; `digest rank` does it")
    model, dimensions = found
    return search_macros.by_meaning(
        vector, dimensions=dimensions, model=search_macros.quoted(model), among=among, many=many
    )


def _among(wanted: Wanted) -> tuple[str, dict[str, object]]:
    """The items to look among, as a relation, "" for all; and the values of its parameters."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    if wanted.since is not None:
        conditions.append("coalesce(published_at, first_seen_at) >= $since")
        values["since"] = to_db(wanted.since)
    if wanted.until is not None:
        conditions.append("coalesce(published_at, first_seen_at) < $until")
        values["until"] = to_db(wanted.until)
    if wanted.source:
        conditions.append("source = $source")
        values["source"] = wanted.source
    if wanted.lean:
        side = ">= 0.5" if wanted.lean == "envelope" else "< 0.5"
        # Every learner's scores say the same of a lean.
        conditions.append(f"item_id in (select item_id from scores where lean {side})")
    if wanted.mark:
        conditions.append(
            "work_id in (select work_id from core.items where item_id in "
            "(select item_id from marks where mark = $mark))"
        )
        values["mark"] = wanted.mark
    if not conditions:
        return "", values
    return f"(select * from core.items where {' and '.join(conditions)}) chosen", values
