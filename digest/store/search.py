"""Search by meaning, by words, or by both with their ranks fused; one row a work."""

from dataclasses import dataclass
from datetime import datetime

from digest.arrays import Floats
from digest.errors import StoreError
from digest.store import search_macros, vectors
from digest.store.archive import Connection, bound_memory
from digest.store.conversion import LEARNER, to_db
from digest.store.query import COLUMNS, QueryResult
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


def similar(db: Connection, item_id: str, wanted: Wanted) -> QueryResult:
    """The works nearest in meaning to an item, without its own."""
    bound_memory(db, MEMORY)
    among, values = _among(wanted)
    row = db.execute("select any_value(vector) from embeddings where item_id = ?", [item_id]).fetchone()
    if not row or row[0] is None:
        raise StoreError(f"{item_id}: has no embedding yet; `digest rank` makes it")
    near = _by_meaning(db, "$vector", among, str(4 * wanted.limit + 60))
    own = "select number from core.items where work_id = (select work_id from core.items where item_id = $item)"
    sql = search_macros.shown(f"from ({near}) where number not in ({own})", str(wanted.limit))
    rows = db.execute(sql, values | {"vector": row[0], "item": item_id}).fetchall()
    return QueryResult(columns=COLUMNS, rows=rows)


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
        conditions.append(f"item_id in (select item_id from core.scores where learner = '{LEARNER}' and lean {side})")
    if not conditions:
        return "", values
    return f"(select * from core.items where {' and '.join(conditions)}) chosen", values
