"""How well the judge does on the learner's own marks, leaving each one out in turn.

Every liked item is judged as if it had not been marked, among works that were never marked; what it
is compared with is judged by the same taste. Against it stand recency and TF-IDF. Pure; the
bootstrap is seeded.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from digest.judge.embedding import Floats
from digest.judge.mark_weights import MarkedItem, learn
from digest.judge.relevance import RelevanceModel
from digest.judge.tfidf import TfIdf

#: Below this many likes the intervals are as wide as the scale.
FEWEST_LIKES = 3
DRAWS = 1_000
TOP = 10
SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is evaluated on: marked items first hand, and works without a mark to tell them from."""

    marked: MarkedItem
    marked_texts: Sequence[str]
    marked_ages: Floats  # days; nan where unknown
    #: [works, dimensions], unmarked
    others: Floats
    other_texts: Sequence[str]
    other_ages: Floats
    #: the declared focus as text, for TF-IDF
    focus_text: str


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
    """One ranker's figures."""

    ranker: str
    auc: Measure
    precision_at_10: Measure
    recall_at_2_percent: Measure


def evaluate(relevance_model: RelevanceModel, sample: Sample, *, seed: int = 0) -> list[EvaluationRow]:
    """Figures for this judge (with marks and by the focus alone), TF-IDF and recency.

    *taste* is the focus as sharpened, without marks. Needs at least FEWEST_LIKES likes.
    """
    rankers: list[tuple[str, Callable[[int], tuple[float, Floats]]]] = [
        ("this judge", _by_relevance_model(relevance_model, sample)),
        ("focus alone", _by_focus(relevance_model, sample)),
        ("TF-IDF", _by_words(sample)),
        ("recency", _by_recency(sample)),
    ]
    liked = np.flatnonzero(sample.marked.values > 0)
    return [_row(name, [score(int(i)) for i in liked], seed) for name, score in rankers]


def _by_relevance_model(relevance_model: RelevanceModel, sample: Sample) -> Callable[[int], tuple[float, Floats]]:
    def score(left_out: int) -> tuple[float, Floats]:
        rest = np.arange(len(sample.marked.values)) != left_out
        without = MarkedItem(vectors=sample.marked.vectors[rest], values=sample.marked.values[rest])
        taught = learn(relevance_model, without, background=sample.others)
        own = taught.relevance(sample.marked.vectors[left_out : left_out + 1])
        return float(own[0]), taught.relevance(sample.others)

    return score


def _by_focus(relevance_model: RelevanceModel, sample: Sample) -> Callable[[int], tuple[float, Floats]]:
    own, others = relevance_model.relevance(sample.marked.vectors), relevance_model.relevance(sample.others)
    return lambda left_out: (float(own[left_out]), others)


def _by_words(sample: Sample) -> Callable[[int], tuple[float, Floats]]:
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


def _by_recency(sample: Sample) -> Callable[[int], tuple[float, Floats]]:
    own, others = (-np.nan_to_num(ages, nan=1e6) for ages in (sample.marked_ages, sample.other_ages))
    return lambda left_out: (float(own[left_out]), others)


def _row(name: str, judged: Iterable[tuple[float, Floats]], seed: int) -> EvaluationRow:
    """Each left-out like's place among the unmarked, summed up."""
    above = np.array([np.mean(others > own) + 0.5 * np.mean(others == own) for own, others in judged])
    size = max((len(others) for _, others in judged), default=0)
    draws = np.random.default_rng(seed).integers(0, len(above), (DRAWS, len(above)))
    figures = (
        lambda a: float(np.mean(1 - a)),
        lambda a: _precision(a, size),
        lambda a: float(np.mean(a <= SHARE)),
    )
    auc, precision, recall = (measure(figure, above, draws) for figure in figures)
    return EvaluationRow(ranker=name, auc=auc, precision_at_10=precision, recall_at_2_percent=recall)


def measure(figure: Callable[[Floats], float], sample: Floats, draws: np.ndarray) -> Measure:
    """A figure of a sample with its interval over *draws*, rows of places in the sample."""
    low, high = np.quantile([figure(sample[draw]) for draw in draws], [0.025, 0.975])
    return Measure(value=figure(sample), low=float(low), high=float(high), marks=len(sample))


def _precision(above: Floats, size: int) -> float:
    """Share of likes among the first ten of one list of all likes and all unmarked works.

    A like's place is the number of unmarked works above it plus the likes above it.
    """
    places = np.sort(above * size) + np.arange(len(above))
    return float(np.sum(places < TOP)) / TOP
