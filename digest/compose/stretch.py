"""The stretch: a work from just outside the focus that is worth a learner's time. Pure.

It is next to the focus: little below the floor, near what is kept but on another thing, and unlike anything
shown lately. What is far from the focus is often rubbish.
"""

from collections.abc import Callable, Iterable, Sequence

from digest.compose.candidates import Candidate
from digest.compose.mmr import Similarity
from digest.compose.similarity import ONE_THING

#: How far below the floor a stretch may be, in standard deviations of relevance.
NEXT_TO = 1.5
#: Fewer words are less than a paragraph: an announcement, too short to judge.
REAL_TEXT = 40
#: The worth that a stretch needs: that of a work half way down the belt below the floor and far from all that was
#: shown.
_GOOD = 1.2
#: Cosine of two unrelated works: below it a work is no newer.
_UNRELATED = 0.2
#: Works between which local density decides; computing it for all would take longer than everything else.
_FINALISTS = 12
#: Other sources that linked to it; more than two add nothing.
_LINKING_SOURCES = 2

#: Cosine of an item to the nearest thing shown lately, as `SimilaritySpace.shown_lately`.
ShownLately = Callable[[str], float]
#: How near an item's neighbours in the period are, as `SimilaritySpace.local_density`.
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
    """The best stretch among *candidates* beside what is *kept*; None where none is good enough."""
    fit = []
    for candidate in candidates:
        if not _fits(candidate, floor):
            continue
        item_id = candidate.item.item_id
        near = max((similarity(one.item.item_id, item_id) for one in kept), default=0.0)
        known = shown_lately(item_id)
        if max(near, known) < ONE_THING:  # a work on the same thing is no stretch
            fit.append((stretch_worth(candidate, floor=floor, near=near, known=known), candidate))
    finalists = sorted(fit, key=lambda pair: -pair[0])[:_FINALISTS]
    with_density = [(worth + local_density(candidate.item.item_id), candidate) for worth, candidate in finalists]
    worth, best = max(with_density, key=lambda pair: pair[0], default=(0.0, None))
    return best if worth >= _GOOD else None


def _fits(candidate: Candidate, floor: float) -> bool:
    item, judged = candidate.item, candidate.judged
    if not floor - NEXT_TO <= judged.relevance < floor or judged.evidence.avoided:
        return False
    return bool(item.title and item.url) and item.words >= REAL_TEXT


def stretch_worth(candidate: Candidate, *, floor: float, near: float, known: float) -> float:
    """How good a stretch a work would be.

    *near* is its cosine to the nearest kept work, *known* that to the nearest thing shown lately. Nearness to
    the focus counts most; then novelty, nearness to what is kept, and signs of quality: a source with good marks,
    other sources that link to it, artifacts.
    """
    judged = candidate.judged
    belt = 1 - (floor - judged.relevance) / NEXT_TO
    novelty = 1 - max(known, _UNRELATED)
    links = 0.2 * min(len({other.source for other in candidate.work.items}) - 1, _LINKING_SOURCES)
    return (
        belt + novelty + max(near, 0.0) + links + judged.parts.get("source", 0.0) + 0.1 * bool(judged.evidence.extras)
    )
