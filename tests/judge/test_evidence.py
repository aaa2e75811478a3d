"""Evidence: in the learner's words and the item's own."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.judge.embedding import Embedder, embedding_text
from digest.judge.evidence import Liked, gather_evidence, opening, reason
from digest.judge.focus import FocusModel, read_focus
from digest.records import Evidence, Item, Judged, Resource
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
    return gather_evidence(items, vectors, focus=model(bundled, **changes), embedder=bundled, liked=liked)


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
        assert gather_evidence([], bundled.encode([]), focus=model(bundled), embedder=bundled) == []

    @settings(max_examples=30, deadline=None)
    @given(st.text(), st.text())
    def test_any_text_can_be_explained(self, bundled: Embedder, title: str, summary: str) -> None:
        """Whatever a feed holds, the sentence and the terms are the item's own."""
        found = gathered(bundled, item(9, title=title, summary=summary))[0]
        assert np.isfinite(found.similarity)
        assert all(term in f"{title} {summary}".casefold() for term in found.terms)


class TestAnswers:
    def test_the_works_own_words_answer_the_phrase(self, bundled: Embedder) -> None:
        """A part of a sentence that tells of the work, not one that says why the field matters."""
        paper = item(
            5,
            title="A retriever",
            summary="Hard negative mining is crucial for dense retrieval. In this paper, we mine hard negatives from the "
            "index itself, which halves the time to train.",
        )
        found = gathered(bundled, paper, topics=("hard negative mining",))[0]
        assert found.clause == "mine hard negatives from the index itself"

    def test_a_long_phrase_is_named_by_its_nearest_thought(self, bundled: Embedder) -> None:
        """In the learner's words, in one line."""
        statement = (
            "I work on the search engine of a library with a small team and I want to understand how street photography "
            "with old cameras is judged by people who know it well"
        )
        found = gathered(bundled, item(4, title="Street photography", summary=""), statement=statement, topics=())[0]
        assert found.named in statement or found.named.endswith("…")
        assert "photography" in found.named

    def test_the_liked_item_comes_with_its_address(self, bundled: Embedder) -> None:
        """So that a reason can link it."""
        titles = ("Learned sparse retrieval with hard negatives",)
        liked = Liked(titles=titles, vectors=bundled.encode(titles), urls=("https://example.org/liked",))
        assert gathered(bundled, SPARSE, liked=liked)[0].liked_url == "https://example.org/liked"

    def test_code_comes_with_its_address(self, bundled: Embedder) -> None:
        """Where the text names it."""
        found = gathered(bundled, SPARSE)[0]
        assert found.resources == (Resource(kind="code", url="https://github.com/example/sparse"),)


def judged(evidence: Evidence, **changes: Any) -> Judged:  # noqa: ANN401 - any field of a Judged
    made = Judged(item_id="x", relevance=1, lean=0.09, score=1, parts={}, evidence=evidence)
    return replace(made, **changes)


class TestReason:
    @pytest.mark.parametrize(
        ("evidence", "line"),
        [
            (Evidence(phrase="graphs", similarity=0.621), "matches “graphs”"),
            (Evidence(phrase="graphs", similarity=0.621, clause="walks on them"), "matches “graphs”: walks on them"),
            (Evidence(phrase="How?", similarity=0.6, facet="question", clause="so"), "speaks to “How?”: so"),
            (Evidence(phrase="graphs", similarity=0.05, clause="walks"), "far from “graphs”"),
            (Evidence(extras=("code", "talk")), "with code and a talk"),
            (Evidence(liked="A paper"), "close to “A paper”, which you liked"),
            (Evidence(phrase="graphs", similarity=0.1, liked="A paper"), "close to “A paper”, which you liked"),
            (Evidence(avoided="coins"), "near “coins”, which you avoid"),
            (Evidence(phrase="graphs" * 20, named="graphs", similarity=0.5), "matches “graphs”"),
            (Evidence(), ""),
        ],
    )
    def test_is_one_line(self, evidence: Evidence, line: str) -> None:
        """What matches, what answers it, what comes with it; no cosine, no side."""
        assert reason(judged(evidence)) == line

    def test_what_marks_raised_is_not_explained_by_what_it_is_far_from(self) -> None:
        """Where no single like is near, the likes as a whole are the reason; a phrase that matches stays one."""
        far, near = Evidence(phrase="graphs", similarity=0.02), Evidence(phrase="graphs", similarity=0.5)
        raised = judged(far, relevance=5, parts={"marks": 2.0})

        assert reason(raised) == "near what you liked as a whole"
        assert reason(replace(raised, parts={})) == "nearest to “graphs”"
        assert reason(replace(raised, evidence=near)) == "matches “graphs”"

    def test_what_was_said_or_is_shown_is_left_out(self) -> None:
        """The opening by what stands for it, the extras by their links."""
        found = judged(Evidence(phrase="graphs", similarity=0.6, clause="walks on them", extras=("code", "data")))

        assert (
            reason(found, earlier="as with number 2", shown=("code",)) == "as with number 2: walks on them; with data"
        )
        assert opening(found) == "matches “graphs”"

    def test_long_phrases_are_cut_between_words(self) -> None:
        """A focus of 5,000 words still gives one line."""
        assert len(reason(judged(Evidence(phrase="word " * 5000, similarity=0.5)))) < 120

    @settings(max_examples=25, deadline=None)
    @given(st.text(max_size=400), st.text(max_size=400))
    def test_phrase_and_answer_are_short(self, bundled: Embedder, title: str, summary: str) -> None:
        """Whatever a learner or a feed writes, the two make one line of at most 140 characters."""
        found = gathered(bundled, item(9, title=title, summary=summary), statement=f"Search. {summary} {title}")[0]
        told = judged(replace(found, extras=(), avoided="", liked=""))
        assert len(reason(told)) < 140
