"""The parts of a project's question, and the words that it is searched by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.judge.aspects import MOST, aspects, search_words


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How do I evaluate retrieval without labels?", ["evaluate retrieval without labels"]),
        (
            "How do I evaluate retrieval without labels, and how do I keep the index fresh at low cost?",
            ["evaluate retrieval without labels", "keep the index fresh at low cost"],
        ),
        (
            "What is the best way to detect data drift and retrain models automatically?",
            ["detect data drift", "retrain models automatically"],
        ),
        ("Can I train a reranker on synthetic queries?", ["train a reranker on synthetic queries"]),
        (
            "How can we serve LLMs cheaply? What about caching and batching?",
            ["serve LLMs cheaply", "caching and batching"],
        ),
        ("evaluation, freshness and cost of RAG", ["evaluation, freshness and cost of RAG"]),
        ("", []),
        ("How?", []),
    ],
)
def test_a_question_falls_into_its_parts(question: str, parts: list[str]) -> None:
    """In the learner's words, without those that only ask."""
    assert [part.text for part in aspects(question)] == parts


def test_a_part_that_refers_to_another_is_read_with_it() -> None:
    """By itself "combined" says nothing; it is shown as it was asked."""
    [_, second] = aspects("How do dense and sparse retrievers compare, and can they be combined?")

    assert second.text == "can they be combined"
    assert "sparse retrievers" in second.embedded


@given(st.text(max_size=200))
def test_any_text_has_few_parts_of_its_own_words(question: str) -> None:
    """Whatever is written there."""
    parts = aspects(question)

    assert len(parts) <= MOST
    assert all(part.text in " ".join(question.split()) for part in parts)


def test_words_that_go_with_any_subject_come_last() -> None:
    """They would find everything."""
    assert search_words("How do I evaluate retrieval without labels at low cost?") == ["retrieval", "labels"]
    assert search_words("How do I evaluate models?") == ["evaluate", "models"]


@given(st.text(max_size=200))
def test_search_words_need_no_escaping(question: str) -> None:
    """They go into a query language that has brackets and quotation marks."""
    assert all(word.isascii() and not set(word) & set('()":&') for word in search_words(question))
