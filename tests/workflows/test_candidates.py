"""Which item stands for a work, before anything is picked."""

import pytest

from digest.records import Item, Work
from digest.store.scores import Score
from digest.workflows.candidates import best_item
from tests import make

POST = make.item(1, source="Blog")
TALK = make.item(2, source="Hacker News", kind="hackernews")
LETTER = make.item(3, source="A letter", kind="newsletter")


def score(value: float) -> Score:
    return Score(relevance=value, lean=0.5, score=value, parts={})


def work(*scored: float) -> tuple[Work, dict[str, Score]]:
    items = (LETTER, TALK, POST)[-len(scored) :]
    return make.work(*items), {item.item_id: score(value) for item, value in zip(items, scored, strict=True)}


def test_the_original_stands_before_word_of_it() -> None:
    """However well an aggregator's title scores, the learner is sent to the thing itself."""
    assert best_item(*work(9.0, 1.0)) == POST


def test_among_equals_in_kind_the_score_decides() -> None:
    """Where there is only word of it, the best word stands."""
    both, scores = make.work(LETTER, TALK), {LETTER.item_id: score(1.0), TALK.item_id: score(2.0)}

    assert best_item(both, scores) == TALK


def test_an_original_that_the_model_cannot_read_does_not_hide_the_work() -> None:
    """Without a score it would be judged as nothing at all."""
    both, scores = make.work(TALK, POST), {TALK.item_id: score(3.0)}

    assert best_item(both, scores) == TALK


@pytest.mark.parametrize("first", [TALK, POST])
def test_without_any_score_the_first_item_stands(first: Item) -> None:
    """As of a work that no model has read yet: nothing says which is the best."""
    assert best_item(make.work(first, LETTER), {}) == first
