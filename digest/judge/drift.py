"""Whether what is liked has left the declared focus, or the declared lean. Pure.

A work is far where its best phrase of the focus is hardly nearer to it than arbitrary texts are to theirs. Measured
with the descriptions of 40 curated lists as statements: 7 % of a list's own papers are far (2 % with six topics
besides), and 78 % of those of other lists. With all bounds below, a learner who likes 12 papers of their own list is
told in 3 % of cases, nearly all in two lists whose description says little of them; one of whose papers half are of
one other list in 69 %, and one of whose papers half are of any lists at all in 11 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from digest.arrays import Floats
from digest.judge.floor import baseline
from digest.judge.focus import FocusModel
from digest.judge.term_suggestions import READ
from digest.judge.tfidf import terms as terms_of

#: What is looked back on, and the works that there must be in it.
WEEKS = 8
FEWEST = 8
#: Standard deviations (`nearness`) below which a work is far.
FAR = 2.0
#: The share and number of far works that are a drift.
FAR_SHARE, FEWEST_FAR = 0.4, 4
#: Their mean centred cosine to one another. Works drawn at random reach 0.13, a list's own papers 0.3.
COHESION = 0.2
#: The part of them that has to use a term for it to be what they have in common.
USED_BY = 0.5
#: The distance of the liked share from the declared one, and how probable it may be by chance under the nearer of the
#: declared and the shown share: it is asked again each week.
LEAN_MARGIN = 0.25
LEAN_CHANCE = 0.02
#: Nothing is said again of a drift before this, unless its share grew by so much.
QUIET = timedelta(days=120)
GREW = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was said of a drift before."""

    told_at: datetime
    #: of far works, or of envelope
    share: float


def nearness(focus: FocusModel, vectors: Floats) -> Floats:
    """By how many standard deviations each vector [n, d] is nearer to its best phrase than arbitrary texts are [n].

    The more phrases there are, the nearer is the best one to anything, so the texts are compared by their best too.
    """
    usual = _best_phrase(focus, focus.reference)
    above: Floats = (_best_phrase(focus, vectors) - usual.mean()) / max(float(usual.std()), 1e-3)
    return above


def _best_phrase(focus: FocusModel, vectors: Floats) -> Floats:
    """The z-score of each vector [n, d] to its nearest phrase, or to the focus as a whole [n]."""
    best = baseline(focus.reference, focus.query).z_scores(vectors @ focus.query)
    used = [row for row, phrase in enumerate(focus.phrases) if phrase.used]
    if used:
        phrases = focus.vectors[used]
        best = np.maximum(best, baseline(focus.reference, phrases).z_scores(vectors @ phrases.T).max(axis=1))
    nearest: Floats = best
    return nearest


def far_works(focus: FocusModel, vectors: Floats) -> tuple[int, ...]:
    """The rows of the liked works [n, d] that make a drift, the most typical first; () where they make none."""
    if len(vectors) < FEWEST or not focus.understood:
        return ()
    known = vectors.any(axis=1)
    rows = np.flatnonzero(known & (nearness(focus, vectors) < FAR))
    if len(rows) < max(FEWEST_FAR, math.ceil(FAR_SHARE * len(vectors))):
        return ()
    centred = vectors[rows] - focus.reference.mean(axis=0)
    centred = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    cosines = centred @ centred.T
    np.fill_diagonal(cosines, 0.0)
    typical = cosines.sum(axis=1) / (len(rows) - 1)
    if typical.mean() < COHESION:
        return ()
    return tuple(int(rows[row]) for row in np.argsort(-typical, kind="stable"))


def shared_terms(texts: Sequence[str], terms: Sequence[str]) -> tuple[str, ...]:
    """Those *terms* that enough of the texts use."""
    uses = [set(terms_of(text[:READ])) for text in texts]
    return tuple(term for term in terms if sum(term in used for used in uses) >= USED_BY * len(texts))


def lean_left(leans: Sequence[float], declared: float, shown: float | None) -> float | None:
    """The envelope's share of the liked works where it has clearly left the *declared* one, else None.

    *leans* are probabilities of envelope, *shown* is its share of the picks of that time: who likes what there was
    has not gone anywhere.
    """
    if len(leans) < FEWEST:
        return None
    envelope = sum(lean > 0.5 for lean in leans)
    share = envelope / len(leans)
    if abs(share - declared) < LEAN_MARGIN:
        return None
    usual = declared if shown is None else min(declared, shown, key=lambda one: abs(one - share))
    on_its_side = envelope if share > declared else len(leans) - envelope
    chance = usual if share > declared else 1 - usual
    return share if _at_least(on_its_side, len(leans), chance) <= LEAN_CHANCE else None


def worth_telling(share: float, before: Told | None, now: datetime) -> bool:
    """Whether a drift of this share is told now, after what was told *before*."""
    return before is None or now - before.told_at >= QUIET or abs(share - before.share) >= GREW


def _at_least(successes: int, trials: int, chance: float) -> float:
    """The probability of so many successes or more."""
    return sum(
        math.comb(trials, count) * chance**count * (1 - chance) ** (trials - count)
        for count in range(successes, trials + 1)
    )
