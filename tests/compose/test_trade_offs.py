"""What a preference costs."""

import pytest

from digest.compose.trade_offs import BEYOND_SHARE, MOST_FOR_LEAN, MOST_FOR_LIKENESS, MOST_TRADED, lean_penalty


def test_lean_and_likeness_together_stay_within_the_cap() -> None:
    """And a source's share weighs more than both."""
    assert pytest.approx(MOST_TRADED) == MOST_FOR_LEAN + MOST_FOR_LIKENESS
    assert BEYOND_SHARE > MOST_TRADED


@pytest.mark.parametrize(
    ("side", "letter", "envelope", "share", "part"),
    [
        ("letter", 0, 0, 0.5, 0.0),
        ("letter", 3, 3, 0.5, 0.0),
        ("letter", 6, 2, 0.5, 0.5),
        ("letter", 8, 0, 0.5, 1.0),
        ("envelope", 8, 0, 0.5, 0.0),
        ("envelope", 1, 3, 0.5, 0.5),
        ("letter", 17, 3, 0.15, 0.0),
        ("letter", 20, 0, 0.15, 1.0),
        ("envelope", 0, 9, 0.0, 1.0),
        ("letter", 9, 0, 0.0, 0.0),
        ("both", 9, 0, 0.5, 0.0),
        ("both", 0, 9, 0.5, 0.0),
    ],
)
def test_lean_costs_in_proportion(side: str, letter: int, envelope: int, share: float, part: float) -> None:
    """Nothing within the share, the whole part where all that is kept is of that side; works of both pay nothing."""
    kept = {"letter": letter, "envelope": envelope, "both": 5}

    assert lean_penalty(side, kept, share) == pytest.approx(part * MOST_FOR_LEAN)
