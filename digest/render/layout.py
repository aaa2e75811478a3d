"""The layout of an issue: the texts that every rendering shows, before any markup.

`lay_out` turns an `Issue` into a `Page` of finished one-line texts, so that Markdown, HTML
and plain text only arrange and escape. Texts are still untrusted as markup; addresses are
http or https, or "".
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from digest.records import GroupSection, Issue, NearMiss, Pick, Section
from digest.render.blocks import Block
from digest.render.byline import byline, credit
from digest.render.drift import DriftLine, lay_out_drift
from digest.render.empty_issue import what_would_help, why_empty
from digest.render.events import EventLine, lay_out_events
from digest.render.group_section import HOW_IT_IS_CHOSEN, group_blocks, presents
from digest.render.links import ReasonLink, pieces, standing_alone
from digest.render.project_section import project_blocks
from digest.render.reading_plan import Week, lay_out_plan
from digest.render.related import Related, lay_out_foundation, lay_out_noted, lay_out_related, numbered
from digest.render.trends import Trends, lay_out_trends
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, duration_words, percent, period_words, span_words

SECTIONS: dict[str, tuple[str, str]] = {
    Section.LETTER: ("The letter: models, theory, papers", ""),
    Section.ENVELOPE: ("The envelope: data, serving, platforms", ""),
    Section.STRETCH: ("The stretch: next to your focus", "Chosen on purpose from just outside what you asked for."),
}
EXCERPT = 350  # characters: two or three sentences, enough to decide on
_NEAR_MISSES = 10
_FAILING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PickEntry:
    """One pick as it is shown."""

    #: counted through all sections, from 1
    number: int
    item_id: str
    #: "letter", "envelope" or "stretch"
    section: str
    title: str
    url: str
    byline: tuple[str, ...]  # source, date, authors, reading time: those that are known
    credit: tuple[str, ...]  # the same without the reading time
    #: the learner's question where this pick speaks to it and its reason does not quote it, or ""
    question: str
    reason: str
    #: the same in pieces, those that it names with their addresses
    why: tuple[ReasonLink, ...]
    excerpt: str
    #: code, data, talk, PDF
    resources: tuple[ReasonLink, ...]
    also_at: tuple[ReasonLink, ...]
    related: tuple[Related, ...]
    marks: tuple[ReasonLink, ...] = ()  # what marks it by a reply, in mail


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSection:
    name: str
    title: str
    note: str
    entries: tuple[PickEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMissLine:
    item_id: str
    title: str
    url: str
    source: str
    reason: str
    #: what would have changed the verdict, or ""
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All texts of one digest in reading order."""

    title: str
    dates: str
    #: works seen and kept, and the time the kept ones take
    numbers: str
    question: str
    #: which entries bear on the question, or ""
    answers: str
    #: the question where no entry bears on it, or ""; otherwise it stands with those that do
    unanswered: str
    #: the pick to read if there is time for one, or None
    first: PickEntry | None
    #: why there are no picks, or ""
    empty: str
    sections: tuple[PageSection, ...]
    foundation: Related | None
    #: what to read in which order
    week: Week | None
    events: tuple[EventLine, ...]
    trends: Trends
    near_misses: tuple[NearMissLine, ...]
    #: where what is liked has left the focus
    drift: tuple[DriftLine, ...]
    #: the sources whose last fetch failed, in one line, or ""
    failing: str
    made: tuple[str, ...]
    #: what stands above the picks: of a project, of a reading group
    blocks: tuple[Block, ...] = ()


def lay_out(issue: Issue) -> Page:
    zone = _zone(issue.zone)
    if issue.group is not None:
        return _group_page(issue, issue.group, zone)
    question = shown(issue.question, 300)
    said_once = issue.project is not None  # above the picks
    pairs = [
        (pick, _entry(number, pick, question if pick.on_question and not said_once else "", zone))
        for number, pick in enumerate(_in_order(issue.picks), start=1)
    ]
    return Page(
        title=f"{_whose(issue)} digest · {period_words(issue.period)}",
        dates=span_words(issue.starts_at.astimezone(zone), issue.ends_at.astimezone(zone)),
        numbers=_numbers(issue),
        question=question,
        answers=_answers(pairs),
        unanswered="" if said_once or any(pick.on_question for pick, _ in pairs) else question,
        first=_first(issue, pairs),
        empty=why_empty(issue),
        sections=tuple(
            _section(name, tuple(entry for _, entry in group))
            for name, group in groupby(pairs, lambda pair: pair[0].section)
        ),
        foundation=lay_out_foundation(issue.foundation, {pick.item_id: entry.number for pick, entry in pairs}, zone),
        week=lay_out_plan(issue.plan, {pick.item_id: entry.number for pick, entry in pairs}),
        events=lay_out_events(issue.events, issue.ends_at, zone),
        trends=lay_out_trends(issue.weekly),
        near_misses=tuple(map(_near_miss, issue.near_misses[:_NEAR_MISSES])),
        drift=lay_out_drift(issue.drift),
        failing=_failing(issue.ailing),
        made=_made(issue),
        blocks=project_blocks(issue.project, _answers(pairs), zone) if issue.project is not None else (),
    )


def _group_page(issue: Issue, group: GroupSection, zone: dt.tzinfo) -> Page:
    return Page(
        title=f"{shown(group.name, 80)} · {period_words(issue.period)}",
        dates=span_words(issue.ends_at.astimezone(zone), issue.ends_at.astimezone(zone)),
        numbers=presents(group),
        question="",
        answers="",
        unanswered="",
        first=None,
        empty="",
        sections=(),
        foundation=None,
        week=None,
        events=(),
        trends=Trends(note="", themes=()),
        near_misses=(),
        drift=(),
        failing="",
        made=HOW_IT_IS_CHOSEN,
        blocks=group_blocks(group, zone),
    )


def subject(issue: Issue) -> str:
    """Return the one line a mailbox shows: the period, the numbers and the title to read first."""
    page = lay_out(issue)
    if issue.group is not None:
        return f"{page.title}: {shown(issue.group.paper.title, 60)}"
    head = f"{page.title}: {issue.kept} of {issue.seen:,}" if issue.kept else f"{page.title}: nothing kept"
    first = page.first or next((entry for section in page.sections for entry in section.entries), None)
    return f"{head} · {shown(first.title, 60)}" if first else head


def _in_order(picks: Sequence[Pick]) -> list[Pick]:
    """Sections in the order of their first picks, the stretch last; picks keep their order within."""
    names = list(dict.fromkeys(pick.section for pick in picks))
    return sorted(picks, key=lambda pick: (pick.section == Section.STRETCH, names.index(pick.section)))


def _first(issue: Issue, pairs: Sequence[tuple[Pick, PickEntry]]) -> PickEntry | None:
    """The pick that the issue names, or the best one inside the focus; with one or two there is nothing to choose."""
    if len(pairs) <= 2:
        return None
    named = [entry for pick, entry in pairs if issue.first and pick.item_id == issue.first]
    inside = [pair for pair in pairs if pair[0].section != Section.STRETCH]
    return named[0] if named else max(inside, key=lambda pair: pair[0].score)[1] if inside else None


def _answers(pairs: Sequence[tuple[Pick, PickEntry]]) -> str:
    numbers = [entry.number for pick, entry in pairs if pick.on_question]
    return f"{numbered(numbers)} {'speaks' if len(numbers) == 1 else 'speak'} to it." if numbers else ""


def _near_miss(miss: NearMiss) -> NearMissLine:
    named = miss.reason.startswith(miss.source)  # "arXiv had its third" needs no second arXiv before it
    return NearMissLine(
        item_id=miss.item_id,
        title=shown(miss.title, 200) or "(untitled)",
        url=web_address(miss.url),
        source="" if named else shown(miss.source, 80),
        reason=shown(miss.reason, 200),
        change=shown(miss.change, 200),
    )


def _failing(lines: Sequence[str]) -> str:
    """`A: HTTP 404; B: timed out`; an outage of many must not bury the digest."""
    named = [text for line in lines if (text := shown(line, 200))]
    more = [f"and {len(named) - _FAILING} more, which “digest status” names"] if len(named) > _FAILING else []
    return "; ".join(named[:_FAILING] + more)


def _section(name: str, entries: tuple[PickEntry, ...]) -> PageSection:
    title, note = SECTIONS.get(name, (name.capitalize(), ""))
    return PageSection(name=name, title=title, note=note, entries=entries)


def _entry(number: int, pick: Pick, question: str, zone: dt.tzinfo) -> PickEntry:
    reason = shown(pick.reason, 300)
    return PickEntry(
        number=number,
        item_id=pick.item_id,
        section=pick.section,
        title=shown(pick.title, 300) or "(untitled)",
        url=web_address(pick.url),
        byline=tuple(byline(pick, zone)),
        credit=tuple(credit(pick, zone)),
        question="" if question in reason else question,
        reason=reason,
        why=tuple(pieces(reason, pick.resources)),
        excerpt=shown(pick.excerpt, EXCERPT),
        resources=tuple(standing_alone(pick.resources)),
        also_at=tuple(ReasonLink(text=shown(place.source, 80), url=web_address(place.url)) for place in pick.also_at),
        related=(
            *([lay_out_noted(pick.noted)] if pick.noted else []),
            *(lay_out_related(connection, zone) for connection in pick.connections),
        ),
    )


def _numbers(issue: Issue) -> str:
    if not issue.seen:
        return "No new works seen."
    words = f"{count_words(issue.seen, 'work')} seen, {_kept(issue)}"
    minutes = sum(pick.minutes for pick in issue.picks)
    help_ = f" {what_would_help(issue)}" if issue.picks and issue.wanting else ""
    if not minutes:
        return f"{words}.{help_}"
    at_least = "" if all(pick.minutes for pick in issue.picks) else "at least "  # the length of a teaser is unknown
    return f"{words}, {at_least}{duration_words(minutes)} in all.{help_}"


def _kept(issue: Issue) -> str:
    if not issue.kept:
        return "none kept"
    share = issue.kept / issue.seen
    return f"{issue.kept} kept ({percent(share) if share >= 0.001 else 'under 0.1%'})"


def _made(issue: Issue) -> tuple[str, ...]:
    passes = any(pick.suggested_pass for pick in issue.picks)
    aim = f" with what you want to learn (“{statement}”)" if (statement := shown(issue.statement, 200)) else ""
    return (
        f"Every work that was new in these days was compared{aim}; the nearest were kept, one piece of work "
        "once, and nothing that an earlier digest showed.",
        f"You lean {_lean_words(issue.lean)}, which decides between works that are about as good.",
        *(
            ["Papers are read in passes: 10 minutes for what they claim, an hour for how, four to redo them."]
            if passes
            else []
        ),
        "To see all the evidence for a pick, ask “digest why” and its address; what you mark teaches the next digest.",
    )


def _lean_words(lean: float) -> str:
    envelope = round(100 * lean)
    if envelope == 50:
        return "to neither side"
    return f"to the envelope ({envelope}%)" if envelope > 50 else f"to the letter ({100 - envelope}%)"


def _whose(issue: Issue) -> str:
    name = shown(issue.learner, 60)
    return f"{name}’s" if name else "Your"


def _zone(name: str) -> dt.tzinfo:
    """The learner's time zone, or UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return dt.UTC
