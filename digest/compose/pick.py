"""Which works of a period are kept, and why each of the others is not. Pure.

Ceilings, never quotas: the kept fraction, `at_most`, the sides' shares, a third for one
source and the minutes there are can only make a digest shorter. `at_least` is the one
exception, and only because the learner asked for it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.compose.reading import minutes
from digest.config import Digest, Focus
from digest.records import Item, Judged, Verdict, Work

#: However small the fraction, this many works may be kept.
MIN_WORKS = 3
#: What a work of unknown length is taken to cost while the minutes are counted.
_UNKNOWN_MINUTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A work of the period, the item that stands for it, and what the judge says of that item."""

    work: Work
    item: Item
    judged: Judged
    #: the one-line reason the judge gives
    reason: str = ""

    @property
    def side(self) -> str:
        return "envelope" if self.judged.lean >= 0.5 else "letter"


def pick(candidates: Sequence[Candidate], focus: Focus, digest: Digest, *, floor: float) -> tuple[Verdict, ...]:
    """Decide over every work of a period; verdicts come best first. *floor* is on relevance."""
    ranked = sorted(candidates, key=lambda c: (-c.judged.score, c.work.work_id))
    table = _Table(ranked, focus, digest)
    for candidate in sorted(ranked, key=lambda c: not follows(c.item, focus.follow)):  # stable: followed authors first
        table.offer(candidate, floor=floor)
    table.fill_up()
    table.stretch()
    return table.verdicts()


def ceiling(works: int, digest: Digest) -> int:
    """How many of a period's works may be kept."""
    return min(digest.at_most, max(MIN_WORKS, math.floor(works * digest.keep)))


def shares(slots: int, lean: float) -> dict[str, int]:
    """How the slots divide: the side leaned to may fill them all, the other has its share.

    The other side keeps at least one slot unless the lean is 0 or 1 and silences it.
    """
    envelope = math.floor(slots * lean + 0.5)
    if 0 < lean < 1:
        envelope = min(max(envelope, 1), max(slots - 1, 1))
    limits = {"envelope": envelope, "letter": slots - envelope}
    for side, share in (("envelope", lean), ("letter", 1 - lean)):
        if share >= 0.5:
            limits[side] = slots
    return limits


def muted(item: Item, phrases: Iterable[str]) -> str:
    """The muted word or phrase in the item's title, or ""."""
    for phrase in phrases:
        if phrase.strip() and re.search(rf"(?<!\w){re.escape(phrase.strip())}(?!\w)", item.title, re.IGNORECASE):
            return phrase
    return ""


def follows(item: Item, names: Iterable[str]) -> str:
    """The followed author of the item, or ""; "Khattab, Omar" and "O. Khattab" are other spellings."""
    authors = [_name(author) for author in item.authors]
    for name in names:
        first, last = _name(name)
        for given, family in authors:
            if family == last and (given == first or (len(given) == 1 and first.startswith(given))):
                return name
    return ""


@dataclass(slots=True)
class _Table:
    """The digest while it is laid: what is kept so far, and why the rest is not."""

    ranked: Sequence[Candidate]
    focus: Focus
    digest: Digest
    kept: dict[str, str] = field(default_factory=dict)  # work id -> section
    reasons: dict[str, str] = field(default_factory=dict)
    sides: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    @property
    def slots(self) -> int:
        return ceiling(len(self.ranked), self.digest)

    @property
    def focused_slots(self) -> int:
        """Slots for works in focus: a stretch is kept room for, but not at a tiny digest's cost."""
        return max(self.slots - self.digest.stretch, min(self.slots, MIN_WORKS))

    @property
    def source_limit(self) -> int:
        """A third of the slots, unless there is only one source."""
        if len({c.item.source for c in self.ranked}) < 2:
            return self.slots
        return max(1, self.slots // 3)

    def offer(self, candidate: Candidate, *, floor: float) -> None:
        """Keep *candidate* unless a rule is against it, and note which."""
        work_id = candidate.work.work_id
        against = self.ruled_out(candidate) or self.too_weak(candidate, floor) or self.crowded(candidate)
        if against:
            self.reasons[work_id] = against
        else:
            self.keep(candidate, candidate.side, _because(candidate, self.focus))

    def keep(self, candidate: Candidate, section: str, reason: str) -> None:
        work_id = candidate.work.work_id
        self.kept[work_id] = section
        self.reasons[work_id] = reason
        self.sides[section] += 1
        self.sources[candidate.item.source] += 1
        self.minutes += _cost(candidate)

    def ruled_out(self, candidate: Candidate) -> str:
        if phrase := muted(candidate.item, self.focus.mute):
            return f'muted: its title says "{phrase}"'
        return ""

    def too_weak(self, candidate: Candidate, floor: float) -> str:
        if candidate.judged.relevance >= floor or follows(candidate.item, self.focus.follow):
            return ""
        if avoided := candidate.judged.evidence.avoided:
            return f'too near to what you avoid: "{avoided}"'
        return f"below the floor: relevance {candidate.judged.relevance:.2f}, needed {floor:.2f}"

    def crowded(self, candidate: Candidate) -> str:
        limit = shares(self.focused_slots, self.focus.lean)[candidate.side]
        if limit == 0:
            return f"the {candidate.side} is silenced by your lean"
        if sum(self.sides.values()) >= self.focused_slots:
            return f"the limit of {self.slots} works was reached by better ones"
        if self.sides[candidate.side] >= limit:
            return f"the {candidate.side} had its share of {limit} already"
        if self.sources[candidate.item.source] >= self.source_limit:
            return f"{candidate.item.source} had its third of the digest already"
        if self.digest.minutes is not None and self.minutes + _cost(candidate) > self.digest.minutes:
            return f"would take longer than the {self.digest.minutes} minutes there are"
        return ""

    def fill_up(self) -> None:
        """Reach `at_least` with the best works below the floor, saying so."""
        for candidate in self.ranked:
            if sum(self.sides.values()) >= self.digest.at_least:
                return
            if candidate.work.work_id in self.kept or self.ruled_out(candidate) or self.crowded(candidate):
                continue
            self.keep(candidate, candidate.side, f"{candidate.reason}; below the floor, kept to reach at_least")

    def stretch(self) -> None:
        """Keep works from outside the focus, from sources not in the digest yet where there are any.

        They come from the middle of the field: not what just missed the floor, which is
        nearly in focus, and not its bottom, where the rubbish lies.
        """
        middle = self.ranked[len(self.ranked) // 10 : len(self.ranked) // 2]
        outside = [c for c in middle if c.work.work_id not in self.kept and not self.barred_from_stretch(c)]
        outside.sort(key=lambda c: self.sources[c.item.source])  # stable: best first within equals
        for candidate in outside[: max(0, min(self.digest.stretch, self.slots - len(self.kept)))]:
            self.keep(candidate, "stretch", f"a stretch: outside your focus, {candidate.side}")

    def barred_from_stretch(self, candidate: Candidate) -> bool:
        silenced = shares(self.focused_slots, self.focus.lean)[candidate.side] == 0
        over_time = self.digest.minutes is not None and self.minutes + _cost(candidate) > self.digest.minutes
        unfit = not candidate.item.title or not candidate.item.url or bool(candidate.judged.evidence.avoided)
        full = self.sources[candidate.item.source] >= self.source_limit
        return bool(self.ruled_out(candidate)) or silenced or over_time or unfit or full

    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(
            Verdict(
                work_id=c.work.work_id,
                item_id=c.item.item_id,
                kept=c.work.work_id in self.kept,
                rank=rank,
                score=c.judged.score,
                section=self.kept.get(c.work.work_id),
                reason=self.reasons[c.work.work_id],
            )
            for rank, c in enumerate(self.ranked, start=1)
        )


def _because(candidate: Candidate, focus: Focus) -> str:
    name = follows(candidate.item, focus.follow)
    return f"by {name}, whom you follow; {candidate.reason}" if name else candidate.reason


def _cost(candidate: Candidate) -> int:
    return minutes(candidate.item) or _UNKNOWN_MINUTES


def _name(text: str) -> tuple[str, str]:
    """Given and family name, folded; initials keep their letter."""
    if "," in text:
        family, _, given = text.partition(",")
        text = f"{given} {family}"
    parts = text.casefold().replace(".", " ").split()
    if not parts:
        return "", ""
    return parts[0] if len(parts) > 1 else "", parts[-1]
