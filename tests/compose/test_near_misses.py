"""Which near misses are told."""

from digest.compose.candidates import Candidate
from digest.compose.near_misses import near_misses
from digest.compose.pick import decide
from tests import make

FLOOR = 2.0


def told(candidates: list[Candidate], **focus: object) -> list[tuple[str, str]]:
    decision = decide(candidates, make.focus(**focus), make.digest(keep=1.0, at_most=3, stretch=0), floor=FLOOR)
    return [(miss.title, miss.change) for miss in near_misses(candidates, decision, floor=FLOOR)]


def works(numbers: range, relevance: float, *, title: str = "") -> list[Candidate]:
    return [
        make.candidate(n, relevance=relevance - n / 1000, source=f"Source {n}", title=title or f"Work {n}")
        for n in numbers
    ]


def test_several_rules_are_told_before_one_rule_twice_over() -> None:
    """A week in which a hundred works were outdone is still told by what fell short, too."""
    misses = told([*works(range(1, 100), 5.0), *works(range(100, 103), 1.9)])

    assert len(misses) == 5
    assert [change.split(" more ")[1] for _, change in misses].count("relevance") == 2


def test_what_was_traded_is_told_beside_what_was_outdone() -> None:
    """A lost place is news even in a week in which a hundred works were outdone."""
    envelope = make.candidate(200, relevance=4.99, lean=0.8, source="Source 200")
    decision = decide(
        [*works(range(1, 100), 5.0), envelope], make.focus(), make.digest(keep=1.0, at_most=2, stretch=0), floor=FLOOR
    )

    misses = near_misses([*works(range(1, 100), 5.0), envelope], decision, floor=FLOOR)

    assert misses[0].reason.startswith("gave its place to “Post 200”, which scored 0.01 lower")
    assert any(miss.reason.startswith("the limit") for miss in misses)


def test_what_was_not_near_is_not_told() -> None:
    """Far below the floor nothing nearly happened, and what the learner ruled out is no news."""
    muted = works(range(1, 2), 5.0, title="A sponsored post")

    assert told([*works(range(10, 20), 0.5), *muted], mute=["sponsored"]) == []


def test_they_stand_in_the_order_of_their_scores() -> None:
    """The nearest first."""
    misses = told([*works(range(1, 10), 5.0), *works(range(100, 103), 1.9)])

    assert [title for title, _ in misses][-2:] == ["Work 100", "Work 101"]
