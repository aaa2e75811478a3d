"""How past periods went, in the light of what the learner liked afterwards. Pure; the bootstrap is seeded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.judge.evaluate import DRAWS, SHARE, Measure, measure
from digest.judge.model import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The works of one period as a ranker saw them when it ended, a row each."""

    values: Floats
    #: what the learner liked or saved only later
    liked: Flags
    kept: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One ranker's figures over all periods, each liked work counting the same."""

    ranker: str
    auc: Measure
    recall_at_2_percent: Measure
    #: the share of the works liked later that the digest kept
    kept: Measure


def best(values: Floats, count: int) -> Flags:
    """The *count* highest: what a ranker would keep that knows nothing but its own order."""
    flags = np.zeros(len(values), dtype=np.bool_)
    flags[np.argsort(-values, kind="stable")[:count]] = True
    return flags


def in_hindsight(ranker: str, periods: Sequence[Period], *, seed: int = 0) -> Row:
    """Figures with their intervals; there must be a liked work."""
    above = np.concatenate([_above(period) for period in periods])
    kept = np.concatenate([period.kept[period.liked] for period in periods])
    draws = np.random.default_rng(seed).integers(0, len(above), (DRAWS, len(above)))
    return Row(
        ranker=ranker,
        auc=measure(lambda a: float(np.mean(1 - a)), above, draws),
        recall_at_2_percent=measure(lambda a: float(np.mean(a <= SHARE)), above, draws),
        kept=measure(lambda flags: float(np.mean(flags)), kept.astype(np.float32), draws),
    )


def _above(period: Period) -> Floats:
    """For each liked work the share of the others that are ranked above it; ties count half."""
    own, others = period.values[period.liked], np.sort(period.values[~period.liked])
    if not len(others):
        return np.zeros(len(own), dtype=np.float32)
    below = (np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")) / 2
    return np.asarray(1 - below / len(others), dtype=np.float32)
