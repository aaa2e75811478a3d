"""In which section each kept work stands. Pure."""

from collections import Counter
from collections.abc import Sequence

from digest.compose.candidates import Candidate


def standing(kept: Sequence[Candidate], envelope: float) -> dict[str, str]:
    """By work id, "letter" or "envelope"; *kept* comes best first, *envelope* is that side's declared share.

    A work of both sides stands where it serves best: once the others have their places, in the section
    that is furthest below its share when its turn by score comes; between equals where it rather belongs.
    """
    found = {c.work.work_id: c.side for c in kept if c.side != "both"}
    counts = Counter(found.values())
    for candidate in kept:
        if candidate.side != "both":
            continue
        works = counts.total() + 1
        behind = {
            "letter": (1 - envelope) * works - counts["letter"],
            "envelope": envelope * works - counts["envelope"],
        }
        likelier = "envelope" if candidate.judged.lean > 0.5 else "letter"
        section = max(behind, key=lambda side: (round(behind[side], 9), side == likelier))
        found[candidate.work.work_id] = section
        counts[section] += 1
    return found
