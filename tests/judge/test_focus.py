"""A focus in any words becomes phrases and vectors."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.arrays import Floats
from digest.judge.embedding import Embedder
from digest.judge.focus import MAX_PHRASES, read_focus
from tests.make import focus


class TestReadFocus:
    def test_keeps_the_learners_own_words(self, bundled: Embedder) -> None:
        """Evidence quotes the learner, so every part is a phrase as it was written, with its facet."""
        model = read_focus(
            focus(
                statement="I build search engines. I want to train retrievers.",
                topics=("learned sparse retrieval",),
                project={"name": "My notes", "question": "How do I evaluate?"},
            ),
            bundled,
        )
        assert [(p.text, p.facet) for p in model.phrases] == [
            ("learned sparse retrieval", "topic"),
            ("My notes", "project"),
            ("How do I evaluate?", "question"),
            ("search engines", "statement"),
            ("train retrievers", "statement"),
        ]
        assert model.vectors.shape == (5, bundled.dimensions)

    def test_what_is_set_aside_is_shown_and_does_not_count(self, bundled: Embedder) -> None:
        """A phrase about the learner keeps its words and has no vector; where it stands does not matter."""
        model = read_focus(focus(statement="I live in Porto. I want to understand speech recognition."), bundled)

        [person] = [p for p in model.phrases if not p.used]
        assert (person.text, person.weight, person.aside) == ("I live in Porto", 0.0, "person")
        assert not model.vectors[model.phrases.index(person)].any()

    def test_what_the_statement_declines_is_avoided(self, bundled: Embedder) -> None:
        """After what the learner listed, in their words, each once."""
        model = read_focus(focus(statement="Dense retrieval. No crypto, no surveys.", avoid=("Crypto",)), bundled)

        assert model.avoid == ("Crypto", "surveys")
        assert len(model.avoid_vectors) == 2

    def test_a_persons_life_hardly_moves_the_focus(self, bundled: Embedder) -> None:
        """The same subject, said barely and said in a biography, is nearly the same direction."""
        bare = read_focus(focus(statement="Speech recognition for dialects"), bundled)
        told = read_focus(
            focus(
                statement="I live in Porto with two children and work as a data analyst at a bank. "
                "I want to understand speech recognition for dialects. I read on the train."
            ),
            bundled,
        )
        assert bare.query @ told.query > 0.85

    def test_a_model_may_read_a_learners_words_in_its_own_way(self, bundled: Embedder) -> None:
        """Query-side weights are the model's business: where it offers them they are used for the focus alone."""

        class Weighing:
            name, dimensions = bundled.name, bundled.dimensions

            def encode(self, texts: Sequence[str]) -> Floats:
                return bundled.encode(texts)

            def encode_queries(self, texts: Sequence[str]) -> Floats:
                return -bundled.encode(texts)

        plain, weighed = (read_focus(focus(statement="retrieval"), model) for model in (bundled, Weighing()))
        np.testing.assert_allclose(weighed.vectors, -plain.vectors, atol=1e-6)
        np.testing.assert_array_equal(weighed.reference, plain.reference)

    def test_the_facets_sum_to_the_focus_as_a_whole(self, bundled: Embedder) -> None:
        """Parts of a score can be shared out among facets only if nothing is left over."""
        model = read_focus(focus(topics=("diffusion models",)), bundled)
        np.testing.assert_allclose(sum(model.facets.values()), model.query, atol=1e-6)
        assert np.linalg.norm(model.query) == pytest.approx(1, abs=1e-5)

    def test_deep_mode_leans_on_the_project(self, bundled: Embedder) -> None:
        """A learner who goes deep wants what serves the project."""
        said = {"statement": "I like computer vision.", "project": {"name": "Speech recognition for dialects"}}
        project = bundled.encode(["Speech recognition for dialects"])[0]
        wide, deep = (read_focus(focus(mode=mode, **said), bundled).query @ project for mode in ("wide", "deep"))
        assert deep > wide + 0.1

    @pytest.mark.parametrize(
        "statement",
        [
            "retrieval",
            "Ich baue Suchmaschinen für kleine Läden",
            "retrieval " * 5000,
            "🦄 graphs",
        ],
    )
    def test_any_focus_with_a_known_word_is_understood(self, bundled: Embedder, statement: str) -> None:
        """One word, 5,000 words, another language."""
        assert read_focus(focus(statement=statement), bundled).understood

    @pytest.mark.parametrize("statement", ["🦄🚀✨", "我想学习图神经网络"])
    def test_a_focus_without_a_known_word_is_not_understood_and_says_so(
        self, bundled: Embedder, statement: str
    ) -> None:
        """The bundled model knows no emoji and no Chinese; that is told, not hidden behind zeros."""
        model = read_focus(focus(statement=statement), bundled)
        assert not model.understood
        assert np.isfinite(model.query).all()

    def test_many_sentences_are_capped(self, bundled: Embedder) -> None:
        """A focus of 5,000 words has no more phrases than can be told apart."""
        statement = " ".join(f"I study theorem t{n}x on graphs." for n in range(700))
        assert len(read_focus(focus(statement=statement), bundled).phrases) == MAX_PHRASES

    @settings(max_examples=40, deadline=None)
    @given(st.text(min_size=1).filter(str.strip), st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
    def test_any_words_give_finite_vectors(
        self, bundled: Embedder, statement: str, topics: list[str], avoid: list[str]
    ) -> None:
        """Whatever is written, nothing is NaN and no phrase is lost its vector."""
        model = read_focus(focus(statement=statement, topics=topics, avoid=avoid), bundled)
        assert np.isfinite(model.vectors).all()
        assert len(model.vectors) == len(model.phrases)
        assert len(model.avoid_vectors) == len(model.avoid)
