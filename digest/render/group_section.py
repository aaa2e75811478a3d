"""What the issue of a reading group says: the paper, how it serves each member, and who presents it."""

import datetime as dt
from collections.abc import Iterator

from digest.records import GroupSection, Service
from digest.render.blocks import Block, Line, line, linked
from digest.render.untrusted import shown
from digest.render.wording import day_words, list_words

_AUTHORS = 4
_NAME = 60

HOW_IT_IS_CHOSEN = (
    "Of the papers that came in lately, and that no member has read or disliked, this one does most for the member "
    "it does least for, and then for all; each member’s own scores count, on a scale of their own.",
    "No paper comes twice. Who has presented least often is next.",
)


def group_blocks(group: GroupSection, zone: dt.tzinfo) -> tuple[Block, ...]:
    """The blocks of a group's issue."""
    paper = Block(lines=tuple(_paper(group, zone)))
    serves = Block(title="How it serves each of you", lines=tuple(map(_service, group.paper.serves)))
    return paper, serves


def presents(group: GroupSection) -> str:
    """Who presents, and who is next."""
    after = f" Next: {shown(group.next_presenter, _NAME)}." if group.next_presenter else ""
    return f"{shown(group.presenter, _NAME)} presents.{after}"


def byline(group: GroupSection, zone: dt.tzinfo) -> str:
    """`arXiv · 3 March 2026 · Ada Byron, Charles Babbage`, as far as it is known."""
    paper = group.paper
    names = [shown(name, 40) for name in paper.authors[:_AUTHORS]]
    more = [f"{len(paper.authors) - _AUTHORS} more"] if len(paper.authors) > _AUTHORS else []
    who = list_words([*names, *more]) if more else ", ".join(names)
    day = day_words(paper.published_at.astimezone(zone).date()) if paper.published_at else ""
    return " · ".join(text for text in (shown(paper.source, 80), day, who) if text)


def service_words(service: Service) -> str:
    """How the paper serves one member, with its place by that member's own scores."""
    place = f"number {service.place:,} of {service.among:,} by their own scores" if service.among else ""
    return "; ".join(text for text in (shown(service.reason, 240), place) if text) or "not scored yet"


def _paper(group: GroupSection, zone: dt.tzinfo) -> Iterator[Line]:
    yield linked(group.paper.title, group.paper.url, label="The paper:", listed=False)
    if told := byline(group, zone):
        yield line(told)
    if group.paper.excerpt:
        yield line(group.paper.excerpt)


def _service(service: Service) -> Line:
    return line(service_words(service), label=f"{shown(service.member, _NAME)}:", listed=True)
