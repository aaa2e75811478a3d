"""How many works a digest may keep, and the orders and the floor that each work meets by itself. Pure."""

import math
import re
import unicodedata
from collections.abc import Iterable

from digest.compose.candidates import Candidate, Exclusion, Rule
from digest.config import Digest, Focus
from digest.records import Item, Judged, Section

#: However small the fraction, this many works may be kept.
MIN_WORKS = 3
#: The side that a lean of 0 or 1 silences; works of both sides stay.
_SILENCED = {0.0: Section.ENVELOPE, 1.0: Section.LETTER}


def ceiling(works: int, digest: Digest) -> int:
    """How many of a period's works may be kept."""
    fraction = math.floor(works * digest.keep + 1e-9)  # 29% of 100 is 29, though 0.29 is a little less
    return min(digest.at_most, max(MIN_WORKS, fraction, digest.at_least))


def focused_places(works: int, digest: Digest) -> int:
    """How many of those places are for works in focus: stretches take the others, except in a tiny digest."""
    places = ceiling(works, digest)
    return max(places - digest.stretch, min(places, max(MIN_WORKS, digest.at_least)))


def unwanted(candidate: Candidate, focus: Focus) -> Exclusion | None:
    """The learner's order that excludes a work: a muted title or a silenced side."""
    if phrase := muted(candidate.item, focus.mute):
        return Exclusion(rule=Rule.MUTED, reason=f'muted: its title says "{phrase}"')
    if candidate.side == _SILENCED.get(focus.lean):
        reason = f"the {candidate.side} is silenced by your lean"
        return Exclusion(rule=Rule.SILENCED, reason=reason, change="another lean")
    return None


def too_weak(candidate: Candidate, floor: float) -> Exclusion | None:
    """The exclusion of a work below the floor, which names an avoided phrase where that is the cause."""
    relevance = candidate.judged.relevance
    if relevance >= floor:
        return None
    if phrase := _sunk_by(candidate.judged, floor):
        reason = f'too near to what you avoid: "{phrase}"'
        return Exclusion(rule=Rule.AVOIDED, reason=reason, change="a text farther from that")
    shown = math.floor(relevance * 100 + 1e-6) / 100  # rounded down, so that it never looks like the floor
    return Exclusion(
        rule=Rule.FLOOR,
        reason=f"below the floor: relevance {shown:.2f}, needed {floor:.2f}",
        change=f"{max(floor - relevance, 0.01):.2f} more relevance",
    )


def muted(item: Item, phrases: Iterable[str]) -> str:
    """The muted word or phrase in the item's title, or ""."""
    for phrase in phrases:
        if phrase.strip() and re.search(rf"(?<!\w){re.escape(phrase.strip())}(?!\w)", item.title, re.IGNORECASE):
            return phrase
    return ""


def followed(candidate: Candidate, focus: Focus) -> str:
    """The followed author of any item of the work, or ""."""
    if not focus.follow:
        return ""
    return next((name for item in candidate.work.items if (name := follows(item, focus.follow))), "")


def follows(item: Item, names: Iterable[str]) -> str:
    """The followed author of the item, or ""; "Khattab, Omar" and "O. Khattab" are other spellings."""
    authors = [_given_and_family(author) for author in item.authors]
    for name in names:
        first, last = _given_and_family(name)
        if last and any(family == last and _same_given(given, first) for given, family in authors):
            return name
    return ""


def _sunk_by(judged: Judged, floor: float) -> str:
    """The avoided phrase without which the item would have reached the floor, or ""."""
    loss = judged.parts.get("avoid", 0.0)
    return judged.evidence.avoided if loss < 0 and judged.relevance < floor <= judged.relevance - loss else ""


def _same_given(one: str, other: str) -> bool:
    """Whether two given names may be the same: equal, or one the initial of the other."""
    return one == other or (1 in (len(one), len(other)) and one[:1] == other[:1])


def family_name(author: str) -> str:
    """The family name of an author, with case and accents: who is the same person has the same one."""
    return author.partition(",")[0].split()[-1] if author.partition(",")[0].split() else ""


def _given_and_family(text: str) -> tuple[str, str]:
    """Given and family name without case and accents; initials keep their letter."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if "," in text:
        family, _, given = text.partition(",")
        text = f"{given} {family}"
    parts = text.casefold().replace(".", " ").split()
    if not parts:
        return "", ""
    return parts[0] if len(parts) > 1 else "", parts[-1]
