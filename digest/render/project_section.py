"""What an issue says of the learner's project: the question and what is still open, its first reading, its end."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from itertools import groupby

from digest.records import ProjectReview, ProjectSection, ReviewedWork, ReviewKind, WrapUp
from digest.render.blocks import Block, Line, line, linked
from digest.render.untrusted import shown
from digest.render.wording import count_words, day_words, list_words

#: What the works of a kind are for.
KINDS = {
    ReviewKind.OVERVIEW: "The wide view",
    ReviewKind.SOLUTION: "How others solved it",
    ReviewKind.FURTHER: "Further into it",
}
#: Characters of a work's own words in one line, and entries of a list in a wrap-up.
_WORDS = 160
_MOST = 5


def project_blocks(section: ProjectSection, answers: str, zone: tzinfo) -> tuple[Block, ...]:
    """The blocks of a project; *answers* says which picks speak to the question, or ""."""
    if section.wrap_up is not None:
        lines = tuple(wrap_up_lines(section.wrap_up, zone, most=_MOST))
        told = "The project still counts in your focus; replace it in sources.toml, or take it out."
        whole = f"The whole story: {section.path} in your folder of digests. {told}"
        return (Block(title=f"“{shown(section.name, 80)}” is over", lines=(*lines, line(whole))),)
    opening = Block(lines=tuple(_opening(section, answers)))
    if section.review is None:
        return (opening,)
    return opening, Block(title=f"First reading for “{shown(section.name, 80)}”", lines=tuple(_reading(section)))


def open_words(parts: Sequence[str]) -> str:
    """`“one” and “two”`, for what nothing answers."""
    return list_words([f"“{shown(part, 100)}”" for part in parts])


def left_words(days: int | None) -> str:
    """`23 days left`, `its last day`, or "" without an end."""
    if days is None:
        return ""
    return "its last day" if days == 0 else f"{count_words(days, 'day')} left" if days > 0 else "over"


def wrap_up_lines(wrapped: WrapUp, zone: tzinfo, *, most: int = 0) -> Iterator[Line]:
    """What became of a project; with *most* no list is longer."""
    since = day_words(wrapped.began_at.astimezone(zone).date())
    found = f"Since {since} the issues found {count_words(wrapped.found, 'work')} for it"
    yield line(f"{found}; you read {len(wrapped.read) or 'none'} of these and of its first reading.")
    for one in wrapped.read[: most or None]:
        yield linked(one.title, one.url, f" · {shown(one.source, 80)}", label="Read:")
    yield from _more(len(wrapped.read), most, "read")
    for reached in wrapped.milestones[-most:] if most else wrapped.milestones:
        day = day_words(reached.reached_at.astimezone(zone).date())
        yield line(f"{reached.milestone} ({day})", label="Milestone:", listed=True)
    for note in () if most else wrapped.notes:
        yield line(f"{shown(note.title, 100)}: {note.note}", label="Note:", listed=True)
    if most and wrapped.notes:
        yield line(f"You wrote {count_words(len(wrapped.notes), 'note')} on its works.")
    if wrapped.never_found:
        yield line(open_words(wrapped.never_found), label="Never found:")


def review_line(work: ReviewedWork) -> Line:
    """One work of a review in one line, with its own words."""
    said = f": “{shown(work.words, _WORDS)}”" if work.words else ""
    return linked(work.title, work.url, said)


def review_note(review: ProjectReview) -> str:
    """What a review was made of, where that is not all there could be; or ""."""
    near = "" if review.works else "Nothing in your archive is near the question yet. "
    return f"{near}{'' if review.asked_arxiv else 'arXiv has not been asked yet; the next run tries.'}".strip()


def _opening(section: ProjectSection, answers: str) -> Iterator[Line]:
    if section.question:
        said = answers or "No pick speaks to it this time."
        yield line(f"{shown(section.question, 200)} {said}", label="Your question:")
    left = left_words(section.days_left)
    yield line(f"“{shown(section.name, 100)}”{f', {left}' if left else ''}.", label="Your project:")
    if section.missing:
        yield line(f"{open_words(section.missing)}.", label="Nothing yet on")


def _reading(section: ProjectSection) -> Iterator[Line]:
    review = section.review
    if review is None:
        return
    for kind, works in groupby(review.works, lambda work: work.kind):
        yield Line(pieces=(), label=f"{KINDS[kind]}:")
        yield from map(review_line, works)
    note = review_note(review)
    whole = f"The whole review: {section.path} in your folder of digests." if review.works else ""
    if told := " ".join(text for text in (whole, note) if text):
        yield line(told)


def _more(count: int, most: int, what: str) -> Iterator[Line]:
    if most and count > most:
        yield line(f"and {count - most} more {what}", listed=True)
