"""Evaluation on the learner's own marks: leaving each like out, and over past periods."""

from collections.abc import Collection

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.judge.embedding import Embedder
from digest.judge.evaluation import RankedPeriod, Sample, backtest, best, evaluate
from digest.judge.focus import read_focus
from digest.judge.mark_weights import MarkedItems
from digest.judge.relevance import declared_only
from tests.make import focus

SUBJECTS = ("image segmentation", "speech recognition", "protein folding", "electricity forecasting", "robot grasping")
LIKED = [f"Training dense and sparse retrievers for search, part {n}" for n in range(6)]
OTHERS = [f"A study of {SUBJECTS[n % 5]} number {n}" for n in range(100)]


def sample(bundled: Embedder) -> Sample:
    return Sample(
        marked=MarkedItems(vectors=bundled.encode([*LIKED, OTHERS[0]]), values=np.array([1] * 6 + [-1], np.float32)),
        marked_texts=[*LIKED, OTHERS[0]],
        marked_ages=np.full(7, 900, np.float32),
        others=bundled.encode(OTHERS),
        other_texts=OTHERS,
        other_ages=np.linspace(0, 30, 100, dtype=np.float32),
        focus_text="I build retrieval systems.",
    )


class TestEvaluate:
    def test_a_good_judge_finds_what_was_left_out(self, bundled: Embedder) -> None:
        """And recency does not: the likes are old."""
        rows = {row.ranker: row for row in evaluate(declared_only(read_focus(focus(), bundled)), sample(bundled))}
        assert set(rows) == {"this judge", "focus alone", "TF-IDF", "recency"}
        assert rows["this judge"].auc.value > 0.99
        assert rows["this judge"].recall_at_2_percent.value == 1
        assert rows["this judge"].precision_at_10.value == pytest.approx(0.6)
        assert rows["recency"].auc.value == 0
        assert rows["recency"].recall_at_2_percent.value == 0

    def test_intervals_hold_the_value_and_are_reproducible(self, bundled: Embedder) -> None:
        """The bootstrap is seeded."""
        relevance_model = declared_only(read_focus(focus(statement="Speech."), bundled))
        first, second = evaluate(relevance_model, sample(bundled)), evaluate(relevance_model, sample(bundled))
        assert first == second
        for row in first:
            for measure in (row.auc, row.precision_at_10, row.recall_at_2_percent):
                assert measure.low <= measure.value <= measure.high


def period(values: list[float], liked: set[int], kept: set[int], disliked: Collection[int] = ()) -> RankedPeriod:
    places = range(len(values))
    return RankedPeriod(
        values=np.array(values, dtype=np.float32),
        liked=np.array([place in liked for place in places], dtype=np.bool_),
        disliked=np.array([place in disliked for place in places], dtype=np.bool_),
        kept=np.array([place in kept for place in places], dtype=np.bool_),
    )


class TestBacktest:
    def test_each_like_is_placed_among_its_own_period(self) -> None:
        """A like on top of one week and one at the bottom of another make an AUC of one half, whatever the scales."""
        row = backtest("judge", [period([9, 1, 2, 3], {0}, {0}), period([100, 300, 200], {0}, {1})])

        assert row.auc.value == pytest.approx(0.5)
        assert row.kept is not None
        assert row.kept.value == 0.5
        assert row.recall_at_2_percent.value == 0.5

    def test_ties_count_half(self) -> None:
        """A ranker that tells nothing apart is no better than chance."""
        assert backtest("flat", [period([1, 1, 1, 1], {2}, set())]).auc.value == pytest.approx(0.5)

    def test_a_period_of_nothing_but_likes(self) -> None:
        """With nothing to be told from, each is on top."""
        assert backtest("judge", [period([1, 2], {0, 1}, {0})]).auc.value == 1

    def test_a_period_without_likes_adds_nothing(self) -> None:
        """It says nothing of how well likes are found."""
        one = period([3, 2, 1], {0}, {0})
        row, alone = backtest("judge", [one, period([5, 6], set(), {0})]), backtest("judge", [one])

        assert (row.auc, row.recall_at_2_percent, row.kept) == (alone.auc, alone.recall_at_2_percent, alone.kept)

    def test_the_first_ten_places_of_each_period_count(self) -> None:
        """Three likes in the twenty places of two periods, and one that came eleventh."""
        row = backtest("judge", [period([*range(20, 0, -1)], {0, 9, 10}, {0}), period([*range(20)], {19}, {0})])

        assert row.precision_at_10.value == pytest.approx(3 / 20)
        assert row.precision_at_10.marks == 4

    def test_what_was_disliked_has_a_figure_of_its_own(self) -> None:
        """How much of it was kept; from fewer than three there is none."""
        three = backtest("judge", [period([5, 4, 3, 2, 1], {0}, {0, 1, 2}, {1, 2, 3})])
        two = backtest("judge", [period([5, 4, 3, 2, 1], {0}, {0, 1, 2}, {1, 2})])

        assert three.kept_disliked is not None
        assert three.kept_disliked.value == pytest.approx(2 / 3)
        assert three.kept_disliked.marks == 3
        assert two.kept_disliked is None

    @given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.booleans()), min_size=1, max_size=30))
    def test_intervals_hold_the_value(self, works: list[tuple[float, bool]]) -> None:
        """Whatever is liked, each figure lies in its interval and within 0 and 1."""
        liked = {place for place, (_, like) in enumerate(works) if like} or {0}
        row = backtest("judge", [period([value for value, _ in works], liked, {0})])

        for measure in (row.auc, row.precision_at_10, row.recall_at_2_percent, row.kept):
            assert measure is not None
            assert 0 <= measure.low <= measure.value <= measure.high <= 1


def test_best_keeps_as_many_as_it_is_told() -> None:
    """The first among equals stay; more than there are is all."""
    values = np.array([1, 3, 3, 2], dtype=np.float32)

    assert best(values, 1).tolist() == [False, True, False, False]
    assert best(values, 3).tolist() == [False, True, True, True]
    assert best(values, 9).all()
    assert not best(values, 0).any()
