"""The words of every item, kept for BM25 in plain SQL; no extension, and the same words in every client.

An item's words lie under its `number`. Items of one transaction share rows: a word, and for each
item that has it its number and how often. A hundred items make one row for "attention", not a
hundred. Once a segment of numbers is full, its rows are merged, so that hourly
trickles read as quickly as one great import. A text that changes gets a new number; what stands
under the old one no longer joins any item, and a rebuild drops it.
"""

import duckdb

Connection = duckdb.DuckDBPyConnection

#: Items whose words are merged into one row a word: 50 segments at a million items.
SEGMENT = 20_000
#: Items indexed at once by a rebuild; their words, a row each before they are gathered, take some 100 MB.
_AT_ONCE = 10_000

#: The title counts twice: a word in it says more of the text than one in its middle.
_GATHERED = """
insert into core.terms
select number // {segment} as segment, term, list({{'number': number, 'count': least(count, 255)::utinyint}})
from (
    select number, term, count(*) as count from (
        select number, unnest(core.terms_of(
            concat_ws(' ', title, title, array_to_string(authors, ' '), body)
        )) as term
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
    db.execute(_GATHERED.format(segment=SEGMENT), [first, last - 1])
    db.execute("delete from core.settings where name = 'next_number'")
    db.execute("insert into core.settings values ('next_number', ?)", [str(last)])
    for segment in range(first // SEGMENT, last // SEGMENT):  # those that are full now
        _merge(db, segment)


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
    db.execute("delete from core.terms")
    db.execute("delete from core.settings where name = 'next_number'")
    count = db.execute("select count(*) from core.items").fetchone()
    total = int(count[0]) if count else 0
    for first in range(0, total, _AT_ONCE):
        index(db, first, min(first + _AT_ONCE, total))


def _merge(db: Connection, segment: int) -> None:
    """Make one row a word of a segment, without the items that were rewritten since they came into it."""
    first, last = segment * SEGMENT, (segment + 1) * SEGMENT - 1
    rows = db.execute("select count(*) from core.items where number between ? and ?", [first, last]).fetchall()
    hits = "flatten(list(hits))"
    source = "core.terms where segment = ?"
    if rows[0][0] < SEGMENT:  # some feeds change their entries every hour; that must not pile up
        hits = "list(hit)"
        living = f"select number from core.items where number between {first} and {last}"
        source = (
            "(select segment, term, unnest(hits) as hit from core.terms where segment = ?) "
            f"where hit.number in ({living})"
        )
    db.execute(
        f"create or replace temp table merged as select segment, term, {hits} from {source} "
        "group by segment, term order by term",
        [segment],
    )
    db.execute("delete from core.terms where segment = ?", [segment])
    db.execute("insert into core.terms select * from merged")
    db.execute("drop table merged")
