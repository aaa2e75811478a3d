"""The turns of a reading group, and the papers that it may read next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.records import GroupTurn
from digest.store.archive import Connection
from digest.store.conversion import insert, records, to_db

#: The best papers by the least content member, of which the choice is made.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCandidate:
    """A paper, with how relevant it is to each member by that member's own scores."""

    work_id: str
    item_id: str
    title: str
    #: standard deviations above the mean of all papers to choose from, by learner
    standing: Mapping[str, float]
    #: its place among them, from 1, by learner
    places: Mapping[str, int]
    #: how many there are
    among: int


def turns(db: Connection, group: str) -> list[GroupTurn]:
    """A group's turns, oldest first."""
    columns = ", ".join(GroupTurn.__slots__)
    sql = f"select {columns} from core.group_turns where reading_group = ? order by ends_at, rowid"
    return [_with_tuples(one) for one in records(db, GroupTurn, sql, [group])]


def add(db: Connection, group: str, turn: GroupTurn) -> None:
    row = {name: getattr(turn, name) for name in GroupTurn.__slots__}
    row |= {"ends_at": to_db(turn.ends_at), "members": list(turn.members), "skipped": list(turn.skipped)}
    insert(db, "core.group_turns", [row | {"reading_group": group}])


def change_presenter(db: Connection, group: str, turn: GroupTurn) -> None:
    """Write who presents and who was skipped; the rest of a turn stays as it is."""
    db.execute(
        "update core.group_turns set presenter = ?, skipped = ? where reading_group = ? and period = ?",
        [turn.presenter, list(turn.skipped), group, turn.period],
    )


def papers(
    db: Connection, members: Sequence[str], *, since: datetime | None, without: Sequence[str]
) -> list[GroupCandidate]:
    """Papers that every member has a score for, first seen since a moment and news, or of the whole archive.

    *without* are works that are left out. Best first by the member that they serve least.
    """
    news = "and not backfill and first_seen_at >= $since" if since is not None else ""
    values: dict[str, object] = {"members": list(members), "without": list(without), "most": _MOST}
    values |= {"since": to_db(since)} if since is not None else {}
    rows = db.execute(
        f"""
        with papers as (
            select item_id, work_id, title from core.items
            where (arxiv_id is not null or doi is not null) and seconds = 0 and title <> '' {news}
              and work_id not in (select unnest($without::varchar[]))
            qualify row_number() over (partition by work_id order by arxiv_id is null, first_seen_at, item_id) = 1
        ), scored as (
            select learner, item_id, relevance from core.scores semi join papers using (item_id)
            where learner in (select unnest($members::varchar[]))
        ), standing as (
            select learner, item_id,
                   (relevance - avg(relevance) over own) / greatest(coalesce(stddev_pop(relevance) over own, 0), 1e-6) as standing,
                   rank() over (partition by learner order by relevance desc) as place,
                   count(*) over own as among
            from scored window own as (partition by learner)
        )
        select work_id, item_id, title, map_from_entries(list((learner, standing))) as standing,
               map_from_entries(list((learner, place))) as places, max(among) as among
        from standing join papers using (item_id) group by work_id, item_id, title
        having count(*) = len($members) order by min(standing) desc, item_id limit $most
        """,
        values,
    ).fetchall()
    return [
        GroupCandidate(
            work_id=work_id, item_id=item_id, title=title, standing=standing, places=places, among=int(among)
        )
        for work_id, item_id, title, standing, places, among in rows
    ]


def _with_tuples(turn: GroupTurn) -> GroupTurn:
    return GroupTurn(
        **{name: getattr(turn, name) for name in GroupTurn.__slots__ if name not in ("members", "skipped")},
        members=tuple(turn.members),
        skipped=tuple(turn.skipped or ()),
    )
