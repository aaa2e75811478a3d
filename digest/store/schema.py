"""Tables, append-only migrations, and the promised views.

Tables live in the schema `core` and are ours; the views in `main` are promised
(docs/archive.md). Times are UTC in plain TIMESTAMP columns, because aware ones
cannot be read by every client. There are no keys or indexes: one process writes at a
time, it checks identity itself, and indexes would cost memory that grows with the archive.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from digest.errors import StoreError
from digest.store import keys, project_tables, reading_tables, search_macros
from digest.store.documentation import VIEWS

#: Order is important: a schema's version is how many of these it has seen. Append only.
MIGRATIONS: tuple[str, ...] = (
    """
    create schema core;
    create table core.sources (
        source varchar, kind varchar, url varchar, active boolean,
        last_success timestamp, last_error varchar, failures integer, next_check timestamp, interval_minutes integer,
        state varchar                   -- SourceState as JSON
    );
    create table core.fetches (
        source varchar, started_at timestamp, status integer, outcome varchar, new_items integer,
        bytes bigint, milliseconds integer, conditional boolean, error varchar
    );
    create table core.items (
        item_id varchar, work_id varchar, source varchar, entry_id varchar, kind varchar,
        url varchar, title varchar, authors varchar[], summary varchar, body varchar,
        published_at timestamp, first_seen_at timestamp, arxiv_id varchar, doi varchar,
        tags varchar[], seconds integer, discussion varchar, words integer, backfill boolean, extras varchar[], text_hash ubigint,
        number uinteger                 -- what its words lie under in core.terms
    );
    create table core.terms (segment uinteger, term varchar, hits struct(number uinteger, count utinyint)[]);
    create table core.work_keys (key ubigint, work_id varchar);
    create table core.models (model varchar, dimensions integer, added_at timestamp);
    create table core.settings (name varchar, value varchar);
    create table core.scores (
        learner varchar, item_id varchar, relevance float, lean float, score float, parts map(varchar, float)
    );
    create table core.verdicts (
        learner varchar, period varchar, work_id varchar, item_id varchar, kept boolean, rank integer,
        score float, section varchar, reason varchar, decided_at timestamp
    );
    create table core.issues (
        learner varchar, period varchar, starts_at timestamp, ends_at timestamp, built_at timestamp,
        seen integer, kept integer, path varchar,
        document varchar                -- Issue as JSON, so that it can be drawn again byte for byte
    );
    create table core.deliveries (
        learner varchar, period varchar, channel varchar, recipient varchar, state varchar,
        attempted_at timestamp, delivered_at timestamp, message_id varchar, error varchar
    );
    create table core.marks (
        learner varchar, item_id varchar, mark varchar, marked_at timestamp, origin varchar
    );
    create table core.ticks (           -- boxes that were ticked when the Markdown was last read
        learner varchar, item_id varchar, mark varchar
    );
    """,
    # Compacted segments apart from those that are still merged: DuckDB would rewrite both together.
    """
    create table core.shelved_terms (
        segment uinteger, term varchar, hits struct(number uinteger, count utinyint)[]
    );
    insert into core.shelved_terms from core.terms where segment <
        (select coalesce(max(value::uinteger), 0) // 160000 * 8 from core.settings where name = 'next_number');
    delete from core.terms where segment <
        (select coalesce(max(value::uinteger), 0) // 160000 * 8 from core.settings where name = 'next_number');
    """,
    # Imports and lessons, which are undone as a whole.
    """
    alter table core.marks add column batch varchar;    -- null for a mark said alone
    create table core.batches (
        learner varchar, batch varchar, origin varchar, made_at timestamp, undone_at timestamp
    );
    """,
    # A table for each thing that was a row of `settings`. The key that signs marks by mail moves out of the
    # archive (`keys`); what was last read of Markdown files is read again.
    """
    create table core.pause (paused_until timestamp);           -- these four have one row or none
    create table core.reply_position (position varchar);        -- how far replies by mail were read
    create table core.paper_requests (not_before timestamp);    -- when arXiv may be asked for single papers again
    create table core.numbering (next_number uinteger);         -- the next item's number in core.terms
    create table core.replies_read (reply varchar);
    create table core.checkbox_files (
        file varchar, size bigint, modified_ns bigint, boxes struct(item_id varchar, mark varchar, ticked boolean)[]
    );
    insert into core.pause
        select value::timestamptz at time zone 'UTC' from core.settings where name = 'paused_until';
    insert into core.reply_position select value from core.settings where name = 'replies_read_to';
    insert into core.paper_requests
        select value::timestamptz at time zone 'UTC' from core.settings where name = 'no_papers_before';
    insert into core.numbering select value::uinteger from core.settings where name = 'next_number';
    insert into core.replies_read select value from core.settings where name = 'heard_mail';
    alter table core.models add column embeds boolean default false;        -- the embedding model in use
    alter table core.models add column reranks boolean default false;       -- the reranker of the last ranking
    update core.models set
        embeds = model in (select value from core.settings where name = 'model'),
        reranks = model in (select value from core.settings where name = 'second_model');
    drop table core.settings;
    alter table core.shelved_terms rename to compacted_terms;
    """,
    # Several learners: what was one's alone gets a learner, and those who ever had rows are listed. A column for each
    # part of a score is written five times as fast as a map.
    """
    create table core.learners (learner varchar, name varchar, formerly varchar);
    insert into core.learners select distinct learner, '', null from (
        select learner from core.scores union select learner from core.issues union select learner from core.marks
        union select learner from core.deliveries union select learner from core.batches
    );
    alter table core.pause add column learner varchar default 'default';
    alter table core.reply_position add column learner varchar default 'default';
    alter table core.replies_read add column learner varchar default 'default';
    alter table core.checkbox_files add column learner varchar default 'default';
    create table core.new_scores (
        learner varchar, item_id varchar, relevance float, lean float, score float,
        statement float, topics float, project float, sharpening float, marks float, avoid float, reranker float,
        freshness float, source float, prefer float     -- parts of the score; null where there is none
    );
    insert into core.new_scores select learner, item_id, relevance, lean, score,
        parts['statement'], parts['topics'], parts['project'], parts['sharpening'], parts['marks'], parts['avoid'],
        parts['reranker'], parts['freshness'], parts['source'], parts['prefer'] from core.scores;
    drop table core.scores;
    alter table core.new_scores rename to scores;
    create table core.events (          -- when the items of calendars take place; a series has a row for each date
        item_id varchar, source varchar, kind varchar, title varchar, starts_at timestamp, ends_at timestamp,
        all_day boolean, floating boolean, place varchar, url varchar, recurrence varchar, moved boolean
    );
    create table core.drifts_told (learner varchar, kind varchar, told_at timestamp, share double);
    """
    + reading_tables.TABLES
    + project_tables.TABLES,
)

#: The parts of a score, each a column.
PARTS = (
    *("statement", "topics", "project", "sharpening", "marks", "avoid", "reranker"),
    *("freshness", "source", "prefer"),
)
#: What belongs to a learner: no one else's sandbox reaches it.
OF_LEARNERS = frozenset(
    {"scores", "verdicts", "issues", "deliveries", "marks", "ticks", "batches", "pause", "reply_position"}
    | {"replies_read", "checkbox_files", "learners", "drifts_told", "projects", "milestones"}
    | {"note_files", "note_passages", "readings", "plans", "plan_entries"}
)
#: What belongs to some learners together.
OF_GROUPS = frozenset({"group_turns"})

#: The schema from which the marking key lies outside the archive.
_KEY_OUTSIDE = 4

#: A connection's own rows; all rows in a client that says no learner. DuckDB reads it as a constant.
_OWN = "learner = coalesce(getvariable('learner'), learner)"

_ENTRIES = ", ".join(f"{{'key': '{part}', 'value': {part}}}" for part in PARTS)

_VIEWS = f"""
create or replace view marks as
    with said as (
        select item_id, mark, marked_at, origin, learner, batch, rowid as place from core.marks
        where {_OWN} and (batch is null or batch not in (select batch from core.batches where undone_at is not null))
    )
    select item_id, mark, marked_at, origin, learner, batch from said m
    where mark in ('like', 'dislike', 'save', 'read') and not exists (
        from said later
        where later.learner = m.learner and later.item_id = m.item_id
          and (later.marked_at, later.place) > (m.marked_at, m.place)
          and (later.mark in (m.mark, 'not ' || m.mark, 'none')
               or (m.mark = 'like' and later.mark = 'dislike') or (m.mark = 'dislike' and later.mark = 'like')));
create or replace view marks_all as
    select m.item_id, m.mark, m.marked_at, m.origin, m.learner, m.batch, b.undone_at
    from (from core.marks where {_OWN}) m left join core.batches b using (batch);
create or replace view sources as
    select s.source, s.kind, s.url, s.active, s.last_success, s.last_error, s.failures, s.next_check,
           s.interval_minutes, coalesce(i.seen, 0) as seen, coalesce(v.kept, 0) as kept, coalesce(m.marked, 0) as marked
    from core.sources s
    left join (select source, count(*) as seen from core.items group by source) i using (source)
    left join (select source, count(*) as kept from core.verdicts join core.items using (item_id)
               where verdicts.kept and {_OWN} group by source) v using (source)
    left join (select source, count(distinct item_id) as marked from marks join core.items using (item_id)
               group by source) m using (source);
create or replace view fetches as
    select source, started_at, status, outcome, new_items, bytes, milliseconds, conditional, error from core.fetches;
create or replace view items as
    select item_id, work_id, source, kind, url, title, authors, summary, published_at, first_seen_at,
           arxiv_id, words, backfill, doi, tags, seconds, discussion, extras, body from core.items;
create or replace view events as
    select item_id, source, starts_at, ends_at, all_day, place, kind, title, url, floating, recurrence, moved
    from core.events;
create or replace view works as
    select work_id, arg_min(title, first_seen_at) as title, count(*) as item_count,
           list_sort(list(distinct source)) as sources, min(first_seen_at) as first_seen_at
    from core.items group by work_id;
create or replace view scores as
    select item_id, relevance, lean, score,
           map_from_entries(list_filter([{_ENTRIES}], lambda entry: entry.value is not null)) as parts, learner
    from core.scores where {_OWN};
create or replace view verdicts as
    select period, item_id, kept, rank, score, section, reason, work_id, learner from core.verdicts where {_OWN};
create or replace view picks as
    select v.period, v.section, v.rank, i.title, i.url, i.source, i.authors, i.published_at, v.reason, v.score,
           s.lean, i.words, i.item_id, i.work_id, i.arxiv_id, v.learner
    from (from core.verdicts where {_OWN}) v
    join core.items i using (item_id)
    left join core.scores s on s.item_id = v.item_id and s.learner = v.learner
    where v.kept;
create or replace view issues as
    select period, starts_at, ends_at, built_at, seen, kept, path, learner from core.issues where {_OWN};
create or replace view deliveries as
    select period, channel, recipient, state, attempted_at, delivered_at, message_id, error, learner
    from core.deliveries where {_OWN};
"""

_VECTOR_VIEWS = ("embeddings", "embeddings_all")


def version(db: duckdb.DuckDBPyConnection) -> int:
    """How many migrations the file has seen; 0 for a new one."""
    try:  # by far the quickest way to ask, and every opening asks
        row = db.execute("select version, typeof(version) from main.digest_schema").fetchone()
    except (duckdb.CatalogException, duckdb.BinderException):
        return 0
    return int(row[0]) if row and row[1] == "INTEGER" else 0


def check_version(db: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """Refuse a file of a newer program, a DuckDB file that is not an archive of ours, and to read what is not up to date."""
    found = version(db)
    if found > len(MIGRATIONS):
        raise StoreError(
            f"{path}: was written by a newer version of this program "
            f"(schema {found}, this one knows {len(MIGRATIONS)}); nothing in it was touched"
        )
    if found == 0:
        strangers = db.execute(
            " union all ".join(
                f"select 1 from duckdb_{kind}() where not internal and database_name = current_database()"
                for kind in ("tables", "views", "schemas", "functions", "types")
            )
        ).fetchone()
        if strangers:
            raise StoreError(f"{path}: is a DuckDB file, but no archive of this program; nothing in it was touched")
    if read_only and found == 0:
        raise StoreError(f"{path}: holds nothing yet; `digest run` fills it")
    if read_only and found < len(MIGRATIONS):
        raise StoreError(f"{path}: was written by an older version of this program; `digest rank` brings it up to date")


def migrate(db: duckdb.DuckDBPyConnection, path: Path, upto: int | None = None) -> None:
    """Bring the file to this program's schema, or a new one to schema *upto*, with a copy set aside first."""
    found = version(db)
    if found == len(MIGRATIONS):
        return
    if found:
        db.execute("checkpoint")
        copy = path.with_name(f"{path.name}.before-{len(MIGRATIONS)}")
        try:
            shutil.copy2(path, copy)
        except OSError as error:
            raise StoreError(f"{copy}: no copy could be set aside before a migration: {error.strerror}") from error
        if found < _KEY_OUTSIDE:
            keys.move_out(db, path)
    upgrade(db, upto)


def upgrade(db: duckdb.DuckDBPyConnection, upto: int | None = None) -> None:
    """Run the steps that the file has not seen, up to schema *upto* or all, in one transaction."""
    found, target = version(db), len(MIGRATIONS) if upto is None else upto
    # All or nothing: a kill in between must not leave tables without their views.
    db.execute("begin transaction")
    for step in MIGRATIONS[found:target]:
        db.execute(step)
    db.execute("create or replace table main.digest_schema as select ?::integer as version", [target])
    if target == len(MIGRATIONS):
        refresh_views(db)
    db.execute("commit")


def refresh_views(db: duckdb.DuckDBPyConnection) -> None:
    """Define the promised views and macros."""
    db.execute(search_macros.TERMS_OF)
    db.execute(_VIEWS + reading_tables.views(_OWN) + project_tables.views(_OWN))
    _describe(db, [view for view in VIEWS if view not in _VECTOR_VIEWS])
    refresh_vector_views(db)


def refresh_vector_views(db: duckdb.DuckDBPyConnection) -> None:
    """Define those that depend on the models."""
    sizes = [row[0] for row in db.execute("select distinct dimensions from core.models order by 1").fetchall()]
    union = " union all ".join(
        f"select model, text_hash, vector::float[] as vector from core.vectors_{size}" for size in sizes
    )
    nothing = "select ''::varchar as model, 0::ubigint as text_hash, []::float[] as vector where false"
    db.execute(
        f"create or replace view embeddings_all as select i.item_id, v.model, v.vector "
        f"from core.items i join ({union or nothing}) v using (text_hash)"
    )
    current = db.execute("select model, dimensions from core.models where embeds").fetchone()
    if current:
        db.execute(
            f"create or replace view embeddings as select i.item_id, v.model, v.vector from core.items i "
            f"join core.vectors_{current[1]} v using (text_hash) where v.model = (select model from core.models where embeds)"
        )
    else:
        db.execute("create or replace view embeddings as select * from embeddings_all where false")
    db.execute(search_macros.search_macros(*(current or ("", 0))))
    _describe(db, _VECTOR_VIEWS)


def _describe(db: duckdb.DuckDBPyConnection, views: Iterable[str]) -> None:
    """Say inside the archive what each column holds."""
    for view in views:
        for column, meaning in VIEWS[view].items():
            db.execute(f"comment on column main.{view}.{column} is {search_macros.quoted(meaning)}")
