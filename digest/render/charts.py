"""Charts that can be read: where their marks stand, what each one says, and the table beside them. Pure.

Places across are shares of the width in percent and places down are pixels, so that a chart fills its column while
its words keep their size. Numbers are rounded: the same data give the same bytes everywhere.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Pixels from the top to the highest grid line (a value stands above its column), and to the axis.
TOP, BASE = 20, 190
_MOST_TICKS = 4
#: Smaller values cannot be divided into steps, and nobody counts in them.
_SMALLEST = 1e-9
#: Percent of the width that one column takes at most, so that a few do not fill the drawing.
_WIDEST = 14.0
#: Labels below the axis, on a wide and on a narrow screen.
_LABELS, _FEW_LABELS = 10, 5
#: Columns over which their values are written.
_VALUES = 12

#: A value in words, with its unit.
Format = Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value for each label of a chart."""

    name: str
    values: Sequence[float]
    #: a colour of the style sheet: "0" to "3", "letter", "envelope" or "stretch"
    tone: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A place on the axis: an issue or a week."""

    #: as short as it can be, as "W47"
    short: str
    #: in full, as "week 47 of 2026"
    full: str
    #: where it leads, or ""
    href: str = ""
    #: what else is known of it, as "10 of 412 works"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A grid line or a label: where, what it says, and whether a narrow screen leaves it out."""

    at: float
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A column's part, or a point of a line with the way to the next one."""

    tone: str
    #: percent: the left edge and width of a column, the centre of a point
    x: float
    width: float
    #: pixels: the upper edge and height of a column, the centre of a point
    y: float
    height: float
    #: the value in words where there is space for it, or ""
    value: str = ""
    #: percent and pixels of the next point of the line, if any
    next_at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """All that stands over one label; the whole height of it can be hovered and clicked."""

    label: Label
    #: percent: left edge, centre and width
    x: float
    centre: float
    width: float
    #: all its values in a sentence
    words: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Columns or lines over labels, and the same as a table."""

    #: what is shown and in which unit
    title: str
    lines: bool
    grid: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    points: tuple[Point, ...]
    #: tone and name of each series; () where there is only one
    legend: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    #: a label and the values in words
    rows: tuple[tuple[Label, tuple[str, ...]], ...]

    @property
    def linked(self) -> bool:
        return any(point.label.href for point in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar of a chart that is its own table."""

    name: str
    value: float
    #: the value in words
    text: str
    href: str = ""
    #: percent of the longest bar
    share: float = 0.0


def column_chart(title: str, labels: Sequence[Label], series: Sequence[Series], say: Format, *, over: str) -> Chart:
    """Columns, one a label; those of several series are stacked. *over* names the labels, as "Issue"."""
    sums = [sum(one.values[at] for one in series) for at in range(len(labels))]
    top = _top(sums)

    def marks(at: int, x: float, width: float) -> tuple[Mark, ...]:
        drawn, below = [], 0.0
        for one in series:
            upper, lower = _height(below + one.values[at], top), _height(below, top)
            below += one.values[at]
            drawn.append(
                Mark(
                    tone=one.tone,
                    x=_rounded(x + width * 0.14),
                    width=_rounded(width * 0.72),
                    y=upper,
                    height=_rounded(lower - upper),
                    value=say(one.values[at]) if len(series) == 1 and len(labels) <= _VALUES else "",
                )
            )
        return tuple(drawn)

    return _chart(title, labels, series, say, over, top, marks, lines=False)


def line_chart(title: str, labels: Sequence[Label], series: Sequence[Series], say: Format, *, over: str) -> Chart:
    """Lines, one a series, with a point at each label; otherwise as `column_chart`."""
    top = _top([value for one in series for value in one.values])
    slot = _slot(len(labels))

    def marks(at: int, x: float, width: float) -> tuple[Mark, ...]:
        return tuple(
            Mark(
                tone=one.tone,
                x=_rounded(x + width / 2),
                width=0.0,
                y=_height(one.values[at], top),
                height=0.0,
                next_at=(_rounded(x + slot + width / 2), _height(one.values[at + 1], top))
                if at + 1 < len(labels)
                else None,
            )
            for one in series
        )

    return _chart(title, labels, series, say, over, top, marks, lines=True)


def row_chart(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows whose bars are shares of the longest."""
    longest = max((row.value for row in rows), default=0.0) or 1.0
    return tuple(
        Row(name=row.name, value=row.value, text=row.text, href=row.href, share=_rounded(100 * row.value / longest))
        for row in rows
    )


def _chart(
    title: str,
    labels: Sequence[Label],
    series: Sequence[Series],
    say: Format,
    over: str,
    top: float,
    marks: Callable[[int, float, float], tuple[Mark, ...]],
    *,
    lines: bool,
) -> Chart:
    slot = _slot(len(labels))
    several = len(series) > 1
    points = tuple(
        Point(
            label=label,
            x=_rounded(at * slot),
            centre=_rounded((at + 0.5) * slot),
            width=_rounded(slot),
            words=_words(label, [(one.name if several else "", say(one.values[at])) for one in series]),
            marks=marks(at, at * slot, slot),
        )
        for at, label in enumerate(labels)
    )
    noted = any(label.note for label in labels)
    return Chart(
        title=title,
        lines=lines,
        grid=tuple(Tick(at=_height(value, top), text=say(value)) for value in _ticks(top)),
        labels=_labels(points),
        points=points,
        legend=tuple((one.tone, one.name) for one in series) if several else (),
        head=(over, *(one.name for one in series), *([""] if noted else [])),
        rows=tuple(
            (label, (*(say(one.values[at]) for one in series), *([label.note] if noted else [])))
            for at, label in enumerate(labels)
        ),
    )


def _words(label: Label, values: Sequence[tuple[str, str]]) -> str:
    said = ", ".join(f"{name} {value}".strip() for name, value in values)
    return f"{label.full}: {said}{f', {label.note}' if label.note else ''}"


def _labels(points: Sequence[Point]) -> tuple[Tick, ...]:
    """The labels that have space below the axis, the last one always; a narrow screen shows fewer."""
    every, rarely = math.ceil(len(points) / _LABELS) or 1, math.ceil(len(points) / _FEW_LABELS) or 1
    rarely += -rarely % every  # those of a narrow screen are among those of a wide one
    last = len(points) - 1
    return tuple(
        Tick(at=point.centre, text=point.label.short, minor=bool((last - at) % rarely))
        for at, point in enumerate(points)
        if not (last - at) % every
    )


def _slot(count: int) -> float:
    """Percent of the width for each of *count* labels."""
    return min(100 / max(count, 1), _WIDEST)


def _height(value: float, top: float) -> float:
    return _rounded(BASE - (BASE - TOP) * value / top)


def _top(values: Sequence[float]) -> float:
    """The first grid line that no value is above."""
    most = max(values, default=0.0)
    step = _step(most)
    return max(math.ceil(most / step - 1e-9), 1) * step


def _ticks(top: float) -> list[float]:
    step = _step(top)
    return [step * number for number in range(round(top / step) + 1)]


def _step(most: float) -> float:
    """The distance of grid lines, 1, 2 or 5 times a power of ten, for at most a few up to *most*."""
    if most < _SMALLEST:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most / _MOST_TICKS))
    return next(factor * power for factor in (1, 2, 5, 10) if most / (factor * power) <= _MOST_TICKS)


def _rounded(number: float) -> float:
    return round(number, 2)
