"""The candidates of a digest, and what the picking decides about each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from digest.judge.lean import side
from digest.records import Item, Judged, Verdict, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A work of the period, the item that stands for it, and the judgement of that item."""

    work: Work
    item: Item
    judged: Judged
    #: the judge's one-line reason
    reason: str = ""
    #: speaks to the question of the learner's project
    on_question: bool = False

    @property
    def side(self) -> str:
        """ "letter", "envelope" or "both"."""
        return side(self.judged.lean)


class Rule(StrEnum):
    """What can keep a work out of a digest."""

    MUTED = "muted"
    AVOIDED = "avoided"
    FLOOR = "floor"
    SILENCED = "silenced"
    MINUTES = "minutes"
    REPEAT = "repeat"
    #: better works took all places
    LIMIT = "limit"
    #: works that score lower were preferred to it: for their side, for another subject, for their source
    LEAN = "lean"
    LIKENESS = "likeness"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What kept a work out."""

    rule: Rule
    reason: str
    #: what would have let it in, as "0.4 more relevance", or ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of every work of a period."""

    #: best first
    verdicts: tuple[Verdict, ...]
    #: by work id, for each work left out
    exclusions: Mapping[str, Exclusion]
    #: by work id, for each kept work that took the place of a better-scored one: which one, and why
    traded: Mapping[str, str] = field(default_factory=dict)
