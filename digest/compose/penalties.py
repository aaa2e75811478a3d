"""What the learner's preferences may cost a work, in score. Pure.

Lean and variety decide between works that are about as good, and never against the judge: a work
may lose its place to one that scores lower by `MOST_TRADED` at most. Only the bound on a single
voice weighs more, because one busy blog would fill a digest by its pace alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: All that lean and likeness together may cost, in score (standard deviations of relevance): between a
#: matching and a middling paper lie two. On simulated weeks with a lean against what is good (as in
#: tests/compose/test_weeks.py) 0.5 costs 3 % of the judge's precision, 1.0 costs 4 to 8 %, and 2.0 8 to 13 %.
MOST_TRADED = 0.5
MOST_FOR_LEAN = 0.6 * MOST_TRADED
MOST_FOR_LIKENESS = 0.4 * MOST_TRADED
#: What a work of a single voice pays beyond the voice's share, with the floor to be cleared after that.
BEYOND_SHARE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """What a work pays, beside what is kept so far; each part is 0 or more."""

    lean: float = 0.0
    likeness: float = 0.0
    source: float = 0.0

    @property
    def total(self) -> float:
        return self.lean + self.likeness + self.source


def lean_price(side: str, kept: Mapping[str, int], envelope: float) -> float:
    """What a work pays for its *side*; *kept* counts works by side, *envelope* is that side's declared share.

    In proportion to how far its side is over its share, the whole of it where all that is kept is of
    that side. A work of both sides pays nothing.
    """
    one_sided = kept.get("letter", 0) + kept.get("envelope", 0)
    share = {"letter": 1 - envelope, "envelope": envelope}.get(side, 1.0)
    if not one_sided or share >= 1:
        return 0.0
    excess = kept.get(side, 0) / one_sided - share
    return MOST_FOR_LEAN * max(0.0, excess / (1 - share))
