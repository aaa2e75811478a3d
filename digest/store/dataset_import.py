"""An archive from a dataset: some weeks of items, some learners' rows, vectors and words.

A dataset may come from anybody: it is read in the sandbox, only files of the names that this program gives are read,
and their columns must be of the types that it writes.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from pydantic import TypeAdapter, ValidationError

from digest.errors import StoreError
from digest.records import Item, Source
from digest.store import dataset_items, inverted_index, parquet, schema, vectors, works
from digest.store import sources as source_rows
from digest.store.archive import Connection, bound_memory, first_line, open_archive, remove_draft, transaction
from digest.store.conversion import insert
from digest.store.documents import broken_documents
from digest.store.export import refuse_taken
from digest.store.items import hash64
from digest.store.search_macros import quoted
from digest.store.sql_sandbox import lock

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: How SQL names a file that lies elsewhere; the file system behind it reaches nothing but the dataset.
ELSEWHERE = "dataset://"
#: Items whose keys are made at once.
_AT_ONCE = 10_000
#: What is held while only a look is taken.
_LOOKING = "200MB"
_SOURCE = TypeAdapter(Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the files of a dataset are."""

    #: what messages call it
    address: str
    folder: Path | None = None
    #: confined to the dataset, for protocol `dataset`; where there is no folder
    system: "AbstractFileSystem | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is taken of a dataset; files are relative to it."""

    #: rows by file, all of whose items are taken
    items: Mapping[str, int]
    #: items taken besides, and the files to look for them in
    item_ids: Sequence[str] = ()
    searched: Sequence[str] = ()
    #: files of learners' rows by table, and how many rows each has
    tables: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    #: whose rows are taken, id -> name; None is everybody's
    learners: Mapping[str, str] | None = None
    #: files of sources with their states
    sources: Sequence[str] = ()
    #: the current model with its files of vectors
    model: str = ""
    vectors: Sequence[str] = ()
    #: the schema of the tables
    schema: int
    #: whether texts are indexed, for searches by words
    words: bool = True


#: The keys that an item is recognised by.
KeysOf = Callable[[Item], Collection[str]]


def make_archive(
    path: Path,
    place: Place,
    wanted: Wanted,
    *,
    keys_of: KeysOf | None,
    memory: str = "",
    step: Callable[[str], None] = lambda name: None,
) -> int:
    """Make a new archive at *path*, which is free, whole or not at all; returns how many items it has.

    Without *keys_of*, later items will not find their works in it. StoreError where the dataset is not as it was written.
    """
    refuse_taken(path)
    draft = path.with_name(f".{path.name}.draft")
    remove_draft(draft)
    try:
        with open_archive(draft, learner=None, upto=wanted.schema) as db:
            if memory:
                bound_memory(db, memory)
            count = _fill(db, place, wanted, keys_of, step)
        refuse_taken(path)  # by another process meanwhile
        draft.rename(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        remove_draft(draft)
    return count


def learner_names(place: Place) -> dict[str, str]:
    """The name of each learner of a dataset by id."""
    with read_files(place) as (db, reader):
        relation = reader.checked({"learner": "VARCHAR", "name": "VARCHAR"}, "learners.parquet")
        return dict(db.execute(f"select learner, name from {relation} order by 1").fetchall())


def located(place: Place, files: Sequence[str], item_ids: Sequence[str]) -> list[str]:
    """The files of items that have any of these items; only their columns of ids are read."""
    with read_files(place) as (db, reader):
        db.execute("create temp table wanted as select unnest($ids::varchar[]) as item_id", {"ids": list(item_ids)})
        sql = "select exists (from {} semi join wanted using (item_id))"
        return [name for name in files if item_ids and db.execute(sql.format(reader.file(name))).fetchall()[0][0]]


@contextmanager
def read_files(place: Place) -> "Iterator[tuple[Connection, Reader]]":
    """The dataset's files, without an archive."""
    with duckdb.connect() as db, _named(place):
        db.execute("set TimeZone = 'UTC'")
        bound_memory(db, _LOOKING)
        db.execute("set enable_progress_bar = false")
        _confine(db, place)
        yield db, Reader(db, place)


def _fill(db: Connection, place: Place, wanted: Wanted, keys_of: KeysOf | None, step: Callable[[str], None]) -> int:
    _confine(db, place)
    reader = Reader(db, place)
    with transaction(db), _named(place):
        step("items")
        count = _read_items(db, reader, wanted)
        for table, name in wanted.tables.items():
            step(table)
            _read_table(db, reader, table, name, wanted)
        _settle_names(db, wanted.learners or {})
        step("sources")
        _read_sources(db, reader, wanted.sources)
    schema.upgrade(db)
    with transaction(db), _named(place):
        step("vectors")
        _read_vectors(db, reader, wanted)
        if keys_of is not None:
            step("works")
            _make_keys(db, keys_of)
    if keys_of is not None and (broken := broken_documents(db)):  # a slice reads no documents of the past
        raise StoreError(f"{place.address}: is no dataset that can be read: {broken[0]}")
    if wanted.words:
        step("words")
        with transaction(db):
            inverted_index.index_all(db)
    return count


def _confine(db: Connection, place: Place) -> None:
    """Reach nothing but the dataset."""
    if place.system is not None:
        db.register_filesystem(place.system)
    lock(db, folders=[place.folder if place.folder is not None else ELSEWHERE])


class Reader:
    """The files of a dataset as SQL names them, with their columns checked."""

    def __init__(self, db: Connection, place: Place) -> None:
        self._db, self.place = db, place

    def file(self, *names: str) -> str:
        listed = ", ".join(quoted(self._address(name)) for name in names)
        return f"read_parquet([{listed}], hive_partitioning = false)"

    def checked(self, wanted: Mapping[str, str], *names: str) -> str:
        """Refuse other types: DuckDB would turn what it can into what it should be, and make up the rest."""
        for name in names:
            given = parquet.columns(self._db, f"(from {self.file(name)})")
            for column, kind in wanted.items():
                if given.get(column) != kind:
                    told = f"its column {column} is {given.get(column, 'missing')}, not {kind}"
                    raise StoreError(f"{self.place.address}: {name}: {told}")
        return self.file(*names)

    def check_count(self, name: str, rows: int) -> None:
        held = self._db.execute(f"select count(*) from {self.file(name)}").fetchall()[0][0]
        if held != rows:
            raise StoreError(f"{self.place.address}: is not as it was written: {name} has {held} rows, not {rows}")

    def _address(self, name: str) -> str:
        return str(self.place.folder / name) if self.place.folder is not None else f"{ELSEWHERE}{name}"


def _read_items(db: Connection, reader: Reader, wanted: Wanted) -> int:
    """Fill items and events, numbered as they come; returns how many items there are."""
    for name, rows in wanted.items.items():
        reader.check_count(name, rows)
    _take_items(db, reader, list(wanted.items))
    if wanted.item_ids and wanted.searched:
        ids = {"ids": list(wanted.item_ids)}
        db.execute("create temp table also as select distinct unnest($ids::varchar[]) as item_id", ids)
        _take_items(db, reader, list(wanted.searched), "semi join also using (item_id)")
        db.execute("drop table also")
    [(count, different)] = db.execute("select count(*), count(distinct item_id) from core.items").fetchall()
    if count != different:
        raise StoreError(f"{reader.place.address}: {count - different} items stand in two files")
    db.execute("insert into core.numbering values (?)", [count])
    return int(count)


def _take_items(db: Connection, reader: Reader, files: Sequence[str], chosen: str = "") -> None:
    if not files:
        return
    [(events,)] = db.execute(f"select typeof(null::{dataset_items.EVENTS})").fetchall()
    relation = f"{reader.checked({**dataset_items.COLUMNS, 'events': events}, *files)} {chosen}"
    columns = ", ".join(dataset_items.COLUMNS)
    [(first,)] = db.execute("select count(*) from core.items").fetchall()
    db.execute(
        f"insert into core.items by name select {columns}, ({first} + row_number() over () - 1)::uinteger as number "
        f"from {relation}"
    )
    db.execute(
        "insert into core.events by name select item_id, event.* from "
        f"(select item_id, unnest(events) as event from {relation} where events is not null)"
    )


def _read_table(db: Connection, reader: Reader, table: str, name: str, wanted: Wanted) -> None:
    """Fill a table with the rows of those learners, or of the groups that they are in."""
    reader.check_count(name, wanted.rows[name])
    columns = parquet.columns(db, f"core.{table}")
    own = (
        "list_has_any(members, $learners::varchar[])"
        if table in schema.OF_GROUPS
        else "learner in (select unnest($learners::varchar[]))"
    )
    whose, values = ("", {}) if wanted.learners is None else (f"where {own}", {"learners": list(wanted.learners)})
    listed = ", ".join(f'"{column}"' for column in columns)
    db.execute(f"insert into core.{table} by name select {listed} from {reader.checked(columns, name)} {whose}", values)


def _settle_names(db: Connection, learners: Mapping[str, str]) -> None:
    """Let the archive know the learners even where they have no rows yet."""
    known = {row[0] for row in db.execute("select learner from core.learners").fetchall()}
    rows = [{"learner": one, "name": name, "formerly": None} for one, name in learners.items() if one not in known]
    insert(db, "core.learners", rows)


def _read_sources(db: Connection, reader: Reader, files: Sequence[str]) -> None:
    """Remember the sources as they were visited last."""
    if not files:
        return
    relation = reader.checked({"name": "VARCHAR", "source": "VARCHAR", "state": "VARCHAR"}, *files)
    rows = db.execute(f"select name, source, state from {relation} where state is not null order by name").fetchall()
    states = {name: source_rows.read_state(name, state) for name, _, state in rows}
    declared = {name: _read_source(name, source) for name, source, _ in rows}
    source_rows.save_states(db, states, active=declared)


def _read_source(name: str, source: str) -> Source:
    try:
        return _SOURCE.validate_json(source)
    except ValidationError as error:
        raise StoreError(f"the settings of the source {name!r} are damaged") from error


def _read_vectors(db: Connection, reader: Reader, wanted: Wanted) -> None:
    """Take the vectors of the items that were taken; items without any are embedded by the next ranking."""
    if not wanted.vectors:
        return
    relation = reader.checked({"item_id": "VARCHAR", "vector": "FLOAT[]"}, *wanted.vectors)
    rows = db.execute(f"select len(vector) from {relation} limit 1").fetchall()
    dimensions = int(rows[0][0]) if rows else 0
    if not dimensions:
        return
    vectors.use_model(db, wanted.model, dimensions, now=datetime.now(UTC))
    db.execute(
        f"insert into core.vectors_{dimensions} select $model, text_hash, any_value(vector)::float[{dimensions}] from {relation} "
        "join core.items using (item_id) group by text_hash",
        {"model": wanted.model},
    )


def _make_keys(db: Connection, keys_of: KeysOf) -> None:
    """Make the keys again by which later items find their works."""
    [(last,)] = db.execute("select coalesce(max(number), 0) from core.items").fetchall()
    for first in range(0, last + 1, _AT_ONCE):
        made = {
            (hash64(key), work_id)
            for work_id, item in works.numbered(db, first, first + _AT_ONCE)
            for key in keys_of(item)
        }
        insert(db, "core.work_keys", [{"key": key, "work_id": work_id} for key, work_id in sorted(made)])


@contextmanager
def _named(place: Place) -> Iterator[None]:
    """Say of which dataset a file is missing or damaged, rather than of the archive that is being made."""
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"{place.address}: is no dataset that can be read: {first_line(error)}") from error
