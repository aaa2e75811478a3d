"""The works that an issue considered, kept or not, filtered and in pages."""

from dataclasses import dataclass
from datetime import datetime

from digest.records import Section
from digest.store.archive import Connection
from digest.store.conversion import records


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsideredWork:
    """One work with its verdict, by the item that stands for it."""

    item_id: str
    title: str
    url: str
    source: str
    published_at: datetime | None
    kept: bool
    rank: int
    score: float
    section: Section | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What narrows the list; "" narrows nothing."""

    #: "kept" or "passed over"
    verdict: str = ""
    source: str = ""
    #: "letter" or "envelope", by the work's own lean
    lean: str = ""
    #: words that its title has, in any order
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """Works of an issue, and how many there are."""

    works: list[ConsideredWork]
    #: how many pass the filter
    count: int
    #: the sources of all, filtered or not, and how many works each has, the largest first
    sources: list[tuple[str, int]]


def find(db: Connection, period: str, wanted: Filter, *, limit: int, offset: int = 0) -> Considered:
    """The works of an issue that pass the filter, best first, *limit* of them."""
    conditions, values = _narrowed(wanted)
    values |= {"period": period} | _span(db, period)
    chosen = _CHOSEN.format(
        conditions=conditions, scores=_SCORES if wanted.lean else "(select null as item_id, null as lean)"
    )
    works = records(
        db,
        ConsideredWork,
        f"{chosen} select item_id, title, url, source, published_at, kept, rank, score, section, reason "
        "from chosen order by rank limit $limit offset $offset",
        values | {"limit": limit, "offset": offset},
    )
    [(count,)] = db.execute(f"{chosen} select count(*) from chosen", values).fetchall()
    sources = db.execute(
        f"{_CHOSEN.format(conditions='true', scores='(select null as item_id, null as lean)')} "
        "select source, count(*) as many from chosen group by 1 order by many desc, source",
        {name: values[name] for name in ("period", "first", "last")},
    ).fetchall()
    return Considered(works=works, count=int(count), sources=sources)


def _span(db: Connection, period: str) -> dict[str, object]:
    """The first and the last row of the items of an issue.

    What a week brings lies together, and of a million items DuckDB then reads no others: a join by ids would read all.
    """
    [(first, last)] = db.execute(
        "select coalesce(min(i.rowid), 0), coalesce(max(i.rowid), 0) from core.items i "
        "semi join (from core.verdicts where learner = getvariable('learner') and period = ?) using (item_id)",
        [period],
    ).fetchall()
    return {"first": first, "last": last}


_SCORES = "(select item_id, lean from core.scores where learner = getvariable('learner'))"
_CHOSEN = """
with chosen as (
    select v.*, i.title, i.url, i.source, i.published_at
    from (from core.verdicts where learner = getvariable('learner') and period = $period) v
    join (select item_id, title, url, source, published_at from core.items where rowid between $first and $last) i using (item_id)
    left join {scores} s on s.item_id = v.item_id
    where {conditions}
)
"""


def _narrowed(wanted: Filter) -> tuple[str, dict[str, object]]:
    conditions, values = ["true"], dict[str, object]()
    if wanted.verdict:
        conditions.append("v.kept" if wanted.verdict == "kept" else "not v.kept")
    if wanted.source:
        conditions.append("i.source = $source")
        values["source"] = wanted.source
    if wanted.lean:
        conditions.append("s.lean >= 0.5" if wanted.lean == "envelope" else "s.lean < 0.5")
    for place, word in enumerate(wanted.words.split()[:8]):
        conditions.append(f"contains(lower(i.title), lower($word{place}))")
        values[f"word{place}"] = word
    return " and ".join(conditions), values
