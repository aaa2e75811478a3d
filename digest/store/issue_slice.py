"""Which items of a dataset a bucket of learners' issues need beside those of the last weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.store.conversion import moment, to_db
from digest.store.dataset_import import Place, Reader, read_files

#: Where learners' tables name items, and which of their rows count.
_NAMED = {
    "marks": ("item_id", "true"),
    "verdicts": ("item_id", "kept"),
    "readings": ("item_id", "true"),
    "note_passages": ("item_id", "true"),
    "plan_entries": ("item_id", "true"),
    "projects": ("unnest(json_extract_string(review, '$.works[*].item_id'))", "review is not null"),
}
#: Works with the lowest hashes: those that a sample of the archive is made of.
_SAMPLE = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """What to look for in the files of items before the last weeks."""

    files: Sequence[str]
    #: files of learners' tables by table
    tables: dict[str, str]
    learners: Sequence[str]
    #: the start of the weeks that themes look back on
    since: datetime
    #: items that are wanted besides
    item_ids: Sequence[str] = ()
    #: the files of the last weeks, whose works may have older items
    recent: Sequence[str] = ()


def older_items(place: Place, wanted: Older) -> list[str]:
    """The ids of older items that these learners' issues may name or count, with the others of their works.

    They are what the learners marked, were shown, read, noted or planned; events to come; items with a date in the last
    weeks; and the works of which the archive's sample is made.
    """
    if not wanted.files:
        return []
    with read_files(place) as (db, reader):
        db.execute(_meant(reader, wanted), {"learners": list(wanted.learners), "ids": list(wanted.item_ids)})
        everything = reader.file(*wanted.files, *wanted.recent)
        rows = db.execute(
            f"""
            with light as materialized (
                select item_id, work_id, text_hash, published_at,
                       list_max(list_transform(events, lambda one: one.ends_at)) as ends_at from {everything}
            ), sample as (select work_id from light group by work_id order by min(text_hash) limit {_SAMPLE}),
            recent as (select distinct work_id from {reader.file(*wanted.recent) if wanted.recent else "light where false"}),
            works as (
                select work_id from light where item_id in (from meant) or published_at >= $since or ends_at >= $since
                union from sample union from recent
            )
            select item_id from {reader.file(*wanted.files)} semi join works using (work_id) order by item_id
            """,
            {"since": to_db(wanted.since)},
        ).fetchall()
    return [row[0] for row in rows]


def first_seen(place: Place, files: Sequence[str]) -> datetime | None:
    """When the first item of some files was seen."""
    if not files:
        return None
    with read_files(place) as (db, reader):
        row = db.execute(f"select min(first_seen_at) from {reader.file(*files)}").fetchone()
    return row[0] if row else None


def last_ends(place: Place) -> list[datetime]:
    """The end of each learner's last issue, of those who had one."""
    with read_files(place) as (db, reader):
        rows = db.execute(
            f"select list_max(list_transform(issues, lambda one: one.ends_at)) from {reader.file('learners.parquet')} "
            "where len(issues) > 0"
        ).fetchall()
    return [moment(row[0]) for row in rows]


def _meant(reader: Reader, wanted: Older) -> str:
    """The items that are named by learners' rows, or by their ids."""
    parts = ["select unnest($ids::varchar[]) as item_id"]
    for table, (named, counts) in _NAMED.items():
        if table in wanted.tables:
            own = f"{counts} and learner in (select unnest($learners::varchar[]))"
            parts.append(f"select {named} as item_id from {reader.file(wanted.tables[table])} where {own}")
    return f"create temp table meant as {' union '.join(parts)}"
