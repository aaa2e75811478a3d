"""Scores: columns in, columns out, and parts that add up."""

import numpy as np
import pytest

from digest.arrays import Floats, normalised
from digest.judge.embedding import Embedder
from digest.judge.focus import read_focus
from digest.judge.lean import load_lean
from digest.judge.mark_weights import MarkedItems, learn
from digest.judge.relevance import declared_only
from digest.judge.scoring import (
    FRESHNESS,
    RELEVANCE_PARTS,
    Batch,
    Scores,
    freshness,
    score_batch,
    source_prior,
    weighted_prior,
    with_reranking,
)
from tests.make import focus

TEXTS = ["Training dense retrievers", "Bitcoin prices", "GPU kernels for attention", "", "Street scenes"]


def scored(bundled: Embedder, *, ages: Floats | None = None, preferred: list[int] | None = None) -> Scores:
    count = len(TEXTS)
    batch = Batch(
        vectors=bundled.encode(TEXTS),
        ages=np.zeros(count, np.float32) if ages is None else ages,
        source_priors=np.linspace(0.2, 0.8, count, dtype=np.float32),
        preferred=None if preferred is None else np.isin(np.arange(count), preferred),
    )
    relevance_model = declared_only(read_focus(focus(avoid=("bitcoin",), topics=("retrievers",)), bundled))
    return score_batch(relevance_model, load_lean(bundled), batch)


def test_parts_add_up(bundled: Embedder) -> None:
    """Nothing in a score is without a name: focus and marks make relevance, and the rest comes on top."""
    scores = scored(bundled, preferred=[1])
    np.testing.assert_allclose(sum(scores.parts.values()), scores.score, atol=1e-5)
    own = [part for name, part in scores.parts.items() if name in RELEVANCE_PARTS]
    np.testing.assert_allclose(sum(own), scores.relevance, atol=1e-5)


def test_relevance_knows_no_age_source_or_preference(bundled: Embedder) -> None:
    """Relevance is all that the focus and the marks say, and nothing else."""
    plain = scored(bundled)
    other = scored(bundled, ages=np.full(len(TEXTS), 900, np.float32), preferred=[0, 2])
    np.testing.assert_array_equal(plain.relevance, other.relevance)
    assert other.score[2] > other.score[1] - plain.score[1] + other.relevance[2]


def test_an_item_scores_the_same_in_any_company(bundled: Embedder) -> None:
    """To the last bit, so that an archive may be scored in slices, by one process or by many."""
    declared = declared_only(read_focus(focus(avoid=("bitcoin",), topics=("retrievers",)), bundled))
    noise = np.random.default_rng(0).standard_normal((3_000, bundled.dimensions)).astype(np.float32)
    vectors = np.vstack([normalised(noise), bundled.encode(TEXTS)])
    marked = MarkedItems(vectors=vectors[-3:], values=np.array([1, 1, -1], np.float32))
    model, lean = learn(declared, marked), load_lean(bundled)
    ages = np.linspace(-1, 50, len(vectors), dtype=np.float32)

    def score(rows: slice) -> Scores:
        priors = np.full(len(vectors), 0.7, np.float32)
        return score_batch(model, lean, Batch(vectors=vectors[rows], ages=ages[rows], source_priors=priors[rows]))

    whole = score(slice(None))
    for rows in (slice(0, 1), slice(7, 8), slice(1_023, 1_026), slice(40, 2_999), slice(2_998, None)):
        alone = score(rows)
        for name, column in alone.parts.items():
            np.testing.assert_array_equal(column, whole.parts[name][rows])
        np.testing.assert_array_equal(alone.score, whole.score[rows])
        np.testing.assert_array_equal(alone.relevance, whole.relevance[rows])
        np.testing.assert_array_equal(alone.lean, whole.lean[rows])
        np.testing.assert_array_equal(model.relevance(vectors[rows]), whole.relevance[rows])


def test_no_items_have_no_scores(bundled: Embedder) -> None:
    """An empty batch is a batch."""
    empty = np.zeros(0, np.float32)
    batch = Batch(vectors=np.zeros((0, bundled.dimensions), np.float32), ages=empty, source_priors=empty)
    assert len(score_batch(declared_only(read_focus(focus(), bundled)), load_lean(bundled), batch).score) == 0


def test_freshness_fades_and_never_punishes() -> None:
    """New is a bonus; old, undated and postdated items are not blamed."""
    bonus = freshness(np.array([0, 14, 10_000, np.nan, -3], np.float32))
    assert bonus[0] == pytest.approx(FRESHNESS)
    assert bonus[1] == pytest.approx(FRESHNESS / 2)
    assert (bonus >= 0).all()
    assert bonus[3] < bonus[1]
    assert bonus[4] == bonus[0]


def test_a_second_opinion_is_a_part_of_its_own(bundled: Embedder) -> None:
    """It adds to relevance and score where it was heard, and is zero elsewhere."""
    before = scored(bundled)
    opinion = np.array([1, np.nan, -0.5, np.nan, 0], np.float32)
    after = with_reranking(before, opinion)
    np.testing.assert_allclose(after.relevance - before.relevance, [1, 0, -0.5, 0, 0], atol=1e-5)
    np.testing.assert_allclose(sum(after.parts.values()), after.score, atol=1e-5)


def test_a_source_nobody_marked_is_neither_trusted_nor_distrusted() -> None:
    """Half is where everyone starts."""
    assert source_prior(0, 0) == 0.5


def test_one_mark_is_no_verdict() -> None:
    """The prior is firmer than a single mark."""
    assert 0.5 < source_prior(1, 0) < 0.65
    assert 0.35 < source_prior(0, 1) < 0.5


def test_many_marks_are() -> None:
    """In the end the share of likes counts."""
    assert source_prior(80, 20) == pytest.approx(0.8, abs=0.02)


def test_a_weight_multiplies_the_odds() -> None:
    """1 changes nothing, more raises, less lowers, and trust stays a share."""
    assert weighted_prior(0.5, 1.0) == 0.5
    assert weighted_prior(0.5, 3.0) == pytest.approx(0.75)
    assert weighted_prior(0.5, 1 / 3) == pytest.approx(0.25)
    assert 0 < weighted_prior(0.9, 10.0) < 1
