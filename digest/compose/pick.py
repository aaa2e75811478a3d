"""Which works of a period are kept, and why each of the others is not. Pure.

Ceilings, never quotas: the kept fraction, `at_most`, the sides' shares, a third for one
source and the minutes there are can only make a digest shorter. `at_least` is the one
exception, and only because the learner asked for it.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import pstdev

from digest.compose.diversity import Crowd
from digest.compose.reading import minutes
from digest.compose.rules import MIN_WORKS, ceiling, follows, muted, shares, sunk_by
from digest.compose.stretch import stretch_worth
from digest.config import Digest, Focus
from digest.records import Item, Judged, Verdict, Work

__all__ = ["MIN_WORKS", "Against", "Candidate", "Decision", "ceiling", "decide", "follows", "muted", "pick", "shares"]

#: What a work of unknown length is taken to cost while the minutes are counted.
_UNKNOWN_MINUTES = 5
#: Stretches between which their company decides; to ask after everybody's would take longer than all the rest.
_LIKELY = 100
_TITLE = 60  # characters of a title that is named in another work's verdict

#: Cosine of two items by id, as `space.Space.similarity`.
Similarity = Callable[[str, str], float]
#: Cosine of an item to the nearest thing shown lately, as `space.Space.shown_lately`.
ShownLately = Callable[[str], float]
#: How near an item's neighbours in the period are, as `space.Space.company`.
Company = Callable[[str], float]


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
        return "envelope" if self.judged.lean >= 0.5 else "letter"

    def followed(self, focus: Focus) -> str:
        """The followed author of any item of the work, or ""."""
        return next((name for item in self.work.items if (name := follows(item, focus.follow))), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What kept a work out."""

    #: "muted", "avoided", "floor", "silenced", "share", "limit", "source", "minutes" or "likeness"
    rule: str
    reason: str
    #: what would have had to be otherwise, as "0.4 more relevance", or ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdicts, best first, and for each work left out by its id what was against it."""

    verdicts: tuple[Verdict, ...]
    against: Mapping[str, Against]


def pick(candidates: Sequence[Candidate], focus: Focus, digest: Digest, *, floor: float) -> tuple[Verdict, ...]:
    """Decide over every work of a period; verdicts come best first. *floor* is on relevance."""
    return decide(candidates, focus, digest, floor=floor).verdicts


def decide(
    candidates: Sequence[Candidate],
    focus: Focus,
    digest: Digest,
    *,
    floor: float,
    similarity: Similarity = lambda one, other: 0.0,
    shown_lately: ShownLately = lambda item_id: 0.0,
    company: Company = lambda item_id: 0.0,
) -> Decision:
    """Decide over every work of a period, telling works apart by their likeness as well."""
    ranked = sorted(candidates, key=lambda c: (-c.judged.score, c.work.work_id))
    crowd = Crowd(similarity, deep=focus.mode == "deep", spread=_spread(ranked, digest))
    table = _Table(ranked, focus, digest, floor, crowd)
    table.offer()
    table.open_to_side_leaned_to()
    table.offer()
    table.fill_up()
    table.stretch(shown_lately, company)
    return Decision(verdicts=table.verdicts(), against=table.against)


@dataclass(slots=True)
class _Table:
    """The digest while it is laid: what is kept so far, and why the rest is not."""

    ranked: Sequence[Candidate]
    focus: Focus
    digest: Digest
    floor: float
    crowd: Crowd
    limits: dict[str, int] = field(init=False)  # side -> slots it may fill
    source_limit: int = field(init=False)
    followed: dict[str, str] = field(init=False)  # work id -> author
    kept: dict[str, str] = field(default_factory=dict)  # work id -> section
    values: dict[str, float] = field(default_factory=dict)  # work id -> score after likeness, when it was kept
    #: works that were kept for their score, in focus
    rivals: list[Candidate] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    against: dict[str, Against] = field(default_factory=dict)
    sides: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    def __post_init__(self) -> None:
        self.limits = shares(self.focused_slots, self.focus.lean)
        only_one = len({c.item.source for c in self.ranked}) < 2
        self.source_limit = self.slots if only_one else max(1, self.slots // 3)
        self.followed = {c.work.work_id: name for c in self.ranked if (name := c.followed(self.focus))}

    @property
    def slots(self) -> int:
        return ceiling(len(self.ranked), self.digest)

    @property
    def focused_slots(self) -> int:
        """Slots for works in focus: a stretch is kept room for, but not at a tiny digest's cost."""
        return max(self.slots - self.digest.stretch, min(self.slots, max(MIN_WORKS, self.digest.at_least)))

    def offer(self) -> None:
        """Keep what no rule is against, followed authors first, then by score less likeness to what is kept."""
        waiting = []
        for candidate in self.ranked:
            if candidate.work.work_id in self.kept:
                continue
            if not self.note(candidate, self.ruled_out(candidate) or self.too_weak(candidate)):
                waiting.append(candidate)
        eligible = tuple(waiting)
        while waiting:  # no rule that is against a work now will be for it later
            waiting.sort(key=lambda c: (c.work.work_id not in self.followed, -self.value(c), c.work.work_id))
            found = next((n for n, c in enumerate(waiting) if not self.note(c, self.crowded(c))), len(waiting))
            if found < len(waiting):
                self.keep(waiting[found], waiting[found].side, self.because(waiting[found]))
                self.crowd.admit(waiting[found], eligible)
            waiting = waiting[found + 1 :]

    def note(self, candidate: Candidate, against: Against | None) -> bool:
        """Write down what is against a work, if anything is."""
        if against is not None:
            self.against[candidate.work.work_id] = against
        return against is not None

    def open_to_side_leaned_to(self) -> None:
        """Once both sides had their share, let the side leaned to fill what the other left free."""
        for side, share in (("envelope", self.focus.lean), ("letter", 1 - self.focus.lean)):
            if share >= 0.5:
                self.limits[side] = self.focused_slots

    def value(self, candidate: Candidate) -> float:
        return candidate.judged.score - self.crowd.penalty(candidate)

    def keep(self, candidate: Candidate, section: str, reason: str) -> None:
        work_id = candidate.work.work_id
        self.kept[work_id] = section
        self.values[work_id] = self.value(candidate)
        if section != "stretch" and work_id not in self.followed:
            self.rivals.append(candidate)
        self.reasons[work_id] = reason
        self.against.pop(work_id, None)
        self.sides[section] += 1
        self.sources[candidate.item.source] += 1
        self.minutes += _cost(candidate)

    def because(self, candidate: Candidate) -> str:
        name = self.followed.get(candidate.work.work_id, "")
        return f"by {name}, whom you follow; {candidate.reason}" if name else candidate.reason

    def ruled_out(self, candidate: Candidate) -> Against | None:
        if phrase := muted(candidate.item, self.focus.mute):
            return Against(rule="muted", reason=f'muted: its title says "{phrase}"')
        return None

    def too_weak(self, candidate: Candidate) -> Against | None:
        relevance = candidate.judged.relevance
        if relevance >= self.floor or candidate.work.work_id in self.followed:
            return None
        if phrase := sunk_by(candidate.judged, self.floor):
            reason = f'too near to what you avoid: "{phrase}"'
            return Against(rule="avoided", reason=reason, change="a text farther from that")
        return Against(
            rule="floor",
            reason=f"below the floor: relevance {_down(relevance):.2f}, needed {self.floor:.2f}",
            change=f"{max(self.floor - relevance, 0.01):.2f} more relevance",
        )

    def crowded(self, candidate: Candidate) -> Against | None:
        side, source = candidate.side, candidate.item.source
        if self.silenced(candidate):
            return Against(rule="silenced", reason=f"the {side} is silenced by your lean", change="another lean")
        if self.sources[source] >= self.source_limit:
            reason = f"{source} had its third of the digest already"
            return self.displaced(candidate, "source", reason, lambda c: c.item.source == source)
        if sum(self.sides.values()) >= self.focused_slots:
            reason = f"the limit of {self.slots} works was reached, the {side}'s places by better ones"
            return self.displaced(candidate, "limit", reason, lambda c: c.side == side)
        if self.sides[side] >= self.limits[side]:
            reason = f"the {side} had its share of {self.limits[side]} already"
            return self.displaced(candidate, "share", reason, lambda c: c.side == side)
        if self.digest.minutes is not None and self.minutes + _cost(candidate) > self.digest.minutes:
            missing = self.minutes + _cost(candidate) - self.digest.minutes
            reason = f"would take longer than the {self.digest.minutes} minutes there are"
            return Against(rule="minutes", reason=reason, change=f"{missing} more minutes")
        if like := self.crowd.too_like(candidate):
            names = " and ".join(f"“{_clip(title)}”" for title in like)
            return Against(rule="likeness", reason=f"too like {names}", change=f"{names} not being here")
        return None

    def displaced(self, candidate: Candidate, rule: str, reason: str, rival: Callable[[Candidate], bool]) -> Against:
        """The rule with the kept work that *candidate* would have had to outdo for its place."""
        rivals = [c for c in self.rivals if rival(c)]
        if not rivals:
            return Against(rule=rule, reason=reason)
        weakest = min(rivals, key=lambda c: self.values[c.work.work_id])
        gap = self.values[weakest.work.work_id] - self.value(candidate)
        penalty = self.crowd.penalty(candidate)
        change = ""
        if penalty > max(gap, 0.0):
            change = f"less likeness to “{_clip(self.crowd.most_like(candidate))}”"
        elif gap >= 0:
            change = f"{max(gap, 0.01):.2f} more score, to outdo “{_clip(weakest.item.title)}”"
        return Against(rule=rule, reason=reason, change=change)

    def fill_up(self) -> None:
        """Reach `at_least` with the best works below the floor, saying so."""
        for candidate in self.ranked:
            if sum(self.sides.values()) >= self.digest.at_least:
                return
            if candidate.work.work_id in self.kept or self.ruled_out(candidate) or self.crowded(candidate):
                continue
            self.keep(candidate, candidate.side, f"{candidate.reason}; below the floor, kept to reach at_least")

    def stretch(self, shown_lately: ShownLately, company: Company) -> None:
        """Keep works from outside the focus, from sources not in the digest yet where there are any.

        They come from the better half of what lies outside: the rest is rubbish as often as not.
        """
        outside = [c for c in self.ranked if c.judged.relevance < self.floor]
        better = outside[: (len(outside) + 1) // 2]
        for _ in range(min(self.digest.stretch, self.slots - len(self.kept))):
            fit = [c for c in better if c.work.work_id not in self.kept and not self.barred_from_stretch(c)]
            if not fit:
                return
            worth = {c.work.work_id: self.worth(c, shown_lately) for c in fit}
            fit.sort(key=lambda c: (self.sources[c.item.source], -worth[c.work.work_id]))
            likely = [c for c in fit[:_LIKELY] if self.sources[c.item.source] == self.sources[fit[0].item.source]]
            chosen = max(likely, key=lambda c: worth[c.work.work_id] + company(c.item.item_id))
            self.keep(chosen, "stretch", f"a stretch: outside your focus, {chosen.side}")

    def worth(self, candidate: Candidate, shown_lately: ShownLately) -> float:
        """How good a stretch it would be, beside what is kept now and what was shown before."""
        item_id = candidate.item.item_id
        here = (self.crowd.similarity(item_id, c.item.item_id) for c in self.ranked if c.work.work_id in self.kept)
        known = max([shown_lately(item_id), *here])
        return stretch_worth(candidate.work, candidate.item, candidate.judged, floor=self.floor, known=known)

    def barred_from_stretch(self, candidate: Candidate) -> bool:
        over_time = self.digest.minutes is not None and self.minutes + _cost(candidate) > self.digest.minutes
        unfit = not candidate.item.title or not candidate.item.url or bool(candidate.judged.evidence.avoided)
        full = self.sources[candidate.item.source] >= self.source_limit
        ruled_out = self.ruled_out(candidate) is not None
        return ruled_out or self.silenced(candidate) or over_time or unfit or full

    def silenced(self, candidate: Candidate) -> bool:
        return self.focus.lean == (0 if candidate.side == "envelope" else 1)

    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(
            Verdict(
                work_id=c.work.work_id,
                item_id=c.item.item_id,
                kept=c.work.work_id in self.kept,
                rank=rank,
                score=c.judged.score,
                section=self.kept.get(c.work.work_id),
                reason=self.reasons.get(c.work.work_id) or self.against[c.work.work_id].reason,
            )
            for rank, c in enumerate(self.ranked, start=1)
        )


def _spread(ranked: Sequence[Candidate], digest: Digest) -> float:
    """Standard deviation of the scores of those works between which the choice lies: three for each slot."""
    scores = [c.judged.score for c in ranked[: 3 * ceiling(len(ranked), digest)]]
    return pstdev(scores) if scores else 0.0


def _down(value: float) -> float:
    """Rounded down to hundredths, so that what fell short does not look as if it had not."""
    return math.floor(value * 100 + 1e-6) / 100


def _cost(candidate: Candidate) -> int:
    return minutes(candidate.item) or _UNKNOWN_MINUTES


def _clip(title: str) -> str:
    """A title short enough to stand in another work's verdict."""
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1].rpartition(' ')[0] or title[: _TITLE - 1]}…"
