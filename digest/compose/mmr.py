"""Variety among the works of one digest, so that no five of them are about one thing. Pure.

Maximal marginal relevance (Carbonell and Goldstein 1998) with a sum: every kept work raises the penalty of those
like it. So a second paper on a thing may still be worth its place, and before a fifth the next best on something
else may come. In deep mode the learner wants more than one view of a thing, and only repetition counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from digest.compose.candidates import Candidate
from digest.compose.similarity import REPEATS
from digest.compose.trade_offs import MOST_FOR_LIKENESS
from digest.records import Section

#: Score lost for each 1.0 of cosine above what is free: a tenth beside a work that is nearer than all but one
#: pair in ten thousand.
_WEIGHT = 1.0
#: Cosine that costs nothing, by deep mode: of two works on one broad subject, or on one thing.
_FREE = {False: 0.4, True: 0.65}

#: Cosine of two items by id, as `SimilaritySpace.similarity`.
Similarity = Callable[[str, str], float]


@dataclass(slots=True)
class Neighbours:
    """What is kept so far, seen from one work."""

    penalty: float = 0.0
    #: title of the nearest kept work that adds to the penalty, and its cosine
    nearest: str = ""
    most: float = 0.0
    #: title of a kept work that says much the same, or ""
    repeats: str = ""
    #: how many kept works are counted
    seen: int = 0


class MMR:
    """The likeness of waiting works to what is kept; computed only for those that are near to winning."""

    def __init__(self, similarity: Similarity, *, deep: bool) -> None:
        self._similarity = similarity
        self._free = _FREE[deep]
        self._kept: list[Candidate] = []
        self._neighbours: dict[str, Neighbours] = {}

    def add(self, kept: Candidate) -> None:
        self._kept.append(kept)

    def neighbours(self, candidate: Candidate) -> Neighbours:
        """How near *candidate* is to all that is kept; letter and envelope works do not penalise each other."""
        found = self._neighbours.setdefault(candidate.work.work_id, Neighbours())
        for kept in self._kept[found.seen :]:
            cosine = self._similarity(kept.item.item_id, candidate.item.item_id)
            if cosine >= REPEATS:
                found.repeats = found.repeats or kept.item.title
            if cosine > self._free and {kept.side, candidate.side} != {Section.LETTER, Section.ENVELOPE}:
                found.penalty = min(MOST_FOR_LIKENESS, found.penalty + _WEIGHT * (cosine - self._free))
                found.most, found.nearest = max((found.most, found.nearest), (cosine, kept.item.title))
        found.seen = len(self._kept)
        return found
