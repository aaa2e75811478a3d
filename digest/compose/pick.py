"""Which works of a period are kept, and why each of the others is not. Pure.

The judge decides. The kept fraction, `at_most`, the floor and the minutes there are bound a digest;
lean, variety and a source's share are preferences, each with its price (`prices`). Nothing is kept
because a side is empty, and nothing is dropped because one is full. Only `at_least` reaches below the
floor, because the learner asked for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from digest.compose.candidates import Against, Candidate, Decision
from digest.compose.eligibility import too_weak, unwanted
from digest.compose.mmr import MMR, Similarity
from digest.compose.penalties import Penalty
from digest.compose.rules import ceiling, focused_places
from digest.compose.sections import standing
from digest.compose.selector import Bounds, Selector
from digest.compose.source_shares import allowance, voices
from digest.compose.stretch import LocalDensity, ShownLately, best_stretch
from digest.compose.trade_offs import gave_way, kept_before, outdone, traded
from digest.config import Digest, Focus
from digest.records import Verdict

#: Works that were outdone and hear by how much: more than near misses are told of.
_TOLD = 20


def decide(
    candidates: Sequence[Candidate],
    focus: Focus,
    digest: Digest,
    *,
    floor: float,
    similarity: Similarity = lambda one, other: 0.0,
    shown_lately: ShownLately = lambda item_id: 0.0,
    local_density: LocalDensity = lambda item_id: 0.0,
) -> Decision:
    """Decide over every work of a period. *floor* is on relevance; the last three say how works lie to one another."""
    period = _Period(
        ranked=sorted(candidates, key=lambda c: (-c.judged.score, c.work.work_id)),
        focus=focus,
        digest=digest,
        floor=floor,
        followed={c.work.work_id: name for c in candidates if (name := c.followed(focus))},
        unwanted={c.work.work_id: against for c in candidates if (against := unwanted(c, focus))},
        single=voices(item for c in candidates for item in c.work.items),
        similarity=similarity,
        shown_lately=shown_lately,
        local_density=local_density,
    )
    # A source's share is one of what is kept in the end. That is found from above: as long as fewer
    # works are kept than the shares were taken of, they are taken of those.
    expected = ceiling(len(candidates), digest)
    while True:
        layout = period.lay(expected)
        if len(layout.selector.kept) >= expected:
            return layout.decision()
        expected = len(layout.selector.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """The works of a period, best first, and what is known of them before any is kept."""

    ranked: Sequence[Candidate]
    focus: Focus
    digest: Digest
    floor: float
    #: by work id, the author that the learner follows, and what the learner ordered against it
    followed: Mapping[str, str]
    unwanted: Mapping[str, Against]
    #: sources that are a single voice
    single: frozenset[str]
    similarity: Similarity
    shown_lately: ShownLately
    local_density: LocalDensity

    @property
    def places(self) -> int:
        return ceiling(len(self.ranked), self.digest)

    def lay(self, expected: int) -> "_Layout":
        """Give the places away, where each single voice has its share of *expected* works."""
        wanted = [c for c in self.ranked if c.work.work_id not in self.unwanted]
        good = [c for c in wanted if c.work.work_id in self.followed or c.judged.relevance >= self.floor]
        selector = self._selector(good, expected)
        focused = focused_places(len(self.ranked), self.digest)
        for candidate in good:
            if candidate.work.work_id in self.followed and len(selector.kept) < focused:
                selector.hear(candidate)
        waiting = selector.take(_others(good, selector, but_not=selector.against), focused)
        before = len(selector.kept)
        selector.take(_others(wanted, selector), self.digest.at_least, floor=-inf)
        padding = selector.kept[before:]
        stretches = self._stretch(wanted, selector)
        waiting = selector.take(waiting, self.places)
        return _Layout(period=self, selector=selector, waiting=waiting, padding=padding, stretches=stretches)

    def _selector(self, good: Sequence[Candidate], expected: int) -> Selector:
        sources = {c.item.source for c in good}
        bounds = Bounds(
            lean=self.focus.lean,
            minutes=self.digest.minutes,
            floor=self.floor,
            allowance=allowance(self.digest.per_source, kept=expected, sources=sources, single=self.single),
        )
        return Selector(bounds=bounds, crowd=MMR(self.similarity, deep=self.focus.mode == "deep"))

    def _stretch(self, wanted: Sequence[Candidate], selector: Selector) -> list[Candidate]:
        """Keep the stretches that the learner wants, as far as there are good ones and places for them."""
        found: list[Candidate] = []
        while len(found) < self.digest.stretch and len(selector.kept) < self.places:
            fit = (c for c in _others(wanted, selector, but_not=self.followed) if selector.fits(c))
            best = best_stretch(
                fit,
                selector.kept,
                floor=self.floor,
                similarity=self.similarity,
                shown_lately=self.shown_lately,
                local_density=self.local_density,
            )
            if best is None:
                break
            selector.keep(best)
            found.append(best)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A digest as it is laid out: who has the places, and who waits for one still."""

    period: _Period
    selector: Selector
    waiting: Sequence[Candidate]
    #: kept to reach `at_least`
    padding: Sequence[Candidate]
    stretches: Sequence[Candidate]

    def decision(self) -> Decision:
        kept = {c.work.work_id for c in self.selector.kept}
        stretches = {c.work.work_id for c in self.stretches}
        focused = [c for c in self.period.ranked if c.work.work_id in kept - stretches]
        places = standing(focused, self.period.focus.lean) | dict.fromkeys(stretches, "stretch")
        trades = traded(self.waiting, self.selector.passed)
        against = self._against(kept) | {trade.candidate.work.work_id: gave_way(trade) for trade in trades}
        reasons = {c.work.work_id: self._because(c) for c in self.selector.kept}
        return Decision(
            verdicts=tuple(
                Verdict(
                    work_id=c.work.work_id,
                    item_id=c.item.item_id,
                    kept=c.work.work_id in kept,
                    rank=rank,
                    score=c.judged.score,
                    section=places.get(c.work.work_id),
                    reason=reasons.get(c.work.work_id) or against[c.work.work_id].reason,
                )
                for rank, c in enumerate(self.period.ranked, start=1)
            ),
            against=against,
            traded={trade.winner.work.work_id: kept_before(trade) for trade in reversed(trades)},
        )

    def _against(self, kept: set[str]) -> dict[str, Against]:
        """What is against each work that is not kept: what makes it unfit by itself first."""
        period, selector = self.period, self.selector
        limit = {
            c.work.work_id: outdone(c, selector.price(c), places=period.places, last=selector.last)
            for c in self.waiting[:_TOLD]
        } | {c.work.work_id: outdone(c, Penalty(), places=period.places, last=None) for c in self.waiting[_TOLD:]}
        weak = {
            c.work.work_id: against
            for c in period.ranked
            if c.work.work_id not in period.followed and (against := too_weak(c, period.floor))
        }
        found = {**limit, **selector.against, **weak, **period.unwanted}
        return {work_id: against for work_id, against in found.items() if work_id not in kept}

    def _because(self, candidate: Candidate) -> str:
        if candidate in self.stretches:
            side = "both sides" if candidate.side == "both" else candidate.side
            return f"a stretch: next to your focus, {side}"
        name = self.period.followed.get(candidate.work.work_id, "")
        reason = f"by {name}, whom you follow; {candidate.reason}" if name else candidate.reason
        if candidate in self.padding:
            weak = candidate.judged.relevance < self.period.floor
            return f"{reason}; {'below the floor' if weak else 'beyond its source’s share'}, kept to reach at_least"
        return reason


def _others(
    candidates: Sequence[Candidate], selector: Selector, *, but_not: Mapping[str, object] | None = None
) -> list[Candidate]:
    """Those of *candidates* that are not kept, and not in *but_not*."""
    gone = {c.work.work_id for c in selector.kept} | (but_not or {}).keys()
    return [c for c in candidates if c.work.work_id not in gone]
