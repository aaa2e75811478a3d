"""How far a source is trusted, from the marks on its items: a Beta prior and nothing else. Pure."""

#: The prior is as firm as four marks, half of them good: one dislike is not a verdict on a source.
PRIOR = 2.0


def source_trust(good: float, bad: float) -> float:
    """Expected share of a source's marked items that are liked, 0 .. 1; 0.5 where none is marked.

    *good* sums the values of likes, saves and reads (see `learn.MARK_VALUES`), *bad* counts dislikes.
    """
    return (good + PRIOR) / (good + bad + 2 * PRIOR)


def weighted(trust: float, weight: float) -> float:
    """Trust after the learner's own weight for the source, which multiplies its odds; 1 changes nothing."""
    return trust * weight / (trust * weight + 1 - trust)
