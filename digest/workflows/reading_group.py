"""The reading group: the one paper of a period, chosen once and delivered like an issue, and turns of presenting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.compose import periods
from digest.compose import reading_group as choices
from digest.compose.eligibility import muted
from digest.compose.excerpt import excerpt
from digest.config import Config
from digest.config.groups import group_view, members_of
from digest.config.messages import did_you_mean
from digest.errors import DigestError
from digest.judge.embedding import Embedder
from digest.judge.evidence import reason
from digest.judge.focus import read_focus
from digest.records import Evidence, GroupPaper, GroupSection, GroupTurn, Issue, MarkKind, Service
from digest.store import archive, deliveries, group_turns, vectors, verdicts
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store import works as work_rows
from digest.store.archive import Connection, acting_for
from digest.store.group_turns import GroupCandidate
from digest.workflows import delivering
from digest.workflows.building import redraw
from digest.workflows.candidates import evidence_of, judgement_of
from digest.workflows.delivering import Delivered
from digest.workflows.likes import liked
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked

#: Papers that came in since then are chosen from; older ones only where there are none.
LATELY = timedelta(weeks=8)
_PAST_IT = frozenset({MarkKind.DISLIKE, MarkKind.READ})


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """What a run did for the reading group."""

    name: str
    #: None unless a paper was chosen now
    issue: Issue | None = None
    delivered: tuple[Delivered, ...] = ()
    #: when the next paper is chosen; None if one was, or before anything was fetched
    next_issue: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """What `digest group` shows: past turns oldest first, each with its section where there is one."""

    name: str
    members: tuple[str, ...]
    past: tuple[tuple[GroupTurn, GroupSection | None], ...]
    next_presenter: str
    #: turns that each member is taken to have had, by name
    turns: Mapping[str, int]
    next_issue: datetime | None


def issue_and_deliver(
    config: Config, model: Embedder, now: datetime, *, first: bool = False, only_due: bool = False, wait: float
) -> GroupResult | None:
    """Choose the paper of the period if it is due, and deliver what is pending; None without a group.

    With *first* the group's first paper is chosen now, due or not; every later one has its day. *only_due* skips
    deliveries that failed a moment ago.
    """
    group = group_view(config)
    if group is None:
        return None
    issue = _choose(group, members_of(config), model, now, first=first, wait=wait)
    delivered = delivering.deliver_pending(group, now, wait=wait, only_due=only_due)
    with opened(group, wait=wait, read_only=True) as db:
        due = None if issue else due_at(db, group)
    return GroupResult(name=group.learner.name, issue=issue, delivered=tuple(delivered), next_issue=due)


def due_at(db: Connection, group: Config) -> datetime | None:
    """When the next paper is chosen; None before anything was fetched."""
    began = verdicts.began_at(db)
    past = group_turns.turns(db, group.learner_id)
    return choices.due_at(past, began, group.digest, group.zone) if began is not None else None


def is_due(db: Connection, config: Config, now: datetime) -> bool:
    """Whether there is a paper to choose, or an issue of the group to deliver."""
    group = group_view(config)
    if group is None:
        return False
    due = due_at(db, group)
    with acting_for(db, group.learner_id):
        return (due is not None and due <= now) or delivering.any_due(db, group, now)


def report(config: Config, *, wait: float) -> GroupReport:
    """The group as it stands; DigestError where sources.toml has none."""
    group, members = _declared(config)
    ids, named = [one.learner_id for one in members], _names(config)
    past: list[tuple[GroupTurn, GroupSection | None]] = []
    due = None
    if config.archive.exists():
        with opened(group, wait=wait, read_only=True) as db:
            for turn in group_turns.turns(db, group.learner_id):
                issue = verdicts.issue(db, turn.period)
                past.append((turn, issue.group if issue else None))
            due = due_at(db, group)
    turns = [turn for turn, _ in past]
    counts = choices.turns_taken(turns, ids)
    return GroupReport(
        name=group.learner.name,
        members=tuple(named[one] for one in ids),
        past=tuple(past),
        next_presenter=named[choices.in_turn(turns, ids)[0]],
        turns={named[one]: count for one, count in counts.items()},
        next_issue=due,
    )


def skip(config: Config, who: str, *, wait: float) -> str:
    """Let the next member present this period's paper in place of *who*; returns who does."""

    def change(turn: GroupTurn, past: Sequence[GroupTurn], members: Sequence[str], member: str) -> GroupTurn:
        if turn.presenter != member:
            raise DigestError(f"{who} does not present the paper of {turn.period}, so there is nothing to skip")
        if not set(members) - {*turn.skipped, member}:
            raise DigestError(f"everybody else has skipped the paper of {turn.period}")
        return choices.skip(turn, past, members, member)

    return _change_presenter(config, who, change, wait=wait)


def let_present(config: Config, who: str, *, wait: float) -> str:
    """Let *who* present this period's paper; returns their name."""
    return _change_presenter(config, who, lambda turn, past, members, member: choices.present(turn, member), wait=wait)


def _change_presenter(
    config: Config,
    who: str,
    change: Callable[[GroupTurn, Sequence[GroupTurn], Sequence[str], str], GroupTurn],
    *,
    wait: float,
) -> str:
    group, members = _declared(config)
    ids, named = [one.learner_id for one in members], _names(config)
    member = next((one for one in ids if who.casefold() in (one.casefold(), named[one].casefold())), "")
    if not member:
        raise DigestError(
            f"{who!r} is no member of {group.learner.name}{did_you_mean(who, [named[one] for one in ids])}"
        )
    with opened(group, wait=wait) as db:
        every = group_turns.turns(db, group.learner_id)
        if not every:
            raise DigestError("the group has no paper yet; the first issue chooses one and says whose turn it is")
        *past, last = every
        turn = change(last, past, ids, member)
        issue = verdicts.issue(db, turn.period)
        with archive.transaction(db):
            group_turns.change_presenter(db, group.learner_id, turn)
            if issue is not None and issue.group is not None:
                section = _with_presenter(issue.group, turn, [*past, turn], ids, named)
                verdicts.save_issue(db, replace(issue, group=section), (), path=_path(group, turn.period))
    redraw(group, turn.period, wait=wait)
    return named[turn.presenter]


def _choose(
    group: Config, members: Sequence[Config], model: Embedder, now: datetime, *, first: bool, wait: float
) -> Issue | None:
    """Choose the paper if it is due and store it with the turn and its deliveries, all or nothing."""
    with opened(group, wait=wait) as db:
        past, due = group_turns.turns(db, group.learner_id), due_at(db, group)
        at_once = first and not past
        if due is None or (due > now and not at_once):
            return None
        ends_at = now if at_once else choices.latest_due(due, now, group.digest, group.zone)
        paper = _paper(db, members, past, model, now)
        if paper is None:
            return None
        ids, named = [one.learner_id for one in members], {one.learner_id: one.learner.name for one in members}
        turn = GroupTurn(
            period=periods.name(ends_at, group.digest, group.zone),
            ends_at=now,
            item_id=paper.item_id,
            work_id=paper.work_id,
            presenter=choices.in_turn(past, ids)[0],
            members=tuple(ids),
        )
        section = GroupSection(name=group.learner.name, paper=paper, presenter="", members=tuple(named.values()))
        issue = Issue(
            period=turn.period,
            starts_at=past[-1].ends_at if past else periods.start(None, now, group.digest),
            ends_at=now,
            built_at=now,
            zone=str(group.zone),
            learner=group.learner.name,
            group=_with_presenter(section, turn, [*past, turn], ids, named),
        )
        with archive.transaction(db):
            group_turns.add(db, group.learner_id, turn)
            verdicts.save_issue(db, issue, (), path=_path(group, turn.period))
            for receipt in delivering.plan(issue, delivering.channels(group)):
                deliveries.record(db, receipt)
    return issue


def _with_presenter(
    section: GroupSection, turn: GroupTurn, past: Sequence[GroupTurn], ids: Sequence[str], named: Mapping[str, str]
) -> GroupSection:
    """The section with who presents, and who would be next after that."""
    following = next((one for one in choices.in_turn(past, ids) if one != turn.presenter), "")
    presenter = named.get(turn.presenter, turn.presenter)
    return replace(section, presenter=presenter, next_presenter=named.get(following, ""))


def _paper(
    db: Connection, members: Sequence[Config], past: Sequence[GroupTurn], model: Embedder, now: datetime
) -> GroupPaper | None:
    """The paper that serves all best; None where there is none to choose from."""
    without = {turn.work_id for turn in past}
    for one in members:
        with acting_for(db, one.learner_id):
            marked = mark_rows.standing(db)
        without |= set(
            work_rows.of_items(db, [key for key, held in marked.items() if not _PAST_IT.isdisjoint(held)]).values()
        )
    ids = [one.learner_id for one in members]
    mute = [phrase for one in members for phrase in one.focus.mute]
    for since in (now - LATELY, None):
        papers = group_turns.papers(db, ids, since=since, without=sorted(without))
        found = {one.item_id: one for one in papers}
        items = {item.item_id: item for work in work_rows.with_items(db, list(found)) for item in work.items}
        allowed = {key: one.standing for key, one in found.items() if not muted(items[key], mute)}
        if best := choices.best_paper(allowed):
            return _described(db, members, found[best], model)
    return None


def _described(db: Connection, members: Sequence[Config], chosen: GroupCandidate, model: Embedder) -> GroupPaper:
    work, item = work_rows.with_item(db, chosen.item_id)
    return GroupPaper(
        item_id=item.item_id,
        work_id=chosen.work_id,
        title=item.title,
        url=item.url or next((other.url for other in work.items if other.url), ""),
        source=item.source,
        authors=item.authors,
        published_at=item.published_at,
        excerpt=excerpt(item),
        serves=tuple(_service(db, one, chosen, model) for one in members),
    )


def _service(db: Connection, member: Config, chosen: GroupCandidate, model: Embedder) -> Service:
    """How a paper serves one member: the reason that their own digest would give, and its place by their scores."""
    _, item = work_rows.with_item(db, chosen.item_id)
    with acting_for(db, member.learner_id):
        found = vectors.of_items(db, model.name, model.dimensions, [item.item_id])
        score = score_rows.of_items(db, [item.item_id]).get(item.item_id)
        ranked = Ranked(items=0, model=model, focus=read_focus(member.focus, model))
        known = [item] if item.item_id in found else []
        evidence = evidence_of(known, found, ranked, liked(db, model)).get(item.item_id, Evidence())
    told = ""
    if score is not None:
        told = reason(judgement_of(item, score, evidence))
    place = int(chosen.places.get(member.learner_id, 0))
    return Service(member=member.learner.name, reason=told, place=place, among=chosen.among)


def _declared(config: Config) -> tuple[Config, tuple[Config, ...]]:
    group, members = group_view(config), members_of(config)
    if group is None:
        raise DigestError(
            'there is no reading group; say [group] with a name in sources.toml, such as name = "Thursday readers"'
        )
    return group, members


def _names(config: Config) -> dict[str, str]:
    """Every learner's name by id."""
    return {one.learner_id: one.learner.name for one in config.learners}


def _path(group: Config, period: str) -> str:
    from digest.deliver.files import path_of

    return str(path_of(group.digest_folder, period))
