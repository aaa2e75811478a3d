"""Tables and views of projects, with their reviews and milestones, and of the turns of reading groups."""

TABLES = """
    create table core.projects (
        learner varchar, project varchar,   -- named for its name and question
        name varchar, question varchar, until date, began_at timestamp,
        asked_at timestamp,                 -- when arXiv answered; null before
        review varchar,                     -- ProjectReview as JSON; null before it is made
        review_period varchar, wrap_up_period varchar,  -- the issues that showed them; null before
        path varchar, written varchar       -- its file in the folder of digests, and a hash of what was last written
    );
    create table core.milestones (learner varchar, project varchar, milestone varchar, reached_at timestamp);
    create table core.group_turns (
        reading_group varchar, period varchar, ends_at timestamp, item_id varchar, work_id varchar,
        presenter varchar, skipped varchar[], members varchar[]     -- learners
    );
"""

#: A group's turns are seen by those who were in it at the time, and by the group itself.
_VIEWS = """
create or replace view projects as
    select project, name, question, until, began_at, asked_at, review_period, wrap_up_period, path, learner
    from core.projects where {own};
create or replace view milestones as
    select project, milestone, reached_at, learner from core.milestones where {own};
create or replace view group_turns as
    select reading_group, period, ends_at, t.item_id, t.work_id, title, url, presenter, skipped, members
    from core.group_turns t left join core.items using (item_id)
    where getvariable('learner') is null or starts_with(getvariable('learner'), '@')
       or list_contains(members, getvariable('learner'));
"""


def views(own: str) -> str:
    """The promised views; *own* is the condition for a connection's own rows."""
    return _VIEWS.format(own=own)
