"""Trends in words: themes, sources and the keep rate, compared with the weeks before."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import KeepRate, SourceYield, Theme, Weekly
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, percent

_SOURCES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLine:
    term: str
    growing: bool
    #: "9 works, 5.3% of what was in focus, after 2.4% before"
    words: str
    example: str
    example_url: str
    #: works a week, oldest first
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    source: str
    seen: int
    kept: int
    #: the same as "3 of 160" over the issues before, or ""
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """The trends of a week; all of it empty where there is nothing to compare it with."""

    #: what the themes are compared with, or ""
    note: str
    themes: tuple[ThemeLine, ...]
    sources: tuple[SourceLine, ...]
    #: the keep rate, or ""
    rate: str
    rates: tuple[KeepRate, ...]

    def __bool__(self) -> bool:
        return bool(self.themes or self.sources or self.rate)

    @property
    def growing(self) -> tuple[ThemeLine, ...]:
        return tuple(theme for theme in self.themes if theme.growing)

    @property
    def fading(self) -> tuple[ThemeLine, ...]:
        return tuple(theme for theme in self.themes if not theme.growing)


def lay_out_trends(weekly: Weekly) -> Trends:
    yields = weekly.yields if len(weekly.keep_rates) > 1 else ()  # a first issue has nothing to compare with
    return Trends(
        note=_note(weekly),
        themes=tuple(_theme(theme) for theme in weekly.themes),
        sources=tuple(_source(row) for row in yields if row.kept or row.kept_before)[:_SOURCES],
        rate=_rate(weekly.keep_rates),
        rates=weekly.keep_rates,
    )


def _note(weekly: Weekly) -> str:
    if not weekly.themes:
        return ""
    now, before = count_words(weekly.in_focus, "work"), f"{weekly.in_focus_before:,.0f}"
    return f"{now} near your focus in the last seven days, {before} a week in the eight weeks before."


def _theme(theme: Theme) -> ThemeLine:
    count = theme.weeks[-1] if theme.weeks else 0
    return ThemeLine(
        term=shown(theme.term, 60) or "(unnamed)",
        growing=theme.growing,
        words=f"{count_words(count, 'work')}, {percent(theme.share)} of what was near, after {percent(theme.share_before)} before",
        example=shown(theme.example, 160),
        example_url=web_address(theme.example_url),
        weeks=theme.weeks,
    )


def _source(row: SourceYield) -> SourceLine:
    before = f"{row.kept_before} of {row.seen_before:,}" if row.seen_before else ""
    return SourceLine(source=shown(row.source, 80), seen=row.seen, kept=row.kept, before=before)


def _rate(rates: Sequence[KeepRate]) -> str:
    """The share of works kept in this issue and in those before; "" for a first issue."""
    *before, now = rates or (KeepRate(period="", seen=0, kept=0),)
    seen = sum(rate.seen for rate in before)
    if not seen or not now.seen:
        return ""
    count = f"the {len(before)} issues before" if len(before) > 1 else "the issue before"
    return (
        f"Kept were {percent(now.kept / now.seen)} of this issue’s works, and "
        f"{percent(sum(rate.kept for rate in before) / seen)} in {count}."
    )
