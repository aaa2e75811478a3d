"""In which section a kept work stands."""

import pytest

from digest.compose.candidates import Candidate
from digest.compose.sections import standing
from tests import make


def works(*leans: float) -> list[Candidate]:
    return [make.candidate(n, lean=lean) for n, lean in enumerate(leans)]


def sections(*leans: float, envelope: float = 0.5) -> list[str]:
    """Where works with these leans stand, best first."""
    kept = works(*leans)
    found = standing(kept, envelope)
    return [found[c.work.work_id][0] for c in kept]


@pytest.mark.parametrize(
    ("lean", "side"), [(0.39, "letter"), (0.4, "both"), (0.5, "both"), (0.6, "both"), (0.61, "envelope")]
)
def test_a_coins_toss_is_both_sides(lean: float, side: str) -> None:
    """The classifier is right about such works no oftener than not."""
    assert make.candidate(1, lean=lean).side == side


def test_a_side_stands_on_its_side() -> None:
    """However many there are."""
    assert sections(0.1, 0.9, 0.2, 0.3) == ["l", "e", "l", "l"]


def test_both_sides_serve_the_side_that_has_least() -> None:
    """Counting all that must stand on a side, whatever it scores."""
    assert sections(0.5, 0.9, 0.9, 0.9) == ["l", "e", "e", "e"]
    assert sections(0.55, 0.45, 0.1, 0.1) == ["e", "e", "l", "l"]


def test_the_declared_share_counts() -> None:
    """Beside one of each, the next goes to the side that is leaned to."""
    assert sections(0.1, 0.9, 0.5, envelope=0.85) == ["l", "e", "e"]
    assert sections(0.1, 0.9, 0.5, envelope=0.15) == ["l", "e", "l"]


def test_between_equals_the_likelier_side() -> None:
    """If only just."""
    assert sections(0.55) == ["e"]
    assert sections(0.45) == ["l"]


@pytest.mark.parametrize(("envelope", "section"), [(0.0, "l"), (1.0, "e")])
def test_never_on_a_silenced_side(envelope: float, section: str) -> None:
    """Even where it rather belongs there."""
    assert sections(0.58, 0.42, 0.5, envelope=envelope) == [section] * 3
