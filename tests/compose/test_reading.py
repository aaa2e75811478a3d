"""What a work costs to read."""

import pytest

from digest.compose.reading import minutes
from tests import make


@pytest.mark.parametrize(("words", "expected"), [(0, 0), (119, 0), (120, 1), (200, 1), (201, 2), (2400, 12)])
def test_words_cost_their_reading_time_and_a_teaser_tells_nothing(words: int, expected: int) -> None:
    """200 words a minute, rounded up; 0 where the feed shows too little to know."""
    assert minutes(make.item(summary="word " * words)) == expected


def test_the_whole_text_counts_not_its_summary() -> None:
    """Where the source gives both."""
    assert minutes(make.item(summary="short", text="word " * 1000)) == 5


@pytest.mark.parametrize(("seconds", "expected"), [(1, 1), (60, 1), (61, 2), (3600, 60)])
def test_what_is_played_costs_its_playing_time(seconds: int, expected: int) -> None:
    """However long its description is."""
    assert minutes(make.item(seconds=seconds, summary="word " * 5000)) == expected


def test_a_paper_costs_its_first_pass() -> None:
    """Its abstract tells nothing of its length."""
    assert minutes(make.item(arxiv_id="2603.01234")) == 10
