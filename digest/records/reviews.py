"""What a look back on a span of issues finds: what sources brought, and which themes rose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEarnings:
    """What the issues of a span considered and kept of one source, and what of it was liked, saved or read."""

    source: str
    seen: int
    kept: int
    welcome: int
    disliked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RisenTheme:
    """A theme that issues of a span called growing."""

    term: str
    issues: int
    #: the first and last period that said so
    first: str
    last: str
    example: str
    example_url: str
    #: the highest share of what was in focus, 0 .. 1
    share: float = 0.0
