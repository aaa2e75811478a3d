"""A project as Markdown of its own: its file in the folder of digests, and its trail for `digest project`."""

import datetime as dt
from collections.abc import Iterator

from digest.records import FoundWork, ProjectReview, ProjectTrail, ReviewedWork, ReviewKind, WrapUp
from digest.render.blocks import Block, Line, line, linked, markdown_blocks
from digest.render.commonmark import escape, escape_line, link
from digest.render.project_section import KINDS, left_words, review_note, wrap_up_lines
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, period_words

_WORDS, _NOTE = 400, 300


def project_file(
    name: str,
    question: str,
    until: dt.date | None,
    began_at: dt.datetime,
    review: ProjectReview | None,
    wrapped: WrapUp | None,
    *,
    zone: dt.tzinfo,
) -> str:
    """The file of a project: its literature review, and after its end what became of it."""
    blocks = [*_head(name, question), _span(began_at, until, zone)]
    if wrapped is not None:
        lines = tuple(wrap_up_lines(wrapped, zone))
        blocks += markdown_blocks([Block(title="What became of it", lines=lines)])
    blocks += review_blocks(review, zone) if review is not None else ()
    return "\n\n".join(blocks) + "\n"


def project_markdown(trail: ProjectTrail, zone: dt.tzinfo) -> str:
    """The trail of a project, without its review's own words."""
    blocks = [*_head(trail.name, trail.question), _span(trail.began_at, trail.until, zone, trail.days_left)]
    blocks += markdown_blocks(list(_trail(trail, zone)))
    return "\n\n".join(blocks) + "\n"


def review_markdown(name: str, question: str, review: ProjectReview, zone: dt.tzinfo) -> str:
    """A literature review alone."""
    return "\n\n".join([*_head(name, question), *review_blocks(review, zone)]) + "\n"


def review_blocks(review: ProjectReview, zone: dt.tzinfo) -> Iterator[str]:
    """The works of a review by kind, each with its own words as a quotation."""
    yield "## Literature review"
    made = day_words(review.made_at.astimezone(zone).date())
    what = "your archive and arXiv" if review.asked_arxiv else "your archive"
    note = review_note(review)
    yield escape_line(f"{count_words(len(review.works), 'work')} from {what}, {made}.{f' {note}' if note else ''}")
    number = 0
    for kind in ReviewKind:
        works = [work for work in review.works if work.kind == kind]
        if works:
            yield f"### {KINDS[kind]}"
        for work in works:
            number += 1
            yield _reviewed(number, work, zone)


def _reviewed(number: int, work: ReviewedWork, zone: dt.tzinfo) -> str:
    title = link(shown(work.title, 300) or "(untitled)", web_address(work.url))
    day = day_words(work.published_at.astimezone(zone).date()) if work.published_at else ""
    after = " · ".join(text for text in (shown(work.source, 80), day, work.item_id) if text)
    words = f"\n   > {escape_line(shown(work.words, _WORDS))}" if work.words else ""
    return f"{number}. {title} ({escape(after)}){f'{chr(10)}{words}' if words else ''}"


def _head(name: str, question: str) -> Iterator[str]:
    yield f"# Project: {escape(shown(name, 200))}"
    if question:
        yield f"**Question:** {escape(shown(question, 300))}"


def _span(began_at: dt.datetime, until: dt.date | None, zone: dt.tzinfo, days: int | None = None) -> str:
    began = f"Begun {day_words(began_at.astimezone(zone).date())}"
    ends = f", {'over since' if days is not None and days < 0 else 'until'} {day_words(until)}" if until else ""
    left = f" ({left_words(days)})" if days is not None and days >= 0 else ""
    return escape_line(f"{began}{ends}{left}.")


def _trail(trail: ProjectTrail, zone: dt.tzinfo) -> Iterator[Block]:
    yield Block(title="Found for it", lines=tuple(_found(trail, zone)))
    if trail.review is not None and trail.review.works:
        lines = (
            linked(work.title, work.url, f" · {shown(work.source, 80)} · {work.item_id}") for work in trail.review.works
        )
        yield Block(title="Literature review", lines=tuple(lines))
    if trail.read:
        yield Block(title="Read", lines=tuple(_found_line(one, zone) for one in trail.read))
    if trail.notes:
        notes = (
            line(f"{shown(one.title, 100)}: {shown(one.note, _NOTE)}", label=_day(one.written_at, zone), listed=True)
            for one in trail.notes
        )
        yield Block(title="Notes", lines=tuple(notes))
    if trail.milestones:
        reached = (line(one.milestone, label=_day(one.reached_at, zone), listed=True) for one in trail.milestones)
        yield Block(title="Milestones", lines=tuple(reached))
    if trail.missing:
        told = "Never found" if trail.ended else "Nothing yet on"
        yield Block(title=told, lines=tuple(line(f"“{shown(part, 200)}”", listed=True) for part in trail.missing))


def _found(trail: ProjectTrail, zone: dt.tzinfo) -> Iterator[Line]:
    if not trail.found:
        yield line("No issue has picked a work that speaks to the question yet.")
    for one in trail.found:
        yield _found_line(one, zone)


def _found_line(one: FoundWork, zone: dt.tzinfo) -> Line:
    read = f"read {_day(one.read_at, zone)}" if one.read_at else ""
    told = (shown(one.source, 80), period_words(one.period) if one.period else "", read, one.item_id)
    return linked(one.title, one.url, f" · {' · '.join(text for text in told if text)}")


def _day(moment: dt.datetime | None, zone: dt.tzinfo) -> str:
    return day_words(moment.astimezone(zone).date()) if moment else ""
