"""Evaluation on the learner's own marks, and the ranker it is compared with."""

import numpy as np
import pytest

from digest.judge.evaluate import Sample, evaluate
from digest.judge.focus import read_focus
from digest.judge.learn import Marked
from digest.judge.model import Embedder
from digest.judge.taste import plain_taste
from digest.judge.tfidf import TfIdf
from tests.make import focus

SUBJECTS = ("image segmentation", "speech recognition", "protein folding", "electricity forecasting", "robot grasping")
LIKED = [f"Training dense and sparse retrievers for search, part {n}" for n in range(6)]
OTHERS = [f"A study of {SUBJECTS[n % 5]} number {n}" for n in range(100)]


def sample(bundled: Embedder, *, liked: int = len(LIKED), others: int = len(OTHERS)) -> Sample:
    marked = [*LIKED[:liked], OTHERS[0]]
    return Sample(
        marked=Marked(vectors=bundled.encode(marked), values=np.array([1] * liked + [-1], np.float32)),
        marked_texts=marked,
        marked_ages=np.full(len(marked), 900, np.float32),
        others=bundled.encode(OTHERS[:others]),
        other_texts=OTHERS[:others],
        other_ages=np.linspace(0, 30, others, dtype=np.float32),
        focus_text="I build retrieval systems.",
    )


class TestEvaluate:
    def test_a_good_judge_finds_what_was_left_out(self, bundled: Embedder) -> None:
        """And recency does not: the likes are old."""
        rows = {row.ranker: row for row in evaluate(plain_taste(read_focus(focus(), bundled)), sample(bundled))}
        assert set(rows) == {"this judge", "focus alone", "TF-IDF", "recency"}
        assert rows["this judge"].auc.value > 0.99
        assert rows["this judge"].recall_at_2_percent.value == 1
        assert rows["this judge"].precision_at_10.value == pytest.approx(0.6)
        assert rows["recency"].auc.value == 0
        assert rows["recency"].recall_at_2_percent.value == 0

    def test_intervals_hold_the_value_and_are_reproducible(self, bundled: Embedder) -> None:
        """The bootstrap is seeded."""
        taste = plain_taste(read_focus(focus(statement="Speech."), bundled))
        first, second = (evaluate(taste, sample(bundled, liked=2, others=20)) for _ in range(2))
        assert first == second
        for row in first:
            for measure in (row.auc, row.precision_at_10, row.recall_at_2_percent):
                assert measure.low <= measure.value <= measure.high


class TestTfIdf:
    def test_documents_are_nearest_to_themselves(self) -> None:
        """Cosine of a document and its own text is 1."""
        index = TfIdf(["sparse retrieval with hard negatives", "image segmentation", ""])
        cosines = index.cosines(index.query("sparse retrieval with hard negatives"))
        np.testing.assert_allclose(cosines, [1, 0, 0], atol=1e-6)
        np.testing.assert_allclose(index.document(0), index.query("sparse retrieval with hard negatives"), atol=1e-6)

    def test_rare_words_count_more(self) -> None:
        """What every document says tells none apart."""
        index = TfIdf(["model zebra", "model horse", "model horse"])
        zebra, horse, _ = index.cosines(index.query("zebra horse"))
        assert zebra > horse

    def test_unknown_words_match_nothing(self) -> None:
        """A query without a known word is a zero vector, not an error."""
        index = TfIdf(["some text"])
        assert not index.cosines(index.query("völlig anders")).any()

    def test_no_documents(self) -> None:
        """An empty archive has no cosines."""
        assert len(TfIdf([]).cosines(TfIdf([]).query("words"))) == 0
