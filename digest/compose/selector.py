"""Which works take the places there are: an MMR-style selector. Pure.

One place at a time goes to the work with the best score less its prices (`prices`), as maximal
marginal relevance does it with likeness alone. A price is never negative, so a look down the list
ends as soon as a bare score is no better than the best found: of thousands a few are weighed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from digest.compose.candidates import Against, Candidate, Rule
from digest.compose.mmr import MMR
from digest.compose.penalties import BEYOND_SHARE, Penalty, lean_price
from digest.compose.reading_time import minutes
from digest.compose.trade_offs import Passed, clipped

#: What a work of unknown length is taken to cost while the minutes are counted.
_UNKNOWN_MINUTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What holds while places are given away."""

    #: envelope's declared share
    lean: float
    minutes: int | None
    floor: float
    #: by source, how many works a single voice may have before it pays; others may have any number
    allowance: Mapping[str, int]


@dataclass(slots=True)
class Selector:
    """What is kept so far, and what was against the works that were looked at and are not."""

    bounds: Bounds
    crowd: MMR
    kept: list[Candidate] = field(default_factory=list)
    against: dict[str, Against] = field(default_factory=dict)
    #: by work id, each time that a work which scores lower was preferred
    passed: dict[str, list[Passed]] = field(default_factory=dict)
    #: the work that took the last place by its score, and that score less its prices
    last: tuple[Candidate, float] | None = None
    sides: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    def take(self, waiting: Sequence[Candidate], places: int, *, floor: float | None = None) -> list[Candidate]:
        """Keep works of *waiting*, which come best first, until *places* are taken; return those that still wait.

        *floor* is what a work beyond its source's share has to clear, if that is another than everybody's.
        """
        needed = self.bounds.floor if floor is None else floor
        while waiting and len(self.kept) < places:
            tried, gone = self._weigh(waiting, needed)
            if tried:
                winner, price = max(tried, key=lambda pair: pair[0].judged.score - pair[1].total)
                self._note(tried, winner, price)
                self.keep(winner)
                gone.add(winner.work.work_id)
            waiting = [c for c in waiting if c.work.work_id not in gone]
        return list(waiting)

    def hear(self, candidate: Candidate) -> None:
        """Keep a work whatever its score, unless its source has its share or something is against it."""
        if self.beyond_share(candidate):
            return
        if against := self._hindrance(candidate, self.bounds.floor):
            self.against[candidate.work.work_id] = against
        else:
            self.keep(candidate)

    def keep(self, candidate: Candidate) -> None:
        self.kept.append(candidate)
        self.crowd.admit(candidate)
        self.against.pop(candidate.work.work_id, None)
        self.sides[candidate.side] += 1
        self.sources[candidate.item.source] += 1
        self.minutes += _cost(candidate)

    def price(self, candidate: Candidate) -> Penalty:
        return Penalty(
            lean=lean_price(candidate.side, self.sides, self.bounds.lean),
            likeness=self.crowd.beside(candidate).price,
            source=BEYOND_SHARE * self.beyond_share(candidate),
        )

    def beyond_share(self, candidate: Candidate) -> bool:
        """Whether its source, a single voice, has its share already."""
        source = candidate.item.source
        return self.sources[source] >= self.bounds.allowance.get(source, inf)

    def too_long(self, candidate: Candidate) -> bool:
        return self.bounds.minutes is not None and self.minutes + _cost(candidate) > self.bounds.minutes

    def fits(self, candidate: Candidate) -> bool:
        """Whether its source is within its share, and the minutes there are suffice."""
        return not self.beyond_share(candidate) and not self.too_long(candidate)

    def _weigh(self, waiting: Sequence[Candidate], floor: float) -> tuple[list[tuple[Candidate, Penalty]], set[str]]:
        """The works that may win the next place with their prices, and the ids of those that never will."""
        best, tried, gone = -inf, list[tuple[Candidate, Penalty]](), set[str]()
        for candidate in waiting:
            if candidate.judged.score <= best:
                break
            if against := self._hindrance(candidate, floor):
                self.against[candidate.work.work_id] = against
                gone.add(candidate.work.work_id)
                continue
            price = self.price(candidate)
            tried.append((candidate, price))
            best = max(best, candidate.judged.score - price.total)
        return tried, gone

    def _hindrance(self, candidate: Candidate, floor: float) -> Against | None:
        """What is against a work beside what is kept; nothing that is kept later will mend it."""
        if title := self.crowd.beside(candidate).repeats:
            name = f"“{clipped(title)}”"
            return Against(rule=Rule.REPEAT, reason=f"says much the same as {name}", change=f"{name} not being here")
        missing = floor + BEYOND_SHARE - candidate.judged.relevance
        if missing > 0 and self.beyond_share(candidate):
            source = candidate.item.source
            reason = (
                f"{source} has its share with {self.sources[source]} of the kept works; "
                f"another needs a relevance of {floor + BEYOND_SHARE:.2f}"
            )
            return Against(rule=Rule.SOURCE, reason=reason, change=f"{max(missing, 0.01):.2f} more relevance")
        if self.bounds.minutes is not None and self.too_long(candidate):
            over = self.minutes + _cost(candidate) - self.bounds.minutes
            reason = f"would take longer than the {self.bounds.minutes} minutes there are"
            return Against(rule=Rule.MINUTES, reason=reason, change=f"{over} more minutes")
        return None

    def _note(self, tried: Sequence[tuple[Candidate, Penalty]], winner: Candidate, price: Penalty) -> None:
        """Write down who took the place, and which works were passed over though they score higher."""
        self.last = winner, winner.judged.score - price.total
        for candidate, own in tried:
            if candidate.judged.score > winner.judged.score:
                passed = Passed(
                    candidate=candidate,
                    winner=winner,
                    price=own,
                    winners_price=price,
                    nearest=self.crowd.beside(candidate).nearest,
                    from_source=self.sources[candidate.item.source],
                )
                self.passed.setdefault(candidate.work.work_id, []).append(passed)


def _cost(candidate: Candidate) -> int:
    return minutes(candidate.item) or _UNKNOWN_MINUTES
