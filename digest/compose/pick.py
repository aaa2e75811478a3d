"""Which works of a period are kept, in which section, and why each of the others is not. Pure.

The judge decides. The kept fraction, `at_most`, the floor and the minutes bound a digest; lean, variety and a
source's share are preferences, each with its penalty (`trade_offs`). No work is kept because a side is empty,
and none is dropped because one is full. Only `at_least` reaches below the floor, because the learner asked for it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from digest.compose.candidates import Candidate, Decision, Exclusion
from digest.compose.eligibility import ceiling, focused_places, followed, too_weak, unwanted
from digest.compose.mmr import MMR, Similarity
from digest.compose.selector import Bounds, Selector
from digest.compose.source_shares import allowance, single_author_sources
from digest.compose.stretch import LocalDensity, ShownLately, best_stretch
from digest.compose.trade_offs import Penalty, gave_way, kept_before, outdone, traded
from digest.config import Digest, Focus
from digest.records import Section, Verdict

#: Works beyond the limit whose verdicts say by how much they were outdone: more than near misses show.
_EXPLAINED = 20


def decide(
    candidates: Sequence[Candidate],
    focus: Focus,
    digest: Digest,
    *,
    floor: float,
    similarity: Similarity = lambda one, other: 0.0,
    shown_lately: ShownLately = lambda item_id: 0.0,
    local_density: LocalDensity = lambda item_id: 0.0,
    considered: int | None = None,
    explain: Callable[[Candidate], str] = lambda candidate: candidate.reason,
) -> Decision:
    """Decide over every work of a period, or over the best of *considered* works.

    *floor* is a relevance; the next three are those of a `SimilaritySpace`. *explain* gives the reason for a work
    that is kept.
    """
    period = _Period(
        ranked=sorted(candidates, key=lambda c: (-c.judged.score, c.work.work_id)),
        focus=focus,
        digest=digest,
        floor=floor,
        followed={c.work.work_id: name for c in candidates if (name := followed(c, focus))},
        unwanted={c.work.work_id: exclusion for c in candidates if (exclusion := unwanted(c, focus))},
        single=single_author_sources(item for c in candidates for item in c.work.items),
        similarity=similarity,
        shown_lately=shown_lately,
        local_density=local_density,
        considered=len(candidates) if considered is None else considered,
        explain=explain,
    )
    # A source's share is a share of the works kept in the end. The loop finds their number from above: while fewer
    # works are kept than the shares were computed from, it computes them again from those.
    expected = period.places
    while True:
        selection = period.select(expected)
        if len(selection.selector.kept) >= expected:
            return selection.decision()
        expected = len(selection.selector.kept)


def assign_sections(kept: Sequence[Candidate], envelope: float) -> dict[str, Section]:
    """By work id, "letter" or "envelope"; *kept* comes best first, *envelope* is that side's declared share.

    Works of both sides come last, best first: each goes to the section that is furthest below its share, or
    between equals to its likelier side.
    """
    found = {c.work.work_id: Section(c.side) for c in kept if c.side != "both"}
    counts = Counter(found.values())
    for candidate in kept:
        if candidate.side != "both":
            continue
        works = counts.total() + 1
        missing = {
            Section.LETTER: (1 - envelope) * works - counts[Section.LETTER],
            Section.ENVELOPE: envelope * works - counts[Section.ENVELOPE],
        }
        likelier = Section.ENVELOPE if candidate.judged.lean > 0.5 else Section.LETTER
        section = max(missing, key=lambda side: (round(missing[side], 9), side == likelier))
        found[candidate.work.work_id] = section
        counts[section] += 1
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """The works of a period, best first, and what is known of them before any is kept."""

    ranked: Sequence[Candidate]
    focus: Focus
    digest: Digest
    floor: float
    #: by work id, the author that the learner follows, and the learner's order that excludes it
    followed: Mapping[str, str]
    unwanted: Mapping[str, Exclusion]
    #: single-author sources
    single: frozenset[str]
    similarity: Similarity
    shown_lately: ShownLately
    local_density: LocalDensity
    #: works of the period, of which *ranked* may be only the best
    considered: int
    explain: Callable[[Candidate], str]

    @property
    def places(self) -> int:
        return ceiling(self.considered, self.digest)

    def select(self, expected: int) -> "_Selection":
        """Fill the places, where each single-author source has its share of *expected* works."""
        wanted = [c for c in self.ranked if c.work.work_id not in self.unwanted]
        good = [c for c in wanted if c.work.work_id in self.followed or c.judged.relevance >= self.floor]
        selector = self._selector(good, expected)
        focused = focused_places(self.considered, self.digest)
        for candidate in good:
            if candidate.work.work_id in self.followed and len(selector.kept) < focused:
                selector.keep_followed(candidate)
        waiting = selector.fill(_others(good, selector, but_not=selector.exclusions), focused)
        before = len(selector.kept)
        selector.fill(_others(wanted, selector), self.digest.at_least, floor=-inf)
        padding = selector.kept[before:]
        stretches = self._stretches(wanted, selector)
        waiting = selector.fill(waiting, self.places)
        return _Selection(period=self, selector=selector, waiting=waiting, padding=padding, stretches=stretches)

    def _selector(self, good: Sequence[Candidate], expected: int) -> Selector:
        sources = {c.item.source for c in good}
        bounds = Bounds(
            lean=self.focus.lean,
            minutes=self.digest.minutes,
            floor=self.floor,
            allowance=allowance(self.digest.per_source, kept=expected, sources=sources, single=self.single),
        )
        return Selector(bounds=bounds, mmr=MMR(self.similarity, deep=self.focus.mode == "deep"))

    def _stretches(self, wanted: Sequence[Candidate], selector: Selector) -> list[Candidate]:
        """Keep the stretches that the learner wants, while there are good ones and places for them."""
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
class _Selection:
    """One way to fill a digest: the works that are kept, and those that wait for a place."""

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
        sections = assign_sections(focused, self.period.focus.lean) | dict.fromkeys(stretches, Section.STRETCH)
        trades = traded(self.waiting, self.selector.passed)
        exclusions = self._exclusions(kept) | {trade.candidate.work.work_id: gave_way(trade) for trade in trades}
        reasons = {c.work.work_id: self._reason(c) for c in self.selector.kept}
        return Decision(
            verdicts=tuple(
                Verdict(
                    work_id=c.work.work_id,
                    item_id=c.item.item_id,
                    kept=c.work.work_id in kept,
                    rank=rank,
                    score=c.judged.score,
                    section=sections.get(c.work.work_id),
                    reason=reasons.get(c.work.work_id) or exclusions[c.work.work_id].reason,
                )
                for rank, c in enumerate(self.period.ranked, start=1)
            ),
            exclusions=exclusions,
            traded={trade.winner.work.work_id: kept_before(trade) for trade in reversed(trades)},
        )

    def _exclusions(self, kept: set[str]) -> dict[str, Exclusion]:
        """What excludes each work that is not kept; what makes it unfit by itself comes first."""
        period, selector = self.period, self.selector
        limit = {
            c.work.work_id: outdone(c, selector.penalty(c), places=period.places, last=selector.last)
            for c in self.waiting[:_EXPLAINED]
        } | {c.work.work_id: outdone(c, Penalty(), places=period.places, last=None) for c in self.waiting[_EXPLAINED:]}
        weak = {
            c.work.work_id: exclusion
            for c in period.ranked
            if c.work.work_id not in period.followed and (exclusion := too_weak(c, period.floor))
        }
        found = {**limit, **selector.exclusions, **weak, **period.unwanted}
        return {work_id: exclusion for work_id, exclusion in found.items() if work_id not in kept}

    def _reason(self, candidate: Candidate) -> str:
        """Why a work is kept."""
        if candidate in self.stretches:
            side = "both sides" if candidate.side == "both" else candidate.side
            return f"a stretch: next to your focus, {side}"
        name = self.period.followed.get(candidate.work.work_id, "")
        reason = self.period.explain(candidate)
        reason = f"by {name}, whom you follow; {reason}" if name else reason
        if candidate in self.padding:
            weak = candidate.judged.relevance < self.period.floor
            return f"{reason}; {'below the floor' if weak else 'beyond its source’s share'}, kept to reach at_least"
        return reason


def _others(candidates: Sequence[Candidate], selector: Selector, *, but_not: Collection[str] = ()) -> list[Candidate]:
    """Those of *candidates* that are neither kept nor in *but_not*, by work id."""
    gone = {c.work.work_id for c in selector.kept}.union(but_not)
    return [c for c in candidates if c.work.work_id not in gone]
