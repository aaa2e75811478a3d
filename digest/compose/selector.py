"""Which works take the places there are: greedy selection by score less penalties. Pure.

One place at a time goes to the work with the best score less its penalties, as maximal marginal relevance does
with likeness alone. A penalty is never negative, so a pass down the list ends as soon as a bare score is no
better than the best found: of thousands of works only a few are weighed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from digest.compose.candidates import Candidate, Exclusion, Rule
from digest.compose.mmr import MMR
from digest.compose.reading_time import minutes
from digest.compose.trade_offs import BEYOND_SHARE, PassedOver, Penalty, lean_penalty, quoted

#: What a work of unknown length counts against the minutes.
_UNKNOWN_MINUTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What holds while places are filled."""

    #: envelope's declared share
    lean: float
    #: reading time of the digest; None: unbounded
    minutes: int | None
    floor: float
    #: by source, how many works a single-author source may have before more pay; others may have any number
    allowance: Mapping[str, int]


@dataclass(slots=True)
class Selector:
    """What is kept so far, and what excluded the works that were considered and are not kept."""

    bounds: Bounds
    mmr: MMR
    kept: list[Candidate] = field(default_factory=list)
    #: by work id
    exclusions: dict[str, Exclusion] = field(default_factory=dict)
    #: by work id, each time that a work which scores lower was preferred
    passed: dict[str, list[PassedOver]] = field(default_factory=dict)
    #: the work that took the last place by its score, and that score less its penalties
    last: tuple[Candidate, float] | None = None
    sides: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    def fill(self, waiting: Sequence[Candidate], places: int, *, floor: float | None = None) -> list[Candidate]:
        """Keep works of *waiting*, which come best first, until *places* are taken; return those that still wait.

        *floor*, where given, replaces the usual floor for works beyond their source's share.
        """
        needed = self.bounds.floor if floor is None else floor
        while waiting and len(self.kept) < places:
            contenders, gone = self._contenders(waiting, needed)
            if contenders:
                winner, penalty = max(contenders, key=lambda pair: pair[0].judged.score - pair[1].total)
                self._record(contenders, winner, penalty)
                self.keep(winner)
                gone.add(winner.work.work_id)
            waiting = [c for c in waiting if c.work.work_id not in gone]
        return list(waiting)

    def keep_followed(self, candidate: Candidate) -> None:
        """Keep a work whatever its score, unless its source has its share or something excludes it."""
        if self.beyond_share(candidate):
            return
        if exclusion := self._exclusion(candidate, self.bounds.floor):
            self.exclusions[candidate.work.work_id] = exclusion
        else:
            self.keep(candidate)

    def keep(self, candidate: Candidate) -> None:
        self.kept.append(candidate)
        self.mmr.add(candidate)
        self.exclusions.pop(candidate.work.work_id, None)
        self.sides[candidate.side] += 1
        self.sources[candidate.item.source] += 1
        self.minutes += _cost(candidate)

    def penalty(self, candidate: Candidate) -> Penalty:
        return Penalty(
            lean=lean_penalty(candidate.side, self.sides, self.bounds.lean),
            likeness=self.mmr.neighbours(candidate).penalty,
            source=BEYOND_SHARE * self.beyond_share(candidate),
        )

    def beyond_share(self, candidate: Candidate) -> bool:
        """Whether its source, a single-author one, has its share already."""
        source = candidate.item.source
        return self.sources[source] >= self.bounds.allowance.get(source, inf)

    def too_long(self, candidate: Candidate) -> bool:
        return self.bounds.minutes is not None and self.minutes + _cost(candidate) > self.bounds.minutes

    def fits(self, candidate: Candidate) -> bool:
        """Whether its source is within its share and the minutes suffice."""
        return not self.beyond_share(candidate) and not self.too_long(candidate)

    def _contenders(
        self, waiting: Sequence[Candidate], floor: float
    ) -> tuple[list[tuple[Candidate, Penalty]], set[str]]:
        """The works that may win the next place with their penalties, and the ids of those that never will."""
        best, contenders, gone = -inf, list[tuple[Candidate, Penalty]](), set[str]()
        for candidate in waiting:
            if candidate.judged.score <= best:
                break
            if exclusion := self._exclusion(candidate, floor):
                self.exclusions[candidate.work.work_id] = exclusion
                gone.add(candidate.work.work_id)
                continue
            penalty = self.penalty(candidate)
            contenders.append((candidate, penalty))
            best = max(best, candidate.judged.score - penalty.total)
        return contenders, gone

    def _exclusion(self, candidate: Candidate, floor: float) -> Exclusion | None:
        """What excludes a work beside what is kept; works kept later do not change it."""
        if title := self.mmr.neighbours(candidate).repeats:
            reason = f"says much the same as {quoted(title)}"
            return Exclusion(rule=Rule.REPEAT, reason=reason, change=f"{quoted(title)} not being here")
        missing = floor + BEYOND_SHARE - candidate.judged.relevance
        if missing > 0 and self.beyond_share(candidate):
            source = candidate.item.source
            reason = (
                f"{source} has its share with {self.sources[source]} of the kept works; "
                f"another needs a relevance of {floor + BEYOND_SHARE:.2f}"
            )
            return Exclusion(rule=Rule.SOURCE, reason=reason, change=f"{max(missing, 0.01):.2f} more relevance")
        if self.bounds.minutes is not None and self.too_long(candidate):
            over = self.minutes + _cost(candidate) - self.bounds.minutes
            reason = f"would take longer than the {self.bounds.minutes} minutes there are"
            return Exclusion(rule=Rule.MINUTES, reason=reason, change=f"{over} more minutes")
        return None

    def _record(self, contenders: Sequence[tuple[Candidate, Penalty]], winner: Candidate, penalty: Penalty) -> None:
        """Record who took the place, and which works were passed over though they score higher."""
        self.last = winner, winner.judged.score - penalty.total
        for candidate, own in contenders:
            if candidate.judged.score > winner.judged.score:
                passed = PassedOver(
                    candidate=candidate,
                    winner=winner,
                    penalty=own,
                    winners_penalty=penalty,
                    nearest=self.mmr.neighbours(candidate).nearest,
                    from_source=self.sources[candidate.item.source],
                )
                self.passed.setdefault(candidate.work.work_id, []).append(passed)


def _cost(candidate: Candidate) -> int:
    return minutes(candidate.item) or _UNKNOWN_MINUTES
