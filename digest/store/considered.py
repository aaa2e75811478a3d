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
    #: 0 letter .. 1 envelope under the current focus; None where it is not scored
    lean: float | None


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


def works(db: Connection, period: str, wanted: Filter, *, limit: int, offset: int = 0) -> list[ConsideredWork]:
    """The works of an issue that pass the filter, best first."""
    conditions, values = _narrowed(wanted)
    return records(
        db,
        ConsideredWork,
        f"""
        with {_CHOSEN.format(conditions=conditions)}
        select item_id, title, url, source, published_at, kept, rank, score, section, reason, lean
        from chosen order by rank limit $limit offset $offset
        """,
        {"period": period, "limit": limit, "offset": offset} | values,
    )


def count(db: Connection, period: str, wanted: Filter) -> int:
    """How many works of an issue pass the filter."""
    conditions, values = _narrowed(wanted)
    sql = f"with {_CHOSEN.format(conditions=conditions)} select count(*) from chosen"
    row = db.execute(sql, {"period": period} | values).fetchone()
    return int(row[0]) if row else 0


def by_source(db: Connection, period: str) -> list[tuple[str, int]]:
    """The sources of an issue's works and how many each has, the largest first."""
    return db.execute(
        "select source, count(*) as many from core.verdicts join core.items using (item_id) "
        "where learner = getvariable('learner') and period = ? group by 1 order by many desc, source",
        [period],
    ).fetchall()


_CHOSEN = """
chosen as (
    select v.*, i.title, i.url, i.source, i.published_at, s.lean
    from (from core.verdicts where learner = getvariable('learner') and period = $period) v
    join core.items i using (item_id)
    left join core.scores s on s.item_id = v.item_id and s.learner = v.learner
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
