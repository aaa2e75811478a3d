"""From verdicts to an Issue: all that a renderer needs, in reading order. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from digest.compose.candidates import Candidate, Decision
from digest.compose.excerpt import excerpt
from digest.compose.near_misses import near_misses
from digest.compose.reading_time import Paper, minutes, suggest_passes
from digest.compose.reasons import resources_of, without_repeats
from digest.config import Config, Focus
from digest.judge.evidence import opening
from digest.records import Connection, Foundation, Issue, Noted, Pick, Place, Point, Section, Verdict, Weekly, short_id
from digest.sources.identifiers import without_tracking

#: For the one thing to read, in standard deviations of relevance: the bonus for speaking to the learner's
#: question, and the cost of each half hour beyond the first.
_QUESTION_BONUS = 0.5
_HALF_HOUR = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What the archive adds to an issue."""

    #: by item id
    connections: Mapping[str, tuple[Connection, ...]] = field(default_factory=dict)
    #: the learner's notes that picks are close to, by item id
    noted: Mapping[str, Noted] = field(default_factory=dict)
    foundation: Foundation | None = None
    weekly: Weekly = field(default_factory=Weekly)
    failing: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


def compose(
    candidates: Sequence[Candidate],
    decision: Decision,
    config: Config,
    *,
    period: str,
    starts_at: datetime,
    now: datetime,
    floor: float,
    background: Background | None = None,
) -> Issue:
    """The issue that ends *now*; its picks come from *decision*."""
    behind = background or Background()
    by_work = {candidate.work.work_id: candidate for candidate in candidates}
    picks = _with_notes(_picks(by_work, decision, config, behind.connections), behind.noted)
    focus = config.focus
    return Issue(
        period=period,
        starts_at=starts_at,
        ends_at=now,
        built_at=now,
        zone=str(config.zone),
        learner=config.learner.name,
        statement=focus.statement,
        question=focus.project.question if focus.project else "",
        focus_id=focus_id(focus),
        lean=focus.lean,
        seen=len(decision.verdicts),
        kept=len(picks),
        picks=picks,
        near_misses=near_misses(candidates, decision, floor=floor),
        points=tuple(_point(by_work[verdict.work_id], verdict) for verdict in decision.verdicts),
        ailing=behind.failing,
        unreached=behind.unreached,
        first=first_to_read(picks),
        foundation=behind.foundation,
        weekly=behind.weekly,
    )


def focus_id(focus: Focus) -> str:
    """A short name of what relevance depends on: two focuses of one name judge alike."""
    return short_id(focus.model_dump_json(include={"statement", "topics", "avoid", "mode", "project"}))


def _picks(
    by_work: Mapping[str, Candidate],
    decision: Decision,
    config: Config,
    connections: Mapping[str, tuple[Connection, ...]],
) -> tuple[Pick, ...]:
    """The kept works in reading order, papers with the suggested pass."""
    kept = [verdict for verdict in decision.verdicts if verdict.kept]
    picks = tuple(
        replace(
            _pick(by_work[verdict.work_id], verdict, section, config.focus, connections),
            traded=decision.traded.get(verdict.work_id, ""),
        )
        for section in sections(config.focus.lean)
        for verdict in kept
        if verdict.section == section
    )
    return _with_passes(without_repeats(picks, by_work), by_work, config)


def sections(lean: float) -> tuple[Section, ...]:
    """The sections of an issue, the side leaned to first, the stretch last."""
    sides = (Section.LETTER, Section.ENVELOPE)
    return (*(reversed(sides) if lean > 0.5 else sides), Section.STRETCH)


def first_to_read(picks: Sequence[Pick]) -> str:
    """The item to read if there is time for one: the best in focus, less its cost in time; "" for none."""

    def worth(pick: Pick) -> float:
        long = max(0, (10 if pick.arxiv_id else pick.minutes) - 30) / 30
        return pick.score + _QUESTION_BONUS * pick.on_question - _HALF_HOUR * long

    inside = [pick for pick in picks if pick.section != Section.STRETCH]
    return max(inside, key=worth).item_id if inside else ""


def _pick(
    candidate: Candidate,
    verdict: Verdict,
    section: Section,
    focus: Focus,
    connections: Mapping[str, tuple[Connection, ...]],
) -> Pick:
    item, judged = candidate.item, candidate.judged
    return Pick(
        item_id=item.item_id,
        work_id=verdict.work_id,
        title=item.title,
        url=without_tracking(item.url or next((other.url for other in candidate.work.items if other.url), "")),
        source=item.source,
        section=section,
        reason=verdict.reason,
        authors=item.authors,
        published_at=item.published_at,
        minutes=minutes(item),
        excerpt=excerpt(item),
        score=judged.score,
        relevance=judged.relevance,
        lean=judged.lean,
        also_at=_also_at(candidate),
        arxiv_id=item.arxiv_id,
        words=item.words,
        seconds=item.seconds,
        on_question=candidate.on_question,
        connections=connections.get(item.item_id, ()),
        resources=resources_of(candidate, focus),
    )


def speaking(issue: Issue, candidates: Sequence[Candidate]) -> Issue:
    """The issue whose picks are on the question wherever their own reason says that they speak to it."""
    says = {one.item.item_id for one in candidates if opening(one.judged).startswith("speaks to")}
    picks = tuple(replace(pick, on_question=pick.on_question or pick.item_id in says) for pick in issue.picks)
    return replace(issue, picks=picks)


def _with_passes(picks: Sequence[Pick], by_work: Mapping[str, Candidate], config: Config) -> tuple[Pick, ...]:
    """The picks with a pass for each paper; the passes fit into the minutes."""
    papers = [
        Paper(
            item_id=pick.item_id,
            relevance=pick.relevance,
            on_question=pick.on_question,
            with_code="code" in by_work[pick.work_id].judged.evidence.extras,
        )
        for pick in picks
        if pick.arxiv_id and not pick.seconds and pick.section != Section.STRETCH
    ]
    available = config.digest.minutes
    spare = None if available is None else max(0, available - sum(pick.minutes for pick in picks))
    passes = suggest_passes(papers, deep=config.focus.mode == "deep", spare=spare)
    return tuple(
        replace(
            pick,
            suggested_pass=passes[pick.item_id].number,
            pass_reason=passes[pick.item_id].reason,
            minutes=passes[pick.item_id].minutes,
        )
        if pick.item_id in passes
        else pick
        for pick in picks
    )


def _with_notes(picks: Sequence[Pick], noted: Mapping[str, Noted]) -> tuple[Pick, ...]:
    """The picks with the note that each is close to, which says more than that the two works are related."""
    return tuple(
        replace(
            pick,
            noted=noted[pick.item_id],
            connections=tuple(one for one in pick.connections if one.item_id != noted[pick.item_id].item_id),
        )
        if pick.item_id in noted
        else pick
        for pick in picks
    )


def _also_at(candidate: Candidate) -> tuple[Place, ...]:
    """Where else the work can be read or is discussed, each source once."""
    own = candidate.item
    others: dict[str, Place] = {}
    if own.discussion and own.discussion != own.url:
        others[own.source] = Place(source=f"discussion at {urlsplit(own.discussion).hostname}", url=own.discussion)
    for item in candidate.work.items:
        url = item.discussion or item.url  # an aggregator's url is the address it links to
        if item.source != own.source and url:
            others.setdefault(item.source, Place(source=item.source, url=without_tracking(url)))
    return tuple(others.values())


def _point(candidate: Candidate, verdict: Verdict) -> Point:
    judged = candidate.judged
    return Point(lean=round(judged.lean, 3), relevance=round(judged.relevance, 2), kept=verdict.kept)
