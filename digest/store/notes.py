"""Notes as they were last read from their files, and their passages, which searches and issues look through."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.records import Note, NoteHit
from digest.store.archive import Connection, transaction
from digest.store.conversion import insert_own, moment, to_db

_OWN = "learner = getvariable('learner')"
#: BM25 over the notes, with the constants of the search over items.
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file as it was when it was last read, so that an unchanged one need not be read."""

    path: str
    size: int
    modified_ns: int
    #: "" for a file that is no note of ours
    item_id: str = ""
    text: str = ""
    written_at: datetime | None = None
    changed_at: datetime | None = None
    tags: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a note with its vector."""

    item_id: str
    path: str
    text: str
    vector: Floats  # [d]


def files_read(db: Connection) -> dict[str, tuple[int, int, str]]:
    """Size, modification time and item of each file that was read, by its path."""
    rows = db.execute(f"select path, size, modified_ns, coalesce(item_id, '') from core.note_files where {_OWN}")
    return {path: (size, modified, item_id) for path, size, modified, item_id in rows.fetchall()}


def remember(
    db: Connection, read: Sequence[FileRow], passages: Sequence[tuple[FileRow, Sequence[str]]], *, gone: Collection[str]
) -> None:
    """Replace what is remembered of the files *read* and of these *passages*, and forget what is gone."""
    silent = [one.path for one in read if not one.item_id]
    with transaction(db):
        _forget(db, "note_files", [*(one.path for one in read), *gone])
        _forget(db, "note_passages", [*(one.path for one, _ in passages), *silent, *gone])
        insert_own(db, "core.note_files", [_row(one) for one in read])
        rows = [
            {"path": file.path, "item_id": file.item_id, "place": place, "passage": text}
            for file, texts in passages
            for place, text in enumerate(texts)
        ]
        insert_own(db, "core.note_passages", rows)


def _forget(db: Connection, table: str, paths: Sequence[str]) -> None:
    db.execute(f"delete from core.{table} where {_OWN} and path in (select unnest(?::varchar[]))", [list(paths)])


def texts(db: Connection, paths: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Item and text of each of these notes, as they were last read."""
    rows = db.execute(
        f"select path, item_id, note from core.note_files where {_OWN} and item_id is not null "
        "and path in (select unnest(?::varchar[]))",
        [list(paths)],
    ).fetchall()
    return {path: (item_id, text) for path, item_id, text in rows}


def of_item(db: Connection, item_id: str) -> list[Note]:
    """The notes on an item's work, oldest first."""
    rows = db.execute(
        f"""
        select {_NOTE} from core.note_files where {_OWN} and note <> '' and item_id in (
            select item_id from core.items
            where work_id in (select work_id from core.items where item_id = $item) union all select $item)
        order by written_at, path
        """,
        {"item": item_id},
    ).fetchall()
    return [_note(row) for row in rows]


def of_items(db: Connection, item_ids: Sequence[str]) -> list[Note]:
    """The notes on these items, oldest first; quicker than `of_item` where a work's items are known."""
    sql = (
        f"select {_NOTE} from core.note_files where {_OWN} and note <> '' "
        "and item_id in (select unnest(?::varchar[])) order by written_at, path"
    )
    return [_note(row) for row in db.execute(sql, [list(item_ids)]).fetchall()]


def empty_ones(db: Connection, item_id: str) -> list[Note]:
    """The notes on an item in which nothing is written yet, or any more."""
    sql = f"select {_NOTE} from core.note_files where {_OWN} and item_id = ? and note = '' order by path"
    return [_note(row) for row in db.execute(sql, [item_id]).fetchall()]


def listed(db: Connection, *, limit: int, offset: int = 0) -> list[tuple[Note, str]]:
    """Notes with the titles of what they are about, those changed last first."""
    rows = db.execute(
        f"""
        select {_NOTE}, coalesce(i.title, '') from (from core.note_files where {_OWN} and item_id is not null and note <> '')
        left join (select item_id, title from core.items) i using (item_id)
        order by changed_at desc, path limit ? offset ?
        """,
        [limit, offset],
    ).fetchall()
    return [(_note(row[:-1]), row[-1]) for row in rows]


def noted_items(db: Connection) -> set[str]:
    """The items that have a note."""
    return {row[0] for row in db.execute(f"select distinct item_id from notes where {_OWN}").fetchall()}


def problems(db: Connection) -> list[tuple[str, str]]:
    """The files whose front matter cannot be read, and what is wrong with each."""
    rows = db.execute(f"select path, problem from core.note_files where {_OWN} and problem <> '' order by path")
    return [(path, problem) for path, problem in rows.fetchall()]


def not_embedded(db: Connection, model: str) -> list[str]:
    """The passages that *model* has not embedded, each once."""
    sql = f"select distinct passage from core.note_passages where {_OWN} and model is distinct from ? order by 1"
    return [row[0] for row in db.execute(sql, [model]).fetchall()]


def save_vectors(db: Connection, model: str, texts: Sequence[str], vectors: Floats) -> None:
    """Store the vectors [n, d] of passages."""
    rows = [[text, [float(value) for value in vector]] for text, vector in zip(texts, vectors, strict=True)]
    db.execute(
        f"""
        update core.note_passages set model = $model, vector = fresh.vector
        from (select unnest($texts::varchar[]) as passage, unnest($vectors::float[][]) as vector) fresh
        where core.note_passages.passage = fresh.passage and {_OWN}
        """,
        {"model": model, "texts": [row[0] for row in rows], "vectors": [row[1] for row in rows]},
    )


def embedded(db: Connection, model: str) -> list[Passage]:
    """Every passage that *model* has embedded and can tell from others."""
    rows = db.execute(
        f"select item_id, path, passage, vector from core.note_passages where {_OWN} and model = ? "
        "and list_inner_product(vector, vector) > 0 order by path, place",
        [model],
    ).fetchall()
    return [
        Passage(item_id=row[0], path=row[1], text=row[2], vector=np.array(row[3], dtype=np.float32)) for row in rows
    ]


def near(db: Connection, model: str, vector: Floats, *, limit: int) -> list[NoteHit]:
    """The notes with a passage nearest to a vector of *model*, one an item."""
    rows = db.execute(
        f"""
        select item_id, path, passage, list_inner_product(vector, $vector::float[]) as similarity
        from core.note_passages where {_OWN} and model = $model and not isnan(similarity)
        qualify row_number() over (partition by item_id order by similarity desc, path, place) = 1
        order by similarity desc, path limit $limit
        """,
        {"model": model, "vector": [float(value) for value in vector], "limit": limit},
    ).fetchall()
    return [NoteHit(item_id=row[0], path=row[1], quote=row[2], similarity=row[3]) for row in rows]


def with_words(db: Connection, words: str, *, limit: int) -> list[NoteHit]:
    """The notes that BM25 ranks highest of those with all of the words, one an item; quoted is a passage with most."""
    rows = db.execute(
        f"""
        with wanted as (select distinct unnest(core.terms_of($words)) as term),
        texts as (
            select path, item_id, note, core.terms_of(note) as terms from core.note_files
            where {_OWN} and item_id is not null and note <> ''
        ),
        size as (select count(*) as total, greatest(avg(len(terms)), 1) as usual from texts),
        hit as (
            select path, item_id, note, term, len(terms) as length, len(list_filter(terms, lambda one: one = term)) as count
            from texts, wanted where list_contains(terms, term)
        ),
        rarity as (
            select term, ln(1 + (total - count(*) + 0.5) / (count(*) + 0.5)) as weight from hit, size group by term, total
        ),
        best as (
            select path, any_value(item_id) as item_id, any_value(note) as note, sum(weight * count * {_K1 + 1}
                   / (count + {_K1} * ({1 - _B} + {_B} * length / usual))) as similarity
            from hit join rarity using (term), size group by path
            having count(*) = (select count(*) from wanted)
        ),
        said as (
            select path, passage, place, (select count(*) from wanted where list_contains(core.terms_of(passage), term)) as held
            from core.note_passages where {_OWN} and path in (select path from best)
        )
        select item_id, path, coalesce((select arg_max(passage, (held, -place)) from said where said.path = best.path), note),
               similarity
        from best qualify row_number() over (partition by item_id order by similarity desc, path) = 1
        order by similarity desc, path limit $limit
        """,
        {"words": words, "limit": limit},
    ).fetchall()
    return [NoteHit(item_id=row[0], path=row[1], quote=row[2], similarity=row[3]) for row in rows]


_NOTE = "item_id, path, note, written_at, changed_at, tags, coalesce(problem, '')"


def _note(row: Sequence[object]) -> Note:
    item_id, path, text, written_at, changed_at, tags, problem = row
    assert isinstance(written_at, datetime)
    assert isinstance(changed_at, datetime)
    return Note(
        item_id=str(item_id),
        path=str(path),
        text=str(text),
        written_at=moment(written_at),
        changed_at=moment(changed_at),
        tags=tuple(tags) if isinstance(tags, list) else (),
        problem=str(problem),
    )


def _row(one: FileRow) -> dict[str, object]:
    return {
        "path": one.path,
        "size": one.size,
        "modified_ns": one.modified_ns,
        "item_id": one.item_id or None,
        "note": one.text,
        "written_at": to_db(one.written_at),
        "changed_at": to_db(one.changed_at),
        "tags": list(one.tags),
        "problem": one.problem or None,
    }
