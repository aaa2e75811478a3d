"""Likeness among the works of one digest, so that no five of them are about one thing. Pure.

Maximal marginal relevance with a sum: every kept work of a section lowers what the works like
it count for, so a second paper on a thing still may be worth its place, and a fifth is not.
In deep mode another angle on one thing is what the learner wants, and only repetition counts.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from digest.compose.space import ONE_THING, REPEATS
from digest.records import Item, Work

#: What a work loses for each 1.0 of cosine above the free ones, in standard deviations of the
#: scores among which the choice is made: beside one that is as near as one pair in ten thousand,
#: half of one; beside two such a whole one.
_WEIGHT = 5.0
#: Cosine that costs nothing: in wide mode two works on one broad subject, in deep mode on one thing.
_FREE = {False: 0.4, True: 0.65}
#: Works on one thing in one section, in wide mode.
_MOST_ALIKE = 3


class Placed(Protocol):
    """What the crowd has to know of a candidate."""

    @property
    def work(self) -> Work: ...
    @property
    def item(self) -> Item: ...
    @property
    def side(self) -> str: ...


class Crowd:
    """What is kept so far, seen from the works that wait."""

    def __init__(self, similarity: Callable[[str, str], float], *, deep: bool, spread: float) -> None:
        """*spread* is the standard deviation of the scores among which the choice is made."""
        self.similarity = similarity
        self._deep = deep
        self._weight = _WEIGHT * spread
        self._penalties: dict[str, float] = {}
        self._nearest: dict[str, tuple[float, str]] = {}
        self._alike: dict[str, list[str]] = {}
        self._repeated: dict[str, str] = {}

    def admit(self, kept: Placed, waiting: Iterable[Placed]) -> None:
        """Let *waiting* works feel that *kept* is in."""
        for other in waiting:
            cosine = self.similarity(kept.item.item_id, other.item.item_id)
            work_id, title = other.work.work_id, kept.item.title
            if cosine >= REPEATS:
                self._repeated[work_id] = title
            if kept.side != other.side or cosine <= _FREE[self._deep]:
                continue
            self._penalties[work_id] = self.penalty(other) + self._weight * (cosine - _FREE[self._deep])
            self._nearest[work_id] = max(self._nearest.get(work_id, (0.0, "")), (cosine, title))
            if cosine >= ONE_THING and not self._deep:
                self._alike.setdefault(work_id, []).append(title)

    def penalty(self, candidate: Placed) -> float:
        return self._penalties.get(candidate.work.work_id, 0.0)

    def most_like(self, candidate: Placed) -> str:
        """Title of the kept work that is nearest, or ""."""
        return self._nearest.get(candidate.work.work_id, (0.0, ""))[1]

    def too_like(self, candidate: Placed) -> list[str]:
        """Titles of kept works that leave no room for this one: one that says the same, or several on one thing."""
        if title := self._repeated.get(candidate.work.work_id, ""):
            return [title]
        alike = self._alike.get(candidate.work.work_id, [])
        return alike[:2] if len(alike) >= _MOST_ALIKE else []
