"""The geometry of the SVG charts. What they show is also said in words.

Numbers are rounded, so that the same issue gives the same bytes everywhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import KeepRate, Point
from digest.render.heatmap import FEWEST, cell_of, positions
from digest.render.wording import percent

WIDTH, HEIGHT = 640, 300
_COLUMNS, _ROWS = 32, 15
_LARGEST = 9.0  # radius: circles of neighbouring places touch, and no more
_SMALLEST = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterPlot:
    """Works between letter (left) and envelope (right), the nearest to the focus on top."""

    #: works that were not kept, one circle a cell, its area by their number
    left_out: tuple[Circle, ...]
    kept: tuple[Circle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: float
    y: float
    height: float
    label: str
    #: what it stands for, as "2026-W47: 2.4%"
    words: str


def scatter_plot(points: Sequence[Point]) -> ScatterPlot | None:
    """Place the works of an issue; None where there are too few to show."""
    if len(points) < FEWEST:
        return None
    places = list(zip(points, positions(points), strict=True))
    cells = Counter((cell_of(x, _COLUMNS), cell_of(y, _ROWS)) for point, (x, y) in places if not point.kept)
    most = max(cells.values(), default=1)
    return ScatterPlot(
        left_out=tuple(
            _circle((column + 0.5) / _COLUMNS, (row + 0.5) / _ROWS, max(_SMALLEST, _LARGEST * (count / most) ** 0.5))
            for (column, row), count in sorted(cells.items())
        ),
        kept=tuple(_circle(x, y, 6.0) for x, y in sorted(place for point, place in places if point.kept)),
    )


def rate_bars(rates: Sequence[KeepRate], *, width: int = WIDTH, height: int = 120) -> tuple[Bar, ...]:
    """One bar an issue, oldest first, as high as its keep rate; nothing for fewer than two issues."""
    shares = [rate.kept / rate.seen if rate.seen else 0.0 for rate in rates]
    if len(shares) < 2:
        return ()
    highest = max(shares) or 1.0
    step = bar_step(len(shares), width)
    return tuple(
        Bar(
            x=round(number * step + step * 0.15, 1),
            y=round(height - height * share / highest, 1),
            height=round(height * share / highest, 1),
            label=percent(share),
            words=f"{rate.period}: {percent(share)}, {rate.kept} of {rate.seen:,}",
        )
        for number, (rate, share) in enumerate(zip(rates, shares, strict=True))
    )


def bar_step(count: int, width: int = WIDTH) -> float:
    """The width for one bar; a few bars do not fill the drawing."""
    return min(width / count, 72.0)


def sparkline(weeks: Sequence[int], *, width: int = 108, height: int = 24) -> tuple[Bar, ...]:
    """Small bars, one a week, oldest first."""
    most = max(weeks, default=0) or 1
    step = width / max(len(weeks), 1)
    return tuple(
        Bar(
            x=round(number * step, 1),
            y=round(height - max(1.0, height * count / most), 1),
            height=round(max(1.0, height * count / most), 1),
            label="",
            words=str(count),
        )
        for number, count in enumerate(weeks)
    )


def _circle(x: float, y: float, radius: float) -> Circle:
    """A circle at shares of the drawing's width and height, kept inside it."""
    margin = _LARGEST + 1
    return Circle(
        x=round(margin + x * (WIDTH - 2 * margin), 1),
        y=round(margin + y * (HEIGHT - 2 * margin), 1),
        radius=round(radius, 1),
    )
