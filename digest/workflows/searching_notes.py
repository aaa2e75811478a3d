"""The learner's notes in a search: beside the works, and shown as notes."""

from dataclasses import replace

from digest.arrays import Floats
from digest.compose.found_notes import merge
from digest.render.untrusted import shown
from digest.store import items, search
from digest.store import notes as note_rows
from digest.store.archive import Connection
from digest.store.query import QueryResult

#: Characters of a passage that say which note it is.
_QUOTE = 160
#: A note is worth a place by its meaning from this cosine on.
_NEAR = 0.3


def with_notes(
    db: Connection, found: QueryResult, words: str, vector: tuple[str, Floats] | None, wanted: search.Wanted
) -> QueryResult:
    """What a search found, with a column `note` if a note fits too: works that were noted on are found by that as well."""
    by_words = note_rows.with_words(db, words, limit=wanted.limit) if words else []
    near = note_rows.near(db, *vector, limit=wanted.limit) if vector else []
    near = [hit for hit in near if hit.similarity >= _NEAR]
    if not (by_words or near):
        return found
    noted = search.among(db, wanted, [hit.item_id for hit in (*by_words, *near)])
    works = dict(items.columns_of(db, [row[0] for row in found.rows], "work_id"))
    rows = merge(list(found.rows), works, near, by_words, noted, limit=wanted.limit)
    if not any(row[-1] for row in rows):
        return found
    quoted = [(*row[:-1], shown(row[-1], _QUOTE) if row[-1] else None) for row in rows]
    return replace(found, columns=(*found.columns, "note"), rows=quoted)
