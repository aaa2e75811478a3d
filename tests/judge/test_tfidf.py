"""TF-IDF, the ranker the judge is compared with."""

import numpy as np

from digest.judge.tfidf import TfIdf


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
