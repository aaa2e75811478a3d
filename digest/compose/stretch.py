"""What makes a work outside the focus worth a learner's time all the same. Pure."""

from digest.records import Item, Judged, Work

#: A standard deviation of relevance below the floor a work is outside the focus beyond doubt.
_OUTSIDE = 1.0
#: As far from everything shown as two works usually are: a region is new or not, and oddities are no newer.
_NEW = 0.2
#: Fewer words are an announcement or a teaser, from which nobody can tell whether it is good.
_REAL_TEXT = 80
#: Sources beside its own that pointed to it; more than two add nothing.
_ECHOES = 2


def stretch_worth(work: Work, item: Item, judged: Judged, *, floor: float, known: float) -> float:
    """How good a stretch a work would be; *known* is its cosine to the nearest thing shown lately.

    A region not shown lately counts most; then that it has a real text, that it lies outside
    the focus beyond doubt, and what speaks for its quality: a trusted source, others that
    point to it, code or data.
    """
    novelty = 1.0 - max(known, _NEW)
    real = 0.5 * (item.words >= _REAL_TEXT)
    outside = 0.5 * (judged.relevance <= floor - _OUTSIDE)
    echoes = 0.2 * min(len({other.source for other in work.items}) - 1, _ECHOES)
    return novelty + real + outside + echoes + judged.parts.get("source", 0.0) + 0.1 * bool(judged.evidence.extras)
