"""Which sentences say what a work contributes."""

import pytest

from digest.judge.claims import contribution, points_back, without_connective

CLAIMS = (
    "We propose a hierarchical index that fits into memory.",
    "In this paper, we show that larger batches are not needed.",
    "This post explains how the scheduler decides.",
    "I built a search engine in a weekend.",
    "We replace the usual penalties with a budget per token.",
    "Experiments on three corpora show that latency falls by 34%.",
)
MOTIVES = (
    "Large language models have become the backbone of search.",
    "Retrieval remains challenging for long documents.",
    "Data quality is crucial for training.",
    "In recent years, interest in agents has grown.",
    "Existing methods often fail to generalise.",
    "How good is a retriever without labels?",
)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("motive", MOTIVES)
def test_a_claim_is_worth_more_than_a_motive(claim: str, motive: str) -> None:
    """By a clear margin, whatever it is about."""
    assert contribution(claim) >= contribution(motive) + 1


def test_numbers_with_units_count() -> None:
    """What was measured says more than that it was."""
    assert contribution("We measure how it falls by 34%.") > contribution("We measure how it falls.")


def test_what_points_back_is_known() -> None:
    """Unless it points at the text itself."""
    assert all(
        points_back(text) for text in ("However, it fails.", "This is hard.", "They agree.", "For example, two.")
    )
    assert not any(points_back(text) for text in ("This paper shows it.", "In this post we look.", "Theory says so."))


def test_connectives_go_where_a_quotation_begins() -> None:
    """The sentence keeps its words and begins with a capital."""
    assert without_connective("To address this issue, we propose X.") == "We propose X."
    assert without_connective("However, in this paper, we propose X.") == "We propose X."
    assert without_connective("Therefore it holds.") == "Therefore it holds."
