"""Which works of a period are kept, and why each of the others is not. Pure.

Ceilings, never quotas: the kept fraction, `at_most`, the sides' shares, a third for one
source and the minutes there are can only make a digest shorter. `at_least` is the one
exception, and only because the learner asked for it.
"""

import math
import re
import unicodedata
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

    def followed(self, focus: Focus) -> str:
        """The followed author of any item of the work, or ""."""
        return next((name for item in self.work.items if (name := follows(item, focus.follow))), "")


def pick(candidates: Sequence[Candidate], focus: Focus, digest: Digest, *, floor: float) -> tuple[Verdict, ...]:
    """Decide over every work of a period; verdicts come best first. *floor* is on relevance."""
    ranked = sorted(candidates, key=lambda c: (-c.judged.score, c.work.work_id))
    table = _Table(ranked, focus, digest, floor)
    order = sorted(ranked, key=lambda c: not c.followed(focus))  # stable: followed authors first
    table.offer(order)
    table.open_to_side_leaned_to()
    table.offer(order)
    table.fill_up()
    table.stretch()
    return table.verdicts()


def ceiling(works: int, digest: Digest) -> int:
    """How many of a period's works may be kept."""
    fraction = math.floor(works * digest.keep + 1e-9)  # 29% of 100 is 29, though 0.29 is a little less
    return min(digest.at_most, max(MIN_WORKS, fraction, digest.at_least))


def shares(slots: int, lean: float) -> dict[str, int]:
    """How the slots divide between the sides; an odd slot between equals is nobody's.

    The side not leaned to keeps at least one of two slots unless the lean is 0 or 1 and silences it.
    """
    envelope, letter = math.ceil(slots * lean - 0.5), math.ceil(slots * (1 - lean) - 0.5)
    if 0 < lean < 1 and slots > 1:
        envelope, letter = min(max(envelope, 1), slots - 1), min(max(letter, 1), slots - 1)
    return {"envelope": envelope, "letter": letter}


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
        if any(family == last and _same_given(given, first) for given, family in authors):
            return name
    return ""


@dataclass(slots=True)
class _Table:
    """The digest while it is laid: what is kept so far, and why the rest is not."""

    ranked: Sequence[Candidate]
    focus: Focus
    digest: Digest
    floor: float
    limits: dict[str, int] = field(init=False)  # side -> slots it may fill
    source_limit: int = field(init=False)
    kept: dict[str, str] = field(default_factory=dict)  # work id -> section
    reasons: dict[str, str] = field(default_factory=dict)
    sides: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    def __post_init__(self) -> None:
        self.limits = shares(self.focused_slots, self.focus.lean)
        only_one = len({c.item.source for c in self.ranked}) < 2
        self.source_limit = self.slots if only_one else max(1, self.slots // 3)

    @property
    def slots(self) -> int:
        return ceiling(len(self.ranked), self.digest)

    @property
    def focused_slots(self) -> int:
        """Slots for works in focus: a stretch is kept room for, but not at a tiny digest's cost."""
        return max(self.slots - self.digest.stretch, min(self.slots, max(MIN_WORKS, self.digest.at_least)))

    def offer(self, candidates: Iterable[Candidate]) -> None:
        """Keep each candidate unless a rule is against it, and note which."""
        for candidate in candidates:
            if candidate.work.work_id in self.kept:
                continue
            if against := self.ruled_out(candidate) or self.too_weak(candidate) or self.crowded(candidate):
                self.reasons[candidate.work.work_id] = against
            else:
                self.keep(candidate, candidate.side, _because(candidate, self.focus))

    def open_to_side_leaned_to(self) -> None:
        """Once both sides had their share, let the side leaned to fill what the other left free."""
        for side, share in (("envelope", self.focus.lean), ("letter", 1 - self.focus.lean)):
            if share >= 0.5:
                self.limits[side] = self.focused_slots

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

    def too_weak(self, candidate: Candidate) -> str:
        if candidate.judged.relevance >= self.floor or candidate.followed(self.focus):
            return ""
        if avoided := candidate.judged.evidence.avoided:
            return f'too near to what you avoid: "{avoided}"'
        return f"below the floor: relevance {candidate.judged.relevance:.2f}, needed {self.floor:.2f}"

    def crowded(self, candidate: Candidate) -> str:
        limit = self.limits[candidate.side]
        if self.silenced(candidate):
            return f"the {candidate.side} is silenced by your lean"
        if self.sides[candidate.side] >= limit:
            return f"the {candidate.side} had its share of {limit} already"
        if sum(self.sides.values()) >= self.focused_slots:
            return f"the limit of {self.slots} works was reached, the {candidate.side}'s places by better ones"
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
        for _ in range(min(self.digest.stretch, self.slots - len(self.kept))):
            fit = [c for c in middle if c.work.work_id not in self.kept and not self.barred_from_stretch(c)]
            if not fit:
                return
            chosen = min(fit, key=lambda c: self.sources[c.item.source])  # the best one among equals
            self.keep(chosen, "stretch", f"a stretch: outside your focus, {chosen.side}")

    def barred_from_stretch(self, candidate: Candidate) -> bool:
        in_focus = candidate.judged.relevance >= self.floor
        over_time = self.digest.minutes is not None and self.minutes + _cost(candidate) > self.digest.minutes
        unfit = not candidate.item.title or not candidate.item.url or bool(candidate.judged.evidence.avoided)
        full = self.sources[candidate.item.source] >= self.source_limit
        return bool(self.ruled_out(candidate)) or in_focus or self.silenced(candidate) or over_time or unfit or full

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
                reason=self.reasons[c.work.work_id],
            )
            for rank, c in enumerate(self.ranked, start=1)
        )


def _because(candidate: Candidate, focus: Focus) -> str:
    name = candidate.followed(focus)
    return f"by {name}, whom you follow; {candidate.reason}" if name else candidate.reason


def _cost(candidate: Candidate) -> int:
    return minutes(candidate.item) or _UNKNOWN_MINUTES


def _same_given(one: str, other: str) -> bool:
    """Whether two given names may be one: equal, or one the other's initial."""
    return one == other or (1 in (len(one), len(other)) and one[:1] == other[:1])


def _name(text: str) -> tuple[str, str]:
    """Given and family name without case and accents; initials keep their letter."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if "," in text:
        family, _, given = text.partition(",")
        text = f"{given} {family}"
    parts = text.casefold().replace(".", " ").split()
    if not parts:
        return "", ""
    return parts[0] if len(parts) > 1 else "", parts[-1]
