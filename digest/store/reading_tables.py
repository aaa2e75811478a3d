"""The tables and views of notes, of what was read, and of what was proposed to be read."""

#: A part of a migration, and so append-only. Notes are as they were last read from their files.
TABLES = """
    create table core.note_files (
        learner varchar, path varchar,      -- relative to the folder of notes
        size bigint, modified_ns bigint,
        item_id varchar,                    -- null for a file that is no note of ours
        note varchar, written_at timestamp, changed_at timestamp, tags varchar[], problem varchar
    );
    create table core.note_passages (
        learner varchar, path varchar, item_id varchar, place integer, passage varchar,
        model varchar, vector float[]       -- null until it is embedded
    );
    create table core.readings (
        learner varchar, item_id varchar, pass integer, minutes integer, read_at timestamp, origin varchar,
        marked boolean,                     -- whether the mark `read` came with it
        undone_at timestamp
    );
    create table core.plans (learner varchar, starts_at timestamp, minutes integer, made_at timestamp);
    create table core.plan_entries (
        learner varchar, starts_at timestamp, place integer, item_id varchar, work_id varchar,
        pass integer, minutes integer, why varchar
    );
    """

_VIEWS = """
create or replace view notes as
    select item_id, note, path, written_at, changed_at, learner, tags
    from core.note_files where {own} and item_id is not null and note <> '';
create or replace view readings as
    select item_id, pass, minutes, read_at, origin, learner from core.readings where {own} and undone_at is null;
create or replace view plan_entries as
    select starts_at, place, item_id, pass, minutes, why, learner from core.plan_entries where {own};
"""


def views(own: str) -> str:
    """The promised views; *own* is the condition for a connection's own rows."""
    return _VIEWS.format(own=own)
