"""What a work costs to read."""

import pytest

from digest.compose.reading_time import Paper, minutes, suggest_passes
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


def paper(name: str, relevance: float, **changes: bool) -> Paper:
    return Paper(item_id=name, relevance=relevance, **changes)


class TestPasses:
    def test_most_papers_deserve_the_first_pass(self) -> None:
        """Only the one nearest to the focus is worth an hour; the others ten minutes."""
        passes = suggest_passes([paper("a", 3.0), paper("b", 5.0), paper("c", 4.0)], deep=False)

        assert {name: one.number for name, one in passes.items()} == {"a": 1, "b": 2, "c": 1}
        assert [one.minutes for one in passes.values()] == [10, 60, 10]

    def test_a_paper_alone_is_not_the_nearest_of_many(self) -> None:
        """There is nothing it was compared with."""
        assert suggest_passes([paper("a", 9.0)], deep=False)["a"].number == 1

    def test_the_question_comes_first(self) -> None:
        """Two at most get the second pass, those on the learner's question before the nearest one."""
        papers = [paper("a", 9.0), *(paper(name, 3.0, on_question=True) for name in "bcd")]

        numbers = {name: one.number for name, one in suggest_passes(papers, deep=False).items()}

        assert numbers == {"a": 1, "b": 2, "c": 2, "d": 1}

    def test_the_third_pass_needs_deep_mode_the_question_and_code(self) -> None:
        """Four hours are asked for once at most, and never without something to work along with."""
        papers = [paper(name, 3.0, on_question=True, with_code=True) for name in "ab"]
        without = [paper("a", 3.0, on_question=True)]

        assert [one.number for one in suggest_passes(papers, deep=True).values()] == [3, 2]
        assert [one.number for one in suggest_passes(papers, deep=False).values()] == [2, 2]
        assert suggest_passes(without, deep=True)["a"].number == 2

    @pytest.mark.parametrize(("spare", "expected"), [(0, 1), (49, 1), (50, 2), (229, 2), (230, 3), (None, 3)])
    def test_what_is_suggested_fits_into_the_time_there_is(self, spare: int | None, expected: int) -> None:
        """A longer pass costs what it takes beyond the first."""
        one = paper("a", 3.0, on_question=True, with_code=True)

        assert suggest_passes([one], deep=True, spare=spare)["a"].number == expected
