"""What a recap makes of marks and notes."""

from dataclasses import replace

from digest.compose.recap import Recap, RecapWork, in_order, own_words, reading_minutes, side
from tests.make import DAY, NOW

WORK = RecapWork(
    item_id="a",
    title="A",
    url="",
    source="Blog",
    authors=(),
    published_at=None,
    side="letter",
    at=NOW,
    deepest=0,
    minutes=10,
    told=False,
    liked=False,
)


def test_a_note_loses_headings_that_nothing_stands_under() -> None:
    """Templates have more questions than a reader answers."""
    note = "Source: [A](<https://x>), Blog\n\n## 2026-11-20\n\n# What I knew\n\nHand-made pools.\n\n## What I did not\n\n## How I would do it\n- Perturb.\n\n\n- Compare."

    assert own_words(note) == "What I knew:\nHand-made pools.\n\nHow I would do it:\n- Perturb.\n\n- Compare."
    assert own_words("# Only\n\n## headings\n") == ""


def test_what_was_noted_and_liked_comes_first() -> None:
    """Then the latest."""
    noted = replace(WORK, item_id="noted", notes=("x",), at=NOW - 3 * DAY)
    liked = replace(WORK, item_id="liked", liked=True, at=NOW - 2 * DAY)
    late, early = replace(WORK, item_id="late"), replace(WORK, item_id="early", at=NOW - DAY)

    assert [one.item_id for one in in_order([early, late, liked, noted])] == ["noted", "liked", "late", "early"]


def test_time_that_was_told_counts_before_what_is_usual() -> None:
    """A reading without minutes says nothing of its length."""
    assert reading_minutes([60, 5], words=200, seconds=0, arxiv_id="x") == (65, True)
    assert reading_minutes([], words=2000, seconds=0, arxiv_id="") == (10, False)
    assert reading_minutes([0], words=0, seconds=0, arxiv_id="x") == (10, False)


def test_a_stretch_is_on_the_side_it_is_judged_to_be() -> None:
    """And what was never ranked on none."""
    assert [side("stretch", 0.9), side("", 0.1), side("envelope", 0.1), side("", None)] == [
        "envelope",
        "letter",
        "envelope",
        "",
    ]


def test_sides_count_what_was_read_or_liked() -> None:
    """What is only saved says nothing yet."""
    recap = Recap(learner="", zone="UTC", since=NOW, until=NOW, read=(WORK,), liked=(WORK,), saved=(WORK,))

    assert (recap.count("letter"), recap.count("envelope"), recap.minutes) == (2, 0, 10)
