"""Archive maintenance: checks, repairs, forgetting on request, and compaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from digest.errors import StoreError
from digest.store import documents, inverted_index, schema, vectors
from digest.store.archive import Connection, first_line, transaction
from digest.store.documentation import VIEWS
from digest.store.export import tables

#: Compaction and migrations write a second archive beside the first, which needs this much of its size.
_SPACE_NEEDED = 1.2


class ProblemState(StrEnum):
    """How bad what a check found is."""

    FINE = "fine"
    #: worth knowing
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What one check found."""

    check: str
    state: ProblemState
    message: str
    #: what would repair it: a command, or "" where nothing needs to be done
    remedy: str = ""


ORPHANS = "text_hash not in (select text_hash from core.items)"
_DOUBLES = "rowid not in (select min(rowid) from core.items group by item_id)"
#: What makes the archive searchable in any client.
_MACROS = ("search_words", "similar_to", "terms_of")


def examine(db: Connection) -> Iterator[Problem]:
    """Every check of the archive's contents; reads all of it once."""
    integrity = _integrity(db)
    yield integrity
    if integrity.state == ProblemState.WRONG:
        return  # every other check reads the same blocks
    gone = _missing_views(db)
    yield _problem("views", len(gone), f"missing: {', '.join(gone)}", remedy="digest doctor --repair")
    doubles = _count(db, f"core.items where {_DOUBLES}")
    yield _problem("duplicate ids", doubles, f"{doubles} items are stored twice", remedy="digest doctor --repair")
    orphans = sum(_count(db, f"core.{table} where {ORPHANS}") for table in vector_tables(db))
    message = f"{orphans} vectors belong to no text any more"
    yield _problem("orphaned vectors", orphans, message, remedy="digest doctor --repair", state=ProblemState.NOTE)
    yield from _models(db)
    not_indexed = _not_indexed(db) if not gone else 0  # it needs the macros
    message = f"{not_indexed} items cannot be found by words"
    yield _problem("words", not_indexed, message, remedy="digest doctor --repair", fine="all in place")
    for name, relation, remedy in (
        ("scores", "core.scores", "digest rank"),
        ("marks", "core.marks", ""),
        ("events", "core.events", "digest fetch"),
        ("picks", "(from core.verdicts where kept)", ""),
    ):
        lost = _count(db, f"{relation} anti join core.items using (item_id)")
        message = f"{lost} {name} belong to no item"
        yield _problem(name, lost, message, remedy=remedy, state=ProblemState.NOTE, fine="all in place")


def repair(db: Connection) -> list[str]:
    """Repair what can be repaired without losing marks or texts; returns what was done."""
    done = []
    if lost := vectors.models_without_table(db):
        db.execute("delete from core.models where model in (select unnest(?::varchar[]))", [lost])
        schema.refresh_vector_views(db)
        done.append(f"forgot {', '.join(lost)}, whose vectors are gone; digest rank embeds again")
    if broken := documents.broken_states(db):
        db.execute("update core.sources set state = null where source in (select unnest(?::varchar[]))", [broken])
        done.append(f"cleared the damaged states of {', '.join(broken)}")
    if gone := _missing_views(db):
        schema.refresh_views(db)
        done.append(f"made again: {', '.join(gone)}")
    doubles = _count(db, f"core.items where {_DOUBLES}")
    with transaction(db):
        if doubles:
            db.execute(f"delete from core.items where {_DOUBLES}")
            done.append(f"removed {doubles} duplicate items")
        for table in vector_tables(db):
            if orphans := _count(db, f"core.{table} where {ORPHANS}"):
                db.execute(f"delete from core.{table} where {ORPHANS}")
                done.append(f"removed {orphans} orphaned vectors")
        if doubles or _not_indexed(db):
            inverted_index.rebuild(db)
            done.append("indexed the words of all items again")
    return done


def forget_models(db: Connection) -> list[str]:
    """Remove the vectors of every model that is not in use; returns the models' names.

    Raises StoreError while texts wait for the current one: the others are all that there is then.
    """
    if waiting_texts := _not_embedded(db):
        raise StoreError(f"no model's vectors are forgotten yet: {waiting_texts}; `digest rank` embeds them")
    rows = db.execute(
        "select model, dimensions from core.models where model not in (?, ?) order by 1",
        [vectors.current_model(db), vectors.reranker(db)],
    ).fetchall()
    with transaction(db):
        for model, dimensions in rows:
            db.execute(f"delete from core.vectors_{dimensions} where model = ?", [model])
            db.execute("delete from core.models where model = ?", [model])
        schema.refresh_vector_views(db)
    return [model for model, _ in rows]


def free_space(path: Path, free: int) -> Problem:
    """Whether *free* bytes are enough to rewrite the archive."""
    size = path.stat().st_size
    message = f"{free // 10**6} MB are free, the archive has {size // 10**6} MB"
    if free < size * _SPACE_NEEDED:
        return Problem(
            check="disk", state=ProblemState.WRONG, message=f"{message}: too little to compact or migrate it"
        )
    return Problem(check="disk", state=ProblemState.FINE, message=message)


def leftovers(path: Path) -> Iterator[Problem]:
    """Files beside the archive that the learner may want to delete."""
    for copy in sorted(path.parent.glob(f"{path.name}.before-*")):
        message = f"{copy} is the archive before a migration ({copy.stat().st_size // 10**6} MB)"
        yield Problem(check="copies", state=ProblemState.NOTE, message=message, remedy="delete it when all is well")
    for draft in sorted(path.parent.glob(f".{path.name}.draft*")):
        yield Problem(
            check="drafts", state=ProblemState.NOTE, message=f"{draft} was left by a killed process", remedy="delete it"
        )


def _integrity(db: Connection) -> Problem:
    """Read every block of every table; each has a checksum that DuckDB verifies."""
    broken: dict[str, str] = {}
    names = tables(db)
    for table in names:
        try:
            db.execute(f"select bit_xor(hash(t)) from core.{table} t").fetchall()
        except duckdb.Error as error:
            broken[table] = first_line(error)
    if broken:
        remedy = "take the archive from a backup, or import what digest export wrote"
        message = f"{', '.join(broken)} cannot be read whole: {next(iter(broken.values()))}"
        return Problem(check="integrity", state=ProblemState.WRONG, message=message, remedy=remedy)
    return Problem(check="integrity", state=ProblemState.FINE, message=f"{len(names)} tables read whole")


def _models(db: Connection) -> Iterator[Problem]:
    if lost := vectors.models_without_table(db):
        message = f"{', '.join(lost)} is listed, but its vectors are gone"
        yield Problem(check="models", state=ProblemState.WRONG, message=message, remedy="digest doctor --repair")
        return
    in_use, second, waiting_texts = vectors.current_model(db), vectors.reranker(db), _not_embedded(db)
    if waiting_texts:
        yield Problem(check="models", state=ProblemState.NOTE, message=waiting_texts, remedy="digest rank")
    for model, dimensions in db.execute("select model, dimensions from core.models order by added_at").fetchall():
        held = vectors.count(db, model, dimensions)
        if model in (in_use, second):
            message = f"{model} has {held} vectors" + (", for reranking" if model != in_use else "")
            yield Problem(check="models", state=ProblemState.FINE, message=message)
        else:
            message = f"{model}, which is not in use, has {held} vectors"
            remedy = "" if waiting_texts else "digest doctor --forget-models"
            yield Problem(check="models", state=ProblemState.NOTE, message=message, remedy=remedy)


def _not_embedded(db: Connection) -> str:
    """What keeps the model in use from replacing all others; "" where nothing does."""
    found = vectors.current(db)
    if found is None:
        return "the model in use has no vectors" if _count(db, "core.models") else ""
    waiting = vectors.count_missing(db, *found)
    return f"{waiting} texts wait to be embedded by {found[0]}" if waiting else ""


def _not_indexed(db: Connection) -> int:
    """How many items have no term in the index, no number of their own, or one that was never given."""
    counted = _count(db, "core.items where number is null")
    doubles = db.execute("select count(number) - count(distinct number) from core.items").fetchall()[0][0]
    strange = _count(db, f"core.items where number >= {inverted_index.next_number(db)}")
    words = " union all ".join(f"select unnest(hits) as hit from core.{table}" for table in inverted_index.TABLES)
    listed = f"(select distinct hit.number as number from ({words}))"
    silent = _count(
        db, f"core.items anti join {listed} using (number) where number is not null and {inverted_index.HAS_WORDS}"
    )
    return max(counted + int(doubles) + strange, silent)


def _missing_views(db: Connection) -> list[str]:
    """Views and macros that every client may count on; any client may have dropped one."""
    views = db.execute("select view_name from duckdb_views() where schema_name = 'main'").fetchall()
    macros = db.execute("select function_name from duckdb_functions() where not internal").fetchall()
    there = {row[0] for row in (*views, *macros)}
    return [name for name in (*VIEWS, *_MACROS) if name not in there]


def _problem(
    check: str,
    count: int,
    message: str,
    *,
    remedy: str,
    state: ProblemState = ProblemState.WRONG,
    fine: str = "none",
) -> Problem:
    if count:
        return Problem(check=check, state=state, message=message, remedy=remedy)
    return Problem(check=check, state=ProblemState.FINE, message=fine)


def vector_tables(db: Connection) -> list[str]:
    return [table for table in tables(db) if table.startswith("vectors_")]


def _count(db: Connection, relation: str) -> int:
    return int(db.execute(f"select count(*) from {relation}").fetchall()[0][0])
