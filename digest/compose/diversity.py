"""Likeness among the works of one digest, so that no five of them are about one thing. Pure.

Maximal marginal relevance (Carbonell and Goldstein 1998) with a sum: every kept work makes those like
it dearer, so a second paper on a thing still may be worth its place, and before a fifth the next best
on something else may come. In deep mode another angle on one thing is what the learner wants, and
only repetition counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from digest.compose.candidates import Candidate
from digest.compose.prices import MOST_FOR_LIKENESS
from digest.compose.space import REPEATS

#: Score lost for each 1.0 of cosine above what is free: beside one that is as near as one pair in
#: ten thousand, a tenth.
_WEIGHT = 1.0
#: Cosine that costs nothing: in wide mode two works on one broad subject, in deep mode on one thing.
_FREE = {False: 0.4, True: 0.65}

#: Cosine of two items by id, as `space.Space.similarity`.
Similarity = Callable[[str, str], float]


@dataclass(slots=True)
class Company:
    """What is kept so far, seen from one work."""

    price: float = 0.0
    #: the kept work that made it dearest, by its title
    nearest: str = ""
    #: title of a kept work that says much the same, or ""
    repeats: str = ""
    most: float = 0.0
    seen: int = 0


class Crowd:
    """What is kept so far, as the works that wait feel it; asked only about those that are near to winning."""

    def __init__(self, similarity: Similarity, *, deep: bool) -> None:
        self._similarity = similarity
        self._free = _FREE[deep]
        self._kept: list[Candidate] = []
        self._company: dict[str, Company] = {}

    def admit(self, kept: Candidate) -> None:
        self._kept.append(kept)

    def beside(self, candidate: Candidate) -> Company:
        """How *candidate* lies beside all that is kept; works of clearly different sides do not crowd each other."""
        company = self._company.setdefault(candidate.work.work_id, Company())
        for kept in self._kept[company.seen :]:
            cosine = self._similarity(kept.item.item_id, candidate.item.item_id)
            if cosine >= REPEATS:
                company.repeats = company.repeats or kept.item.title
            if cosine > self._free and {kept.side, candidate.side} != {"letter", "envelope"}:
                company.price = min(MOST_FOR_LIKENESS, company.price + _WEIGHT * (cosine - self._free))
                company.most, company.nearest = max((company.most, company.nearest), (cosine, kept.item.title))
        company.seen = len(self._kept)
        return company
