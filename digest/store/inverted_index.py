"""The words of every item, kept for BM25 in plain SQL; no extension, and the same words in every client.

An item's words lie under its `number`. Items of one transaction share rows: a word, and for each
item that has it its number and how often. A hundred items make one row for "attention", not a
hundred. Rows are merged as numbers fill up, a few thousand, a segment, a shelf of segments, as in
a log-structured merge tree, so that hourly trickles read as quickly as one great import. A full shelf
is put into a table of its own, whose rows stay: beside rows that come and go, DuckDB would write it
anew with them. A text that changes gets a new number; what stands under the old one no longer joins
any item, and a merge drops it.
"""

from collections.abc import Iterator

import duckdb

Connection = duckdb.DuckDBPyConnection

#: Items whose words are merged into one row a word, ever more of them: what came last trickled in, a row an
#: item; a million items are six shelves and a few segments, and a search reads a row a word of each.
PART, SEGMENT, SHELF = 5_000, 20_000, 160_000
#: What is still merged, and the shelves that are full.
TABLES = ("terms", "shelved_terms")
#: Items indexed at once by a rebuild; their words, a row each before they are gathered, take some 100 MB.
_AT_ONCE = 10_000

#: The title counts twice: a word in it says more of the text than one in its middle.
_TERMS = "core.terms_of(concat_ws(' ', title, title, array_to_string(authors, ' '), body))"
#: Of an item: whether it has any word to be found by.
HAS_WORDS = f"len({_TERMS}) > 0"
_GATHERED = """
insert into core.terms
select number // {segment} as segment, term, list({{'number': number, 'count': least(count, 255)::utinyint}})
from (
    select number, term, count(*) as count from (
        select number, unnest({terms}) as term
        from core.items where number between ? and ?
    ) group by number, term
)
group by 1, term order by 1, term
"""


def next_number(db: Connection) -> int:
    """The first number that no item has had; numbers are never given twice."""
    row = db.execute("select value from core.settings where name = 'next_number'").fetchone()
    return int(row[0]) if row else 0


def index(db: Connection, first: int, last: int) -> None:
    """Take in the words of the stored items numbered from *first* up to and without *last*."""
    if last <= first:
        return
    db.execute(_GATHERED.format(segment=SEGMENT, terms=_TERMS), [first, last - 1])
    db.execute("delete from core.settings where name = 'next_number'")
    db.execute("insert into core.settings values ('next_number', ?)", [str(last)])
    for start, end in due(first, last):
        _merge(db, start, end)


def rebuild(db: Connection) -> None:
    """Number the items anew, in the order they were stored, and index all of them."""
    db.execute(
        "update core.items set number = fresh.place from "
        "(select item_id, row_number() over (order by number, item_id) - 1 as place from core.items) fresh "
        "where core.items.item_id = fresh.item_id"
    )
    index_all(db)


def index_all(db: Connection) -> None:
    """Index all items, which are numbered from 0 without a gap."""
    for table in TABLES:
        db.execute(f"delete from core.{table}")
    db.execute("delete from core.settings where name = 'next_number'")
    count = db.execute("select count(*) from core.items").fetchone()
    total = int(count[0]) if count else 0
    for first in range(0, total, _AT_ONCE):
        index(db, first, min(first + _AT_ONCE, total))


def due(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of numbers, without their ends, to merge now that those from *first* up to *last* are in."""
    for end in range(first - first % SEGMENT + SEGMENT, last + 1, SEGMENT):
        yield end - SEGMENT, end
        if end % SHELF == 0:
            yield end - SHELF, end
    begun = last - last % SEGMENT
    if last // PART > max(first, begun) // PART:
        yield begun, last


def _merge(db: Connection, start: int, end: int) -> None:
    """Make one row a word of the items from number *start* to before *end*, without those rewritten since."""
    within = f"segment between {start // SEGMENT} and {(end - 1) // SEGMENT}"
    numbers = f"number between {start} and {end - 1}"
    [(living,)] = db.execute(f"select count(*) from core.items where {numbers}").fetchall()
    hits, source = "flatten(list(hits))", f"core.terms where {within}"
    if living < end - start:  # some feeds change their entries every hour; that must not pile up
        hits = "list(hit)"
        source = (
            f"(select term, unnest(hits) as hit from core.terms where {within}) "
            f"where hit.number in (select number from core.items where {numbers})"
        )
    db.execute(
        f"create or replace temp table merged as select {start // SEGMENT}::uinteger as segment, term, {hits} "
        f"from {source} group by term order by term"
    )
    db.execute(f"delete from core.terms where {within}")
    db.execute(f"insert into core.{'shelved_terms' if end - start == SHELF else 'terms'} select * from merged")
    db.execute("drop table merged")
