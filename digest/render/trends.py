"""Trends in words: themes that grow or fade, compared with the weeks before."""

from dataclasses import dataclass

from digest.records import Theme, Weekly
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, percent


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
class Trends:
    """The themes of a week that moved; empty where there is nothing to compare it with."""

    #: what the themes are compared with, or ""
    note: str
    themes: tuple[ThemeLine, ...]

    def __bool__(self) -> bool:
        return bool(self.themes)

    @property
    def growing(self) -> tuple[ThemeLine, ...]:
        return tuple(theme for theme in self.themes if theme.growing)

    @property
    def fading(self) -> tuple[ThemeLine, ...]:
        return tuple(theme for theme in self.themes if not theme.growing)


def lay_out_trends(weekly: Weekly) -> Trends:
    return Trends(note=_note(weekly), themes=tuple(_theme(theme) for theme in weekly.themes))


def _note(weekly: Weekly) -> str:
    if not weekly.themes:
        return ""
    now, before = count_words(weekly.in_focus, "work"), f"{weekly.in_focus_before:,.0f}"
    return f"{now} near your focus in the last seven days, {before} a week in the eight weeks before."


def _theme(theme: Theme) -> ThemeLine:
    count = theme.weeks[-1] if theme.weeks else 0
    return ThemeLine(
        term=_capitalized(shown(theme.term, 60)) or "(unnamed)",
        growing=theme.growing,
        words=f"{count_words(count, 'work')}, {percent(theme.share)} of what was near, after {percent(theme.share_before)} before",
        example=shown(theme.example, 160),
        example_url=web_address(theme.example_url),
        weeks=theme.weeks,
    )


def _capitalized(name: str) -> str:
    """A name as it begins a line; "vLLM" and "e5" begin as they are."""
    return name[:1].upper() + name[1:] if name.split(" ")[0].isalpha() and name.split(" ")[0].islower() else name
