"""Likeness among the works of one digest, so that no five of them are about one thing. Pure.

Maximal marginal relevance (Carbonell and Goldstein 1998) with a sum: every kept work makes those like
it dearer, so a second paper on a thing still may be worth its place, and before a fifth the next best
on something else may come. In deep mode another angle on one thing is what the learner wants, and
only repetition counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from digest.compose.candidates import Candidate
from digest.compose.penalties import MOST_FOR_LIKENESS
from digest.compose.similarity import REPEATS

#: Score lost for each 1.0 of cosine above what is free: beside one that is as near as one pair in
#: ten thousand, a tenth.
_WEIGHT = 1.0
#: Cosine that costs nothing: in wide mode two works on one broad subject, in deep mode on one thing.
_FREE = {False: 0.4, True: 0.65}

#: Cosine of two items by id, as `space.Space.similarity`.
Similarity = Callable[[str, str], float]


@dataclass(slots=True)
class Neighbours:
    """What is kept so far, seen from one work."""

    price: float = 0.0
    #: the kept work that made it dearest, by its title
    nearest: str = ""
    #: title of a kept work that says much the same, or ""
    repeats: str = ""
    most: float = 0.0
    seen: int = 0


class MMR:
    """What is kept so far, as the works that wait feel it; asked only about those that are near to winning."""

    def __init__(self, similarity: Similarity, *, deep: bool) -> None:
        self._similarity = similarity
        self._free = _FREE[deep]
        self._kept: list[Candidate] = []
        self._company: dict[str, Neighbours] = {}

    def admit(self, kept: Candidate) -> None:
        self._kept.append(kept)

    def beside(self, candidate: Candidate) -> Neighbours:
        """How *candidate* lies beside all that is kept; works of clearly different sides do not crowd each other."""
        neighbours = self._company.setdefault(candidate.work.work_id, Neighbours())
        for kept in self._kept[neighbours.seen :]:
            cosine = self._similarity(kept.item.item_id, candidate.item.item_id)
            if cosine >= REPEATS:
                neighbours.repeats = neighbours.repeats or kept.item.title
            if cosine > self._free and {kept.side, candidate.side} != {"letter", "envelope"}:
                neighbours.price = min(MOST_FOR_LIKENESS, neighbours.price + _WEIGHT * (cosine - self._free))
                neighbours.most, neighbours.nearest = max(
                    (neighbours.most, neighbours.nearest), (cosine, kept.item.title)
                )
        neighbours.seen = len(self._kept)
        return neighbours
