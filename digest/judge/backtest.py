"""How past periods went, in the light of what the learner liked afterwards. Pure; the bootstrap is seeded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.judge.embedding import Floats
from digest.judge.evaluation import DRAWS, FEWEST_LIKES, SHARE, TOP, Measure, measure

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPeriod:
    """The works of one period as a ranker saw them when it ended, a row each."""

    values: Floats
    #: what the learner liked or saved only later
    liked: Flags
    #: what the learner disliked only later
    disliked: Flags
    kept: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRow:
    """One ranker's figures over all periods, each liked work counting the same."""

    ranker: str
    auc: Measure
    #: the share of the first ten places of each period that works liked later hold
    precision_at_10: Measure
    recall_at_2_percent: Measure
    #: the share of the works liked later that the digest kept
    kept: Measure
    #: the same of the works disliked later; None where they are too few for a figure
    kept_disliked: Measure | None


def best(values: Floats, count: int) -> Flags:
    """The *count* highest: what a ranker would keep that knows nothing but its own order."""
    flags = np.zeros(len(values), dtype=np.bool_)
    flags[np.argsort(-values, kind="stable")[:count]] = True
    return flags


def backtest(ranker: str, periods: Sequence[RankedPeriod], *, seed: int = 0) -> BacktestRow:
    """Figures with their intervals; there must be a liked work."""
    above = np.concatenate([_above(period) for period in periods])
    first = np.concatenate([best(period.values, TOP)[period.liked] for period in periods])
    kept, disliked = (
        np.concatenate([period.kept[flags] for period, flags in zip(periods, chosen, strict=True)])
        for chosen in ([period.liked for period in periods], [period.disliked for period in periods])
    )
    places = TOP * len(periods)
    draws = np.random.default_rng(seed).integers(0, len(above), (DRAWS, len(above)))
    return BacktestRow(
        ranker=ranker,
        auc=measure(lambda a: float(np.mean(1 - a)), above, draws),
        recall_at_2_percent=measure(lambda a: float(np.mean(a <= SHARE)), above, draws),
        # A draw may take the same few works more often than there are places.
        precision_at_10=measure(lambda flags: min(float(np.sum(flags)) / places, 1.0), first.astype(np.float32), draws),
        kept=_share(kept, seed),
        kept_disliked=_share(disliked, seed) if len(disliked) >= FEWEST_LIKES else None,
    )


def _share(flags: Flags, seed: int) -> Measure:
    draws = np.random.default_rng(seed).integers(0, len(flags), (DRAWS, len(flags)))
    return measure(lambda drawn: float(np.mean(drawn)), flags.astype(np.float32), draws)


def _above(period: RankedPeriod) -> Floats:
    """For each liked work the share of the others that are ranked above it; ties count half."""
    own, others = period.values[period.liked], np.sort(period.values[~period.liked])
    if not len(others):
        return np.zeros(len(own), dtype=np.float32)
    below = (np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")) / 2
    return np.asarray(1 - below / len(others), dtype=np.float32)
