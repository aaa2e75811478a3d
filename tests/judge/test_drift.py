"""A drift is told where there is enough of it, clearly, and once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from digest.config import Focus
from digest.judge import drift
from digest.judge.drift import Told
from digest.judge.embedding import load_model
from digest.judge.focus import FocusModel, read_focus
from tests.make import NOW

NEAR = [
    "Hard negative mining for dense passage retrievers",
    "Learned sparse retrieval with term weights and inverted indexes",
    "Training bi-encoders for passage retrieval by distillation",
    "Late interaction retrieval with pruned token vectors",
    "Query expansion for learned sparse retrievers",
    "A dense retriever for questions over many documents",
    "Evaluating learned sparse retrievers with pooled judgements",
    "Negative sampling in contrastive training of retrievers",
]
APART = [
    "Protein folding with equivariant diffusion models of residues",
    "Protein structure prediction from single sequences",
    "Designing protein binders by diffusion over backbones",
    "Protein language models predict mutation effects on folding",
    "Folding protein complexes with attention over residues",
    "Generative models of protein backbones and side chains",
]
SCATTERED = [
    "A history of tide tables",
    "Cheaper GPU clusters with preemptible nodes",
    "Detecting bird songs with small microphones",
    "Why our monorepo builds are slow",
    "Elections and interactive maps",
    "Tax law for freelancers in Portugal",
]


@pytest.fixture(scope="module")
def focus() -> FocusModel:
    model = load_model("bundled", folder=Path())
    topics = ("learned sparse retrieval", "hard negative mining")
    return read_focus(Focus(statement="I want to understand how retrievers are trained.", topics=topics), model)


def vectors(texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return load_model("bundled", folder=Path()).encode(texts)


class TestTopics:
    def test_likes_within_the_focus_are_no_drift(self, focus: FocusModel) -> None:
        """Whatever their number."""
        assert drift.far_works(focus, vectors(NEAR * 2)) == ()

    def test_another_subject_is_one(self, focus: FocusModel) -> None:
        """The far works are named, those of the subject and no others."""
        assert set(drift.far_works(focus, vectors(NEAR + APART))) == set(range(len(NEAR), len(NEAR) + len(APART)))

    def test_scattered_likes_are_none(self, focus: FocusModel) -> None:
        """There is no subject that the focus could name."""
        assert drift.far_works(focus, vectors(NEAR + SCATTERED)) == ()

    def test_too_few_are_none(self, focus: FocusModel) -> None:
        """Below the fewest works, and below the share of far ones."""
        assert drift.far_works(focus, vectors(APART + NEAR[:1])) == ()
        assert drift.far_works(focus, vectors(APART + NEAR[:2]))
        assert drift.far_works(focus, vectors(NEAR + APART[:3])) == ()

    def test_a_focus_that_no_model_knows_says_nothing(self, focus: FocusModel) -> None:
        """Everything is far from it."""
        silent = replace(focus, query=np.zeros_like(focus.query))

        assert not silent.understood
        assert drift.far_works(silent, vectors(APART * 2)) == ()

    def test_what_half_of_them_use_is_in_common(self) -> None:
        """A word of one author is not."""
        assert drift.shared_terms(APART, ["protein", "side chains"]) == ("protein",)


class TestLean:
    @pytest.mark.parametrize(
        ("envelope", "of", "declared", "shown", "told"),
        [
            (12, 15, 0.5, None, True),  # "you declared balanced; 80 % is envelope"
            (8, 10, 0.5, None, False),  # one in eighteen by chance
            (7, 7, 0.5, None, False),  # too few to say
            (8, 8, 0.5, None, True),
            (12, 15, 0.6, None, False),  # within the margin
            (12, 15, 0.5, 0.8, False),  # they liked what there was
            (12, 15, 0.5, 0.3, True),
            (1, 15, 0.5, None, True),  # the other way
            (15, 15, 0.85, 0.9, False),
        ],
    )
    def test_it_is_told_where_it_is_clear(
        self, envelope: int, of: int, declared: float, shown: float | None, told: bool
    ) -> None:
        """By a margin, and hardly by chance, against what is declared and what was shown."""
        leans = [0.9] * envelope + [0.1] * (of - envelope)

        assert (drift.lean_left(leans, declared, shown) is not None) == told


class TestOnce:
    def test_it_is_told_once_and_again_after_months_or_when_it_grew(self) -> None:
        """Nothing nags."""
        before = Told(told_at=NOW, share=0.5)

        assert drift.worth_telling(0.5, None, NOW)
        assert not drift.worth_telling(0.6, before, NOW + timedelta(weeks=10))
        assert drift.worth_telling(0.75, before, NOW + timedelta(weeks=1))
        assert drift.worth_telling(0.5, before, NOW + drift.QUIET)
