"""The works between which the picking chooses, and what it says of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from digest.compose.rules import follows
from digest.config import Focus
from digest.judge.lean import side
from digest.records import Item, Judged, Verdict, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A work of the period, the item that stands for it, and what the judge says of that item."""

    work: Work
    item: Item
    judged: Judged
    #: the one-line reason the judge gives
    reason: str = ""
    #: speaks to the question of the learner's project
    on_question: bool = False

    @property
    def side(self) -> str:
        """ "letter", "envelope" or "both"."""
        return side(self.judged.lean)

    def followed(self, focus: Focus) -> str:
        """The followed author of any item of the work, or ""."""
        if not focus.follow:
            return ""
        return next((name for item in self.work.items if (name := follows(item, focus.follow))), "")


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
    #: works that score lower were preferred to it: for their side, for being another subject, for their source
    LEAN = "lean"
    LIKENESS = "likeness"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What kept a work out."""

    rule: Rule
    reason: str
    #: what would have had to be otherwise, as "0.4 more relevance", or ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of every work of a period."""

    #: best first
    verdicts: tuple[Verdict, ...]
    #: by work id, for each work left out
    against: Mapping[str, Against]
    #: by work id, for those kept works that a better-scored one gave way to: which one, and why
    traded: Mapping[str, str] = field(default_factory=dict)
