"""The bounds of a digest and the learner's standing orders: how much, whom to hear, what to leave out. Pure."""

import math
import re
import unicodedata
from collections.abc import Iterable

from digest.config import Digest
from digest.records import Item, Judged

#: However small the fraction, this many works may be kept.
MIN_WORKS = 3


def ceiling(works: int, digest: Digest) -> int:
    """How many of a period's works may be kept."""
    fraction = math.floor(works * digest.keep + 1e-9)  # 29% of 100 is 29, though 0.29 is a little less
    return min(digest.at_most, max(MIN_WORKS, fraction, digest.at_least))


def focused_places(works: int, digest: Digest) -> int:
    """How many of them are for works in focus: a stretch is kept a place, but not at a tiny digest's cost."""
    places = ceiling(works, digest)
    return max(places - digest.stretch, min(places, max(MIN_WORKS, digest.at_least)))


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
        if last and any(family == last and _same_given(given, first) for given, family in authors):
            return name
    return ""


def sunk_by(judged: Judged, floor: float) -> str:
    """The avoided phrase without which the item would have reached the floor, or ""."""
    loss = judged.parts.get("avoid", 0.0)
    return judged.evidence.avoided if loss < 0 and judged.relevance < floor <= judged.relevance - loss else ""


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
