"""A span of time looked back on, month by month. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from digest.compose.recap import Recap, RecapWork
from digest.records import RisenTheme, SourceEarnings

#: A source that brought so many works and nothing of worth did not earn its place; fewer say nothing.
FEWEST_SEEN = 10
#: More months than this are told by the year.
MOST_MONTHS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was read in one month, or one year, and what its issues kept."""

    #: as "2026-11", or "2026"
    name: str
    read: int
    minutes: int
    #: of what was read or liked
    letter: int
    envelope: int
    #: of what the issues kept
    picked_letter: int = 0
    picked_envelope: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLike:
    """A work that was passed over first."""

    title: str
    url: str
    source: str
    period: str
    reason: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A year or another span, looked back on."""

    #: as "2026", or "" for a span that is no year
    year: str
    recap: Recap
    #: issues, and works seen and kept by them
    issues: int = 0
    seen: int = 0
    kept: int = 0
    #: the envelope's declared share, 0 .. 1
    lean: float = 0.5
    #: readings of papers by pass, first to third
    passes: tuple[int, int, int] = (0, 0, 0)
    #: when the first issue began, whether in the span or not; None before the first
    began: dt.datetime | None = None
    #: every month from the first with anything to the last; every year where there are many
    months: tuple[Month, ...] = ()
    late_likes: tuple[LateLike, ...] = ()
    #: what was welcome or kept most first
    sources: tuple[SourceEarnings, ...] = ()
    themes: tuple[RisenTheme, ...] = ()

    @property
    def earned(self) -> tuple[SourceEarnings, ...]:
        return tuple(one for one in self.sources if one.kept or one.welcome)

    @property
    def idle(self) -> tuple[SourceEarnings, ...]:
        """Sources of which much was seen, nothing kept and nothing welcome; the most seen first."""
        found = [one for one in self.sources if not (one.kept or one.welcome) and one.seen >= FEWEST_SEEN]
        return tuple(sorted(found, key=lambda one: (-one.seen, one.source)))


def by_month(recap: Recap, picked: Sequence[tuple[str, int, int]], zone: dt.tzinfo) -> tuple[Month, ...]:
    """Every month from the first with anything to the last; *picked* are months with letter and envelope picks."""
    kept = {name: (letter, envelope) for name, letter, envelope in picked}
    read, liked = _grouped(recap.read, zone), _grouped(recap.liked, zone)
    named = sorted({*kept, *read, *liked})
    months = tuple(
        Month(
            name=name,
            read=len(read.get(name, ())),
            minutes=sum(work.minutes for work in read.get(name, ())),
            letter=_of_side("letter", *read.get(name, ()), *liked.get(name, ())),
            envelope=_of_side("envelope", *read.get(name, ()), *liked.get(name, ())),
            picked_letter=kept.get(name, (0, 0))[0],
            picked_envelope=kept.get(name, (0, 0))[1],
        )
        for name in (_months(named[0], named[-1]) if named else ())
    )
    return by_year(months) if len(months) > MOST_MONTHS else months


def by_year(months: Sequence[Month]) -> tuple[Month, ...]:
    """The same a year, for a span of which nobody reads every month."""
    years: dict[str, list[Month]] = {}
    for one in months:
        years.setdefault(one.name[:4], []).append(one)
    return tuple(
        Month(
            name=name,
            read=sum(one.read for one in some),
            minutes=sum(one.minutes for one in some),
            letter=sum(one.letter for one in some),
            envelope=sum(one.envelope for one in some),
            picked_letter=sum(one.picked_letter for one in some),
            picked_envelope=sum(one.picked_envelope for one in some),
        )
        for name, some in years.items()
    )


def _grouped(works: Sequence[RecapWork], zone: dt.tzinfo) -> dict[str, list[RecapWork]]:
    found: dict[str, list[RecapWork]] = {}
    for work in works:
        found.setdefault(f"{work.at.astimezone(zone):%Y-%m}", []).append(work)
    return found


def _of_side(side: str, *works: RecapWork) -> int:
    return sum(work.side == side for work in works)


def _months(first: str, last: str) -> list[str]:
    """Every month from one to another, both included."""
    start, end = (int(name[:4]) * 12 + int(name[5:]) - 1 for name in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]
