"""A work from just outside the focus that is worth a learner's time all the same. Pure.

It lies next to the focus: little below the floor, near to what is kept but not about the same thing,
and on ground that was not shown lately. What is far away is rubbish as often as not, and nobody
builds on it.
"""

from collections.abc import Callable, Iterable, Sequence

from digest.compose.candidates import Candidate
from digest.compose.mmr import Similarity
from digest.compose.similarity import ONE_THING

#: How far below the floor a stretch may lie, in standard deviations of relevance.
NEXT_TO = 1.5
#: Fewer words are less than a paragraph: an announcement, from which nobody can tell whether it is good.
REAL_TEXT = 40
#: What a stretch has to be worth; half way into the belt below the floor and nowhere near anything shown, a work is.
_GOOD = 1.2
#: As far from everything shown as two works usually are: ground is new or not, and oddities are no newer.
_NEW = 0.2
#: Works between which their company decides; to ask after everybody's would take longer than all the rest.
_LIKELY = 12
#: Sources beside its own that pointed to it; more than two add nothing.
_ECHOES = 2

#: Cosine of an item to the nearest thing shown lately, as `space.Space.shown_lately`.
ShownLately = Callable[[str], float]
#: How near an item's neighbours in the period are, as `space.Space.company`.
LocalDensity = Callable[[str], float]


def best_stretch(
    candidates: Iterable[Candidate],
    kept: Sequence[Candidate],
    *,
    floor: float,
    similarity: Similarity,
    shown_lately: ShownLately,
    local_density: LocalDensity,
) -> Candidate | None:
    """The best stretch among *candidates* beside what is *kept*; None where none is good."""
    fit = []
    for candidate in candidates:
        if not _fits(candidate, floor):
            continue
        item_id = candidate.item.item_id
        near = max((similarity(one.item.item_id, item_id) for one in kept), default=0.0)
        known = shown_lately(item_id)
        if max(near, known) < ONE_THING:  # on one thing with it, a work is no step aside
            fit.append((stretch_worth(candidate, floor=floor, near=near, known=known), candidate))
    likely = sorted(fit, key=lambda pair: -pair[0])[:_LIKELY]
    in_company = [(worth + local_density(candidate.item.item_id), candidate) for worth, candidate in likely]
    worth, best = max(in_company, key=lambda pair: pair[0], default=(0.0, None))
    return best if worth >= _GOOD else None


def _fits(candidate: Candidate, floor: float) -> bool:
    item, judged = candidate.item, candidate.judged
    if not floor - NEXT_TO <= judged.relevance < floor or judged.evidence.avoided:
        return False
    return bool(item.title and item.url) and item.words >= REAL_TEXT


def stretch_worth(candidate: Candidate, *, floor: float, near: float, known: float) -> float:
    """How good a stretch a work would be.

    *near* is its cosine to the nearest kept work, *known* that to the nearest thing shown lately. What
    is nearest to the focus counts most; then ground not shown lately, a tie to what is kept, and what
    speaks for its quality: a trusted source, others that point to it, code or data.
    """
    judged = candidate.judged
    belt = 1 - (floor - judged.relevance) / NEXT_TO
    new = 1 - max(known, _NEW)
    echoes = 0.2 * min(len({other.source for other in candidate.work.items}) - 1, _ECHOES)
    return belt + new + max(near, 0.0) + echoes + judged.parts.get("source", 0.0) + 0.1 * bool(judged.evidence.extras)
