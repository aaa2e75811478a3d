"""How well a ranker does on the learner's own marks. Pure; the bootstrap is seeded.

`evaluate` leaves each like out in turn: the item is judged as if it had not been marked, among works that were
never marked and that the same model judges. `backtest` looks at past periods and asks where each ranker had the
works that the learner liked only later. Both give AUC, precision at 10 and recall at 2 %, with 95 % bootstrap
intervals (Efron 1979).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Flags, Floats
from digest.judge.mark_weights import MarkedItems, learn
from digest.judge.relevance import RelevanceModel
from digest.judge.tfidf import TfIdf

#: Below this many likes the intervals are as wide as the scale.
FEWEST_LIKES = 3
#: Bootstrap samples.
DRAWS = 1_000
#: Places that precision counts, and the share of the works that recall counts.
TOP = 10
SHARE = 0.02

#: Scores one like that is left out, by its row: its own score and those of the unmarked works.
LeaveOneOut = Callable[[int], tuple[float, Floats]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is evaluated on: the marked items, and works without a mark to rank them among."""

    marked: MarkedItems
    marked_texts: Sequence[str]
    marked_ages: Floats  # days; nan where unknown
    #: [works, dimensions], unmarked
    others: Floats
    other_texts: Sequence[str]
    other_ages: Floats
    #: the declared focus as text, for TF-IDF
    focus_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPeriod:
    """The works of one period as a ranker saw them when it ended, every column [works]."""

    values: Floats
    #: liked or saved only later
    liked: Flags
    #: disliked only later
    disliked: Flags
    kept: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    #: how many marked works it rests on
    marks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRow:
    """One ranker's figures; in a backtest each liked work of any period counts the same."""

    ranker: str
    auc: Measure
    precision_at_10: Measure
    recall_at_2_percent: Measure
    #: of a backtest: the share of the works liked later that the digest kept
    kept: Measure | None = None
    #: of a backtest: the same of the works disliked later; None where they are too few for a figure
    kept_disliked: Measure | None = None


def evaluate(relevance_model: RelevanceModel, sample: Sample, *, seed: int = 0) -> list[EvaluationRow]:
    """Figures for this judge (with marks and by the focus alone), TF-IDF and recency.

    *relevance_model* is the expanded focus, without marks. Needs at least FEWEST_LIKES likes.
    """
    rankers: list[tuple[str, LeaveOneOut]] = [
        ("this judge", _by_relevance_model(relevance_model, sample)),
        ("focus alone", _by_focus(relevance_model, sample)),
        ("TF-IDF", _by_words(sample)),
        ("recency", _by_recency(sample)),
    ]
    liked = np.flatnonzero(sample.marked.values > 0)
    return [_row(name, [score(int(i)) for i in liked], seed) for name, score in rankers]


def backtest(ranker: str, periods: Sequence[RankedPeriod], *, seed: int = 0) -> EvaluationRow:
    """Figures over past periods; at least one of their works must be liked."""
    above = np.concatenate([_share_above(period) for period in periods])
    in_top = np.concatenate([best(period.values, TOP)[period.liked] for period in periods])
    kept = np.concatenate([period.kept[period.liked] for period in periods])
    kept_disliked = np.concatenate([period.kept[period.disliked] for period in periods])
    places = TOP * len(periods)
    draws = _draws(len(above), seed)
    return EvaluationRow(
        ranker=ranker,
        auc=measure(_auc, above, draws),
        recall_at_2_percent=measure(_recall, above, draws),
        # A draw may take the same few works more often than there are places.
        precision_at_10=measure(lambda flags: min(float(np.sum(flags)) / places, 1.0), _as_floats(in_top), draws),
        kept=_mean(kept, seed),
        kept_disliked=_mean(kept_disliked, seed) if len(kept_disliked) >= FEWEST_LIKES else None,
    )


def best(values: Floats, count: int) -> Flags:
    """The *count* highest of *values* [works]: what a ranker with nothing but its own order would keep."""
    flags = np.zeros(len(values), dtype=np.bool_)
    flags[np.argsort(-values, kind="stable")[:count]] = True
    return flags


def measure(figure: Callable[[Floats], float], sample: Floats, draws: NDArray[np.intp]) -> Measure:
    """A figure of a sample, with its interval over *draws* [samples, rows of the sample]."""
    low, high = np.quantile([figure(sample[draw]) for draw in draws], [0.025, 0.975])
    return Measure(value=figure(sample), low=float(low), high=float(high), marks=len(sample))


def _by_relevance_model(relevance_model: RelevanceModel, sample: Sample) -> LeaveOneOut:
    def score(left_out: int) -> tuple[float, Floats]:
        rest = np.arange(len(sample.marked.values)) != left_out
        without = MarkedItems(vectors=sample.marked.vectors[rest], values=sample.marked.values[rest])
        learned = learn(relevance_model, without, background=sample.others)
        own = learned.relevance(sample.marked.vectors[left_out : left_out + 1])
        return float(own[0]), learned.relevance(sample.others)

    return score


def _by_focus(relevance_model: RelevanceModel, sample: Sample) -> LeaveOneOut:
    own, others = relevance_model.relevance(sample.marked.vectors), relevance_model.relevance(sample.others)
    return lambda left_out: (float(own[left_out]), others)


def _by_words(sample: Sample) -> LeaveOneOut:
    """TF-IDF cosine to the focus and the other likes together."""
    index = TfIdf([*sample.marked_texts, *sample.other_texts])
    focus = index.query(sample.focus_text)
    liked = [int(i) for i in np.flatnonzero(sample.marked.values > 0)]
    total = np.sum([index.document(i) for i in liked], axis=0)

    def score(left_out: int) -> tuple[float, Floats]:
        others = (total - index.document(left_out)) / max(len(liked) - 1, 1)
        cosines = index.cosines(focus + others)
        return float(cosines[left_out]), cosines[len(sample.marked_texts) :]

    return score


def _by_recency(sample: Sample) -> LeaveOneOut:
    own, others = (-np.nan_to_num(ages, nan=1e6) for ages in (sample.marked_ages, sample.other_ages))
    return lambda left_out: (float(own[left_out]), others)


def _row(name: str, scored: Iterable[tuple[float, Floats]], seed: int) -> EvaluationRow:
    """The figures from each left-out like's score and those of the unmarked works."""
    above = np.array([np.mean(others > own) + 0.5 * np.mean(others == own) for own, others in scored])
    size = max((len(others) for _, others in scored), default=0)
    draws = _draws(len(above), seed)
    return EvaluationRow(
        ranker=name,
        auc=measure(_auc, above, draws),
        precision_at_10=measure(lambda a: _precision(a, size), above, draws),
        recall_at_2_percent=measure(_recall, above, draws),
    )


def _share_above(period: RankedPeriod) -> Floats:
    """For each liked work the share of the others that rank above it [liked]; ties count half."""
    own, others = period.values[period.liked], np.sort(period.values[~period.liked])
    if not len(others):
        return np.zeros(len(own), dtype=np.float32)
    below = (np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")) / 2
    return np.asarray(1 - below / len(others), dtype=np.float32)


def _mean(flags: Flags, seed: int) -> Measure:
    return measure(lambda drawn: float(np.mean(drawn)), _as_floats(flags), _draws(len(flags), seed))


def _draws(size: int, seed: int) -> NDArray[np.intp]:
    return np.random.default_rng(seed).integers(0, size, (DRAWS, size))


def _as_floats(flags: Flags) -> Floats:
    return flags.astype(np.float32)


def _auc(above: Floats) -> float:
    return float(np.mean(1 - above))


def _recall(above: Floats) -> float:
    return float(np.mean(above <= SHARE))


def _precision(above: Floats, size: int) -> float:
    """Share of likes among the first ten of one list of all likes and all unmarked works.

    A like's place is the number of unmarked works above it plus the likes above it.
    """
    places = np.sort(above * size) + np.arange(len(above))
    return float(np.sum(places < TOP)) / TOP
