"""What the learner read, liked, saved and noted in a span of time, one row a work."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.records import PassRead
from digest.store.archive import Connection
from digest.store.conversion import moment, to_db

_MINE = "learner = getvariable('learner')"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNote:
    """A note of the learner's."""

    item_id: str
    text: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedWork:
    """A work that the learner did something with in the span."""

    item_id: str
    work_id: str
    title: str
    url: str
    source: str
    authors: tuple[str, ...]
    published_at: datetime | None
    arxiv_id: str
    words: int
    seconds: int
    #: when something was done with it last
    at: datetime
    #: marks given in the span that hold
    marks: frozenset[str] = frozenset()
    readings: tuple[PassRead, ...] = ()
    notes: tuple[str, ...] = ()
    #: why it was picked and for which section, "" where it never was
    reason: str = ""
    section: str = ""
    #: probability of envelope; None while it is not ranked
    lean: float | None = None


@dataclass(slots=True)
class _Touched:
    """What is known of one item while it is gathered."""

    at: list[datetime] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    readings: list[PassRead] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def touched_works(db: Connection, *, since: datetime, until: datetime) -> list[TouchedWork]:
    """The works that were marked read, like or save, read in passes or noted from *since* to before *until*.

    Latest first; imports and lessons do not count.
    """
    items: dict[str, _Touched] = defaultdict(_Touched)
    for item_id, mark, at in _marks(db, since, until):
        items[item_id].at.append(at)
        items[item_id].marks.add(mark)
    for reading in readings(db, since=since, until=until):
        items[reading.item_id].at.append(reading.read_at)
        items[reading.item_id].readings.append(reading)
    for note in notes(db, since=since, until=until):
        items[note.item_id].at.append(note.changed_at)
        items[note.item_id].notes.append(note.text)
    return _as_works(db, items)


def anything(db: Connection, *, since: datetime, until: datetime) -> bool:
    """Whether there would be any."""
    return bool(
        _marks(db, since, until) or readings(db, since=since, until=until) or notes(db, since=since, until=until)
    )


def readings(db: Connection, *, since: datetime, until: datetime) -> list[PassRead]:
    """The readings of a span, oldest first."""
    rows = db.execute(
        f"select item_id, pass, coalesce(minutes, 0), read_at from readings "
        f"where {_MINE} and read_at >= ? and read_at < ? order by read_at",
        [to_db(since), to_db(until)],
    ).fetchall()
    return [PassRead(item_id=row[0], number=row[1] or 1, minutes=row[2], read_at=moment(row[3])) for row in rows]


def notes(db: Connection, *, since: datetime, until: datetime) -> list[OwnNote]:
    """The notes written or changed in a span, oldest first."""
    rows = db.execute(
        f"select item_id, note, changed_at from notes "
        f"where {_MINE} and changed_at >= ? and changed_at < ? order by written_at, path",
        [to_db(since), to_db(until)],
    ).fetchall()
    return [OwnNote(item_id=row[0], text=row[1], changed_at=moment(row[2])) for row in rows]


def _marks(db: Connection, since: datetime, until: datetime) -> list[tuple[str, str, datetime]]:
    rows = db.execute(
        f"select item_id, mark, marked_at from marks where {_MINE} and batch is null "
        "and mark in ('read', 'like', 'save') and marked_at >= ? and marked_at < ?",
        [to_db(since), to_db(until)],
    ).fetchall()
    return [(item_id, mark, moment(at)) for item_id, mark, at in rows]


def _as_works(db: Connection, touched: dict[str, _Touched]) -> list[TouchedWork]:
    """Items of one work as one, shown by the item that was picked, else by the one touched last."""
    rows = db.execute(
        f"""
        with wanted as (select unnest($ids::varchar[]) as item_id),
        verdict as (
            select work_id, arg_max(reason, decided_at) as reason, arg_max(section, decided_at) as section,
                   arg_max(item_id, decided_at) as item_id
            from core.verdicts where {_MINE} and kept group by work_id
        )
        select i.item_id, i.work_id, i.title, i.url, i.source, i.authors, i.published_at, coalesce(i.arxiv_id, ''),
               coalesce(i.words, 0), coalesce(i.seconds, 0), coalesce(v.reason, ''), coalesce(v.section, ''), s.lean,
               v.item_id is not distinct from i.item_id as shown
        from wanted join core.items i using (item_id) left join verdict v on v.work_id = i.work_id
        left join (from core.scores where {_MINE}) s on s.item_id = i.item_id
        order by shown desc
        """,
        {"ids": list(touched)},
    ).fetchall()
    by_work: dict[str, list[Sequence[object]]] = defaultdict(list)
    for row in rows:
        by_work[row[1]].append(row)
    works = [_work(found, [touched[str(row[0])] for row in found]) for found in by_work.values()]
    return sorted(works, key=lambda work: (work.at, work.item_id), reverse=True)


def _work(rows: Sequence[Sequence[object]], own: Sequence[_Touched]) -> TouchedWork:
    names = ("item_id", "work_id", "title", "url", "source", "authors", "published_at", "arxiv_id", "words", "seconds")
    given = dict(zip((*names, "reason", "section", "lean"), rows[0], strict=False))
    published = given["published_at"]
    assert isinstance(published, datetime | None)
    authors = given["authors"]
    return TouchedWork(
        **given  # type: ignore[arg-type]
        | {
            "authors": tuple(authors) if isinstance(authors, list) else (),
            "published_at": moment(published) if published else None,
            "at": max(at for one in own for at in one.at),
            "marks": frozenset(mark for one in own for mark in one.marks),
            "readings": tuple(sorted(_all(one.readings for one in own), key=lambda reading: reading.read_at)),
            "notes": tuple(dict.fromkeys(note for one in own for note in one.notes)),
        }
    )


def _all(lists: Iterable[Sequence[PassRead]]) -> Iterable[PassRead]:
    return (one for some in lists for one in some)
