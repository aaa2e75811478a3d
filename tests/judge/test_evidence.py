"""Evidence: in the learner's words and the item's own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.judge.evidence import Liked, gather_evidence, lean_words, reason
from digest.judge.focus import FocusModel, read_focus
from digest.judge.model import Embedder, embedding_text
from digest.records import Evidence, Item, Judged
from tests.make import focus, item

SPARSE = item(
    1,
    title="Sparse lexical retrieval made simple",
    summary="We thank the reviewers for their patience. Hard negatives train sparse retrievers better than random "
    "ones. The code is available at https://github.com/example/sparse.",
)
COINS = item(2, title="Predicting bitcoin prices", summary="Cryptocurrency prices are predicted from headlines.")
EMPTY = item(3, title="", summary="")


def gathered(bundled: Embedder, *items: Item, liked: Liked | None = None, **changes: object) -> list[Evidence]:
    vectors = bundled.encode([embedding_text(i.title, i.body) for i in items])
    return gather_evidence(items, vectors, focus=model(bundled, **changes), reader=bundled, liked=liked)


def model(bundled: Embedder, **changes: object) -> FocusModel:
    said = {
        "statement": "I build search engines. I also like street photography.",
        "topics": ("learned sparse retrieval", "graph neural networks"),
        "avoid": ("cryptocurrency price prediction",),
    }
    return read_focus(focus(**(said | changes)), bundled)


class TestGatherEvidence:
    def test_names_the_phrase_as_the_learner_wrote_it(self, bundled: Embedder) -> None:
        """With its facet and cosine."""
        found = gathered(bundled, SPARSE)[0]
        assert (found.phrase, found.facet) == ("learned sparse retrieval", "topic")
        assert 0.25 < found.similarity <= 1

    def test_quotes_the_items_own_best_sentence(self, bundled: Embedder) -> None:
        """The one that matches, not the first."""
        assert (
            gathered(bundled, SPARSE)[0].sentence == "Hard negatives train sparse retrievers better than random ones."
        )

    def test_names_the_terms_that_carried_it(self, bundled: Embedder) -> None:
        """They are words of the item."""
        terms = gathered(bundled, SPARSE)[0].terms
        assert "sparse" in terms
        assert all(term in f"{SPARSE.title} {SPARSE.summary}".casefold() for term in terms)

    def test_a_statement_is_quoted_by_the_clause(self, bundled: Embedder) -> None:
        """A whole paragraph is no reason."""
        photo = item(4, title="Street photography with old cameras", summary="")
        assert gathered(bundled, photo)[0].phrase == "street photography"

    def test_names_what_is_avoided(self, bundled: Embedder) -> None:
        """And only where it is near."""
        sparse, coins = gathered(bundled, SPARSE, COINS)
        assert sparse.avoided == ""
        assert coins.avoided == "cryptocurrency price prediction"

    def test_names_the_nearest_liked_item_but_never_itself(self, bundled: Embedder) -> None:
        """An item is not evidence for itself."""
        titles = (SPARSE.title, "Learned sparse retrieval with hard negatives", "Bread baking")
        liked = Liked(titles=titles, vectors=bundled.encode(titles))
        assert gathered(bundled, SPARSE, liked=liked)[0].liked == titles[1]
        assert gathered(bundled, COINS, liked=liked)[0].liked == ""

    def test_an_empty_item_has_no_evidence(self, bundled: Embedder) -> None:
        """Nothing is made up."""
        assert gathered(bundled, EMPTY)[0] == Evidence()

    def test_no_items_no_evidence(self, bundled: Embedder) -> None:
        """An empty list is a list."""
        assert gather_evidence([], bundled.encode([]), focus=model(bundled), reader=bundled) == []

    @settings(max_examples=30, deadline=None)
    @given(st.text(), st.text())
    def test_any_text_can_be_explained(self, bundled: Embedder, title: str, summary: str) -> None:
        """Whatever a feed holds, the sentence and the terms are the item's own."""
        found = gathered(bundled, item(9, title=title, summary=summary))[0]
        assert np.isfinite(found.similarity)
        assert all(term in f"{title} {summary}".casefold() for term in found.terms)


class TestReason:
    @pytest.mark.parametrize(
        ("evidence", "line"),
        [
            (Evidence(phrase="graphs", similarity=0.621), 'matches "graphs" (0.62), letter 91%'),
            (Evidence(phrase="graphs", similarity=0.05), 'is far from "graphs" (0.05), letter 91%'),
            (Evidence(extras=("code", "data")), "letter 91%, with code and data"),
            (Evidence(liked="A paper"), 'close to "A paper", which you liked, letter 91%'),
            (
                Evidence(phrase="graphs", similarity=0.1, liked="A paper"),
                'close to "A paper", which you liked, letter 91%',
            ),
            (Evidence(avoided="coins"), 'letter 91%, near "coins", which you avoid'),
        ],
    )
    def test_is_one_line(self, evidence: Evidence, line: str) -> None:
        """What matches, on which side it lies, what comes with it."""
        judged = Judged(item_id="x", relevance=1, lean=0.09, score=1, parts={}, evidence=evidence)
        assert reason(judged) == line

    def test_what_marks_raised_is_not_explained_by_what_it_is_far_from(self) -> None:
        """Where no single like is near, the likes as a whole are the reason; a phrase that matches stays one."""
        far, near = Evidence(phrase="graphs", similarity=0.02), Evidence(phrase="graphs", similarity=0.5)
        raised = Judged(item_id="x", relevance=5, lean=0.09, score=5, parts={"marks": 2.0}, evidence=far)

        assert reason(raised) == "near what you liked as a whole, letter 91%"
        assert reason(replace(raised, parts={})) == 'is nearest to "graphs" (0.02), letter 91%'
        assert reason(replace(raised, evidence=near)) == 'matches "graphs" (0.50), letter 91%'

    def test_long_phrases_are_cut_between_words(self) -> None:
        """A focus of 5,000 words still gives one line."""
        evidence = Evidence(phrase="word " * 5000, similarity=0.5)
        assert len(reason(Judged(item_id="x", relevance=1, lean=0.5, score=1, parts={}, evidence=evidence))) < 120


def test_lean_words_never_claim_certainty() -> None:
    """A classifier is never 100 % sure."""
    assert [lean_words(lean) for lean in (0.0, 0.3, 0.5, 1.0)] == [
        "letter 99%",
        "letter 70%",
        "envelope 50%",
        "envelope 99%",
    ]
