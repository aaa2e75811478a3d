"""A recap: what was read, liked and saved in a span of time, and in the learner's own words why. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.compose.reading_time import minutes_of

#: A note begins with a link to what it is about, and each day's part of it with the day.
_SOURCE = re.compile(r"Source: .*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapWork:
    """One work with what the learner did with it."""

    item_id: str
    title: str
    url: str
    source: str
    authors: tuple[str, ...]
    published_at: datetime | None
    #: "letter" or "envelope", or "" where that is not known
    side: str
    at: datetime
    #: the deepest pass of a paper, 0 where none was told
    deepest: int
    #: minutes that were told; what it takes to read as a rule where none were
    minutes: int
    told: bool
    liked: bool
    #: the learner's own notes
    notes: tuple[str, ...] = ()
    #: why it was picked, or ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recap:
    """What was read in a span of time, each list latest first, those with notes before the others."""

    learner: str
    zone: str
    #: from this moment to before that
    since: datetime
    until: datetime
    read: tuple[RecapWork, ...] = ()
    #: liked without a word on whether they were read
    liked: tuple[RecapWork, ...] = ()
    #: put aside, and neither read nor liked yet
    saved: tuple[RecapWork, ...] = ()

    @property
    def works(self) -> tuple[RecapWork, ...]:
        return (*self.read, *self.liked, *self.saved)

    @property
    def minutes(self) -> int:
        """Time that was told of what was read, and else what it takes as a rule."""
        return sum(work.minutes for work in self.read)

    def count(self, side: str) -> int:
        """How many of what was read or liked are of one side."""
        return sum(work.side == side for work in (*self.read, *self.liked))


def side(section: str, lean: float | None) -> str:
    """The side of a work: as it was picked, else as it is judged; a stretch is on the side that it is judged to be."""
    if section in ("letter", "envelope"):
        return section
    return "" if lean is None else "envelope" if lean > 0.5 else "letter"


def reading_minutes(told: Iterable[int], *, words: int, seconds: int, arxiv_id: str) -> tuple[int, bool]:
    """Minutes that were told of readings, and else what one takes as a rule; and whether they were told."""
    minutes = sum(told)
    return (minutes, True) if minutes else (minutes_of(words=words, seconds=seconds, arxiv_id=arxiv_id), False)


def in_order(works: Iterable[RecapWork]) -> tuple[RecapWork, ...]:
    """Those with notes first, then those that were liked, and the latest first among them."""
    latest = sorted(works, key=lambda work: (work.at, work.item_id), reverse=True)
    return tuple(sorted(latest, key=lambda work: (not work.notes, not work.liked)))


def own_words(note: str) -> str:
    """What the learner wrote in a note: without its source, days, and headings that nothing stands under.

    Other headings become lines that end with a colon.
    """
    kept: list[str] = []
    heading = ""
    lines = note.strip().splitlines()
    for line in lines[1:] if lines and _SOURCE.fullmatch(lines[0]) else lines:
        if found := _HEADING.fullmatch(line):
            heading = "" if _DAY.fullmatch(found[1]) else found[1]
        elif line.strip():
            kept += [f"{heading.rstrip(':')}:"] if heading else []
            heading = ""
            kept.append(line.rstrip())
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept).strip()
