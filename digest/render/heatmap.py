"""A heatmap of the works of a period, by lean (letter to envelope) and relevance to the focus.

A table of cells can be drawn by any mail client, and thousands of works cost no more than ten.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import Point

COLUMNS = 12  # letter on the left, envelope on the right
ROWS = 6  # nearest to the focus on top
SHADES = 4
FEWEST = 5  # works; fewer are not worth a picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    #: 0 for none, then lighter to darker
    shade: int
    #: kept works in it
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    #: rows from top to bottom, cells from letter to envelope
    rows: tuple[tuple[Cell, ...], ...]
    #: the same in a sentence, for screen readers
    summary: str


def heatmap(points: Sequence[Point]) -> Heatmap | None:
    """Count *points* into cells; None where there are too few to show."""
    if len(points) < FEWEST:
        return None
    places = [(cell_of(y, ROWS), cell_of(x, COLUMNS)) for x, y in positions(points)]
    works = Counter(places)
    kept = Counter(place for place, point in zip(places, points, strict=True) if point.kept)
    most = max(works.values())
    return Heatmap(
        rows=tuple(
            tuple(Cell(shade=_shade(works[row, column], most), kept=kept[row, column]) for column in range(COLUMNS))
            for row in range(ROWS)
        ),
        summary=_summary(points),
    )


def positions(points: Sequence[Point]) -> list[tuple[float, float]]:
    """Where each of *points* lies: x from letter 0 to envelope 1, y from the nearest 0 to the farthest 1."""
    low, high = min(p.relevance for p in points), max(p.relevance for p in points)
    return [(min(max(p.lean, 0.0), 1.0), (high - p.relevance) / (high - low or 1.0)) for p in points]


def cell_of(share: float, cells: int) -> int:
    return min(int(share * cells), cells - 1)


def _shade(works: int, most: int) -> int:
    """By the square root, so that ten works still show beside a hundred."""
    return max(1, round(SHADES * (works / most) ** 0.5)) if works else 0


def _summary(points: Sequence[Point]) -> str:
    envelope = sum(point.lean >= 0.5 for point in points)
    kept = [point for point in points if point.kept]
    kept_envelope = sum(point.lean >= 0.5 for point in kept)
    return (
        f"Of {len(points):,} works {len(points) - envelope:,} lie on the side of the letter and {envelope:,} on that "
        f"of the envelope; kept were {len(kept) - kept_envelope} and {kept_envelope}."
    )
