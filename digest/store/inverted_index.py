"""The inverted index behind text search: for each term the items that have it, for BM25 in plain SQL.

It needs no extension, and every DuckDB client cuts texts into the same terms (`core.terms_of`). An item's
terms are listed under its `number`. Items of one transaction share rows: a term, and for each item that
has it its number and how often. A hundred items make one row for "attention", not a hundred.

Rows are merged as numbers fill up, as in a log-structured merge tree (O'Neil et al. 1996): every PART, every
SEGMENT, and every COMPACTED items, so that hourly trickles are read as quickly as one large import. A compacted
segment lies in a table of its own, whose rows stay: DuckDB would rewrite it with rows that come and go.
A text that changes gets a new number; what is listed under the old one no longer joins any item, and a
merge drops it.
"""

from collections.abc import Iterator

import duckdb

Connection = duckdb.DuckDBPyConnection

#: Items whose rows are merged into one row a term. The newest items have a row each; a million items are six
#: compacted segments and a few small ones, and a search reads a row of each for every term.
PART, SEGMENT, COMPACTED = 5_000, 20_000, 160_000
#: Segments that are still merged, and compacted ones.
TABLES = ("terms", "compacted_terms")
#: Items indexed at once by a rebuild; their terms, a row each before they are gathered, take some 100 MB.
_AT_ONCE = 10_000

#: The title counts twice: a word in it says more of the text than one in its middle.
_TERMS = "core.terms_of(concat_ws(' ', title, title, array_to_string(authors, ' '), body))"
#: Of an item: whether it has any term to be found by.
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
    row = db.execute("select next_number from core.numbering").fetchone()
    return int(row[0]) if row else 0


def index(db: Connection, first: int, last: int) -> None:
    """Index the stored items numbered from *first* up to but not including *last*."""
    if last <= first:
        return
    db.execute(_GATHERED.format(segment=SEGMENT, terms=_TERMS), [first, last - 1])
    db.execute("delete from core.numbering")
    db.execute("insert into core.numbering values (?)", [last])
    for start, end in due(first, last):
        _merge(db, start, end)


def rebuild(db: Connection) -> None:
    """Renumber the items in the order they were stored, and index all of them."""
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
    db.execute("delete from core.numbering")
    count = db.execute("select count(*) from core.items").fetchone()
    total = int(count[0]) if count else 0
    for first in range(0, total, _AT_ONCE):
        index(db, first, min(first + _AT_ONCE, total))


def due(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of numbers, ends excluded, to merge now that those from *first* up to *last* are indexed."""
    for end in range(first - first % SEGMENT + SEGMENT, last + 1, SEGMENT):
        yield end - SEGMENT, end
        if end % COMPACTED == 0:
            yield end - COMPACTED, end
    begun = last - last % SEGMENT
    if last // PART > max(first, begun) // PART:
        yield begun, last


def _merge(db: Connection, start: int, end: int) -> None:
    """Make one row a term of the items from number *start* to before *end*, without those rewritten since."""
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
    db.execute(f"insert into core.{'compacted_terms' if end - start == COMPACTED else 'terms'} select * from merged")
    db.execute("drop table merged")
