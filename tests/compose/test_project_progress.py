"""Where a project stands: what names it, when it is over, and which parts of its question are open."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.project_progress import days_left, is_over, open_aspects, project_id, project_slug
from digest.judge.aspects import Aspect
from tests.make import NOW

PARTS = [Aspect("labels", "labels"), Aspect("fresh indexes", "fresh indexes")]
VECTORS = np.eye(3, dtype=np.float32)[:2]
REFERENCE = np.array([[0.1, 0.1, 0.9], [0.2, 0.1, 0.9], [0.1, 0.2, 0.9]], dtype=np.float32)


def test_what_is_near_answers_a_part() -> None:
    """The other is still open; with nothing found all are."""
    found = {"a": np.array([1, 0, 0], dtype=np.float32)}

    assert open_aspects(PARTS, VECTORS, found, REFERENCE) == ("fresh indexes",)
    assert open_aspects(PARTS, VECTORS, {}, REFERENCE) == ("labels", "fresh indexes")


def test_a_part_that_the_model_does_not_know_is_not_missing() -> None:
    """Nobody can say whether anything answers it."""
    assert open_aspects(PARTS, np.zeros((2, 3), dtype=np.float32), {}, REFERENCE) == ()


def test_another_question_is_another_project() -> None:
    """White space makes none."""
    assert project_id("Notes", "How?") == project_id(" Notes ", "How?  ")
    assert project_id("Notes", "How?") != project_id("Notes", "Why?")


@given(st.text(max_size=200))
def test_any_name_makes_a_file_name(name: str) -> None:
    """Which leads nowhere else."""
    slug = project_slug(name, "abcdef123")

    assert slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_the_last_day_is_part_of_it() -> None:
    """By the learner's calendar: in Berlin it is tomorrow already."""
    late = NOW.replace(hour=23, minute=30)

    assert days_left(None, NOW, dt.UTC) is None
    assert not is_over(late.date(), late, dt.UTC)
    assert is_over(late.date(), late, ZoneInfo("Europe/Berlin"))
