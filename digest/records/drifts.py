"""What was liked lately against what the focus declares, where the two differ clearly."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDrift:
    """Works that were liked and are far from every phrase of the focus."""

    #: works liked, saved or read lately, and those of them that are far
    counted: int
    far: int
    #: titles and addresses of the most typical of those
    examples: tuple[tuple[str, str], ...]
    #: what they have in common, in their own words
    terms: tuple[str, ...]
    #: the topics that the focus declares
    declared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanDrift:
    """What was liked is on another side than the lean that is declared."""

    #: works liked, saved or read lately
    counted: int
    #: the envelope's share of them, of the picks of that time, and as declared, 0 .. 1
    liked: float
    declared: float
    shown: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What an issue says of it, once."""

    weeks: int
    topics: TopicDrift | None = None
    lean: LeanDrift | None = None

    def __bool__(self) -> bool:
        return self.topics is not None or self.lean is not None
