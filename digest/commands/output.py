"""Printing rows: a table for people, JSON and CSV for programs."""

import csv
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from digest.commands.table_cells import as_csv, as_json, as_text, distinct
from digest.printable import one_line, visible

Row = Sequence[Any]

#: More than anybody reads; laying out a table takes all of it in memory.
_MOST_IN_A_TABLE = 10_000
#: A column narrower than this breaks words apart.
_LEGIBLE = 20
#: Between two columns.
_GAP = 3
#: Columns and facts with the titles and sentences of works, in which LaTeX may stand.
_TITLES = frozenset({"title", "its_own_words", "like", "near_avoided", "traded", "verdict"})


def print_rows(columns: Sequence[str], rows: Iterable[Row], *, form: str) -> None:
    """Print rows as "table", "json" or "csv"; however many, JSON and CSV hold one at a time."""
    match form:
        case "json":
            names = distinct(columns)
            print_json(dict(zip(names, row, strict=True)) for row in rows)
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")  # a shell takes "\r" for part of the last value
            writer.writerow(columns)
            writer.writerows([as_csv(value) for value in row] for row in rows)
        case _:
            print_table(columns, rows)


def print_json(objects: Iterable[Mapping[str, Any]]) -> None:
    separator = "["
    for one in objects:
        text = json.dumps(as_json(one), ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write(f"{separator}\n  " + text.replace("\n", "\n  "))
        separator = ","
    print("[]" if separator == "[" else "\n]")


def print_table(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Print rows in columns where the terminal is wide enough for them, else one line per value."""
    remaining = iter(rows)
    cells = [
        [_cell(column, value) for column, value in zip(columns, row, strict=True)]
        for row in islice(remaining, _MOST_IN_A_TABLE)
    ]
    left_out = sum(1 for _ in remaining)
    width = terminal_width()
    needed = _needed(columns, cells)
    if not cells:
        print("no rows")
    elif width and sum(needed) + _GAP * len(needed) > width:
        for row in cells:
            print()
            _print_facts(zip(columns, row, strict=True), width)
        print()
    else:
        _print_grid(columns, cells, needed, width)
    if left_out:
        warn(f"{left_out} more rows are not shown; --format csv and json take them all")


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print what is known of one thing: a line per fact, folded between words, never within an address."""
    _print_facts(((name.replace("_", " "), _cell(name, value)) for name, value in facts.items()), terminal_width())
    print()


def print_sentence(line: str) -> None:
    """Print a line for people; in a terminal it is folded between words."""
    width = terminal_width()
    print(*(_folded(visible(line), width) if width else [visible(line)]), sep="\n")


def title_of(text: str) -> str:
    """A title as the digest shows it: LaTeX as Unicode."""
    from digest.render.latex import to_unicode

    return to_unicode(text)


def _cell(column: str, value: Any) -> str:  # noqa: ANN401 - a cell holds anything
    text = as_text(value)
    return visible(title_of(text) if column in _TITLES else text)


def _needed(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column has to be so that no word or address is broken, and text can be read."""
    from rich.cells import cell_len

    return [
        max(max(min(cell_len(text), _LEGIBLE), *map(cell_len, text.split() or [""])) for text in column)
        for column in zip(map(visible, columns), *cells, strict=True)
    ]


def _print_grid(
    columns: Sequence[str], cells: Sequence[Sequence[str]], needed: Sequence[int], width: int | None
) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    # Into a pipe or file a table is as wide as it needs to be.
    console = Console(width=width or 10_000, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, share in zip(columns, _shares(columns, cells, needed, console.width), strict=True):
        table.add_column(escape(visible(column)), overflow="fold", width=share)
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def _shares(columns: Sequence[str], cells: Sequence[Sequence[str]], needed: Sequence[int], width: int) -> Iterator[int]:
    """How wide each column is: what it needs, and of the space left a part of what it lacks to be on one line."""
    from rich.cells import cell_len

    natural = [max(map(cell_len, texts)) for texts in zip(map(visible, columns), *cells, strict=True)]
    lacking = sum(natural) - sum(needed)
    left = min(lacking, max(0, width - _GAP * len(needed) - sum(needed)))
    for least, whole in zip(needed, natural, strict=True):
        yield least + ((whole - least) * left // lacking if lacking else 0)


def _print_facts(facts: Iterable[tuple[str, str]], width: int | None) -> None:
    """A name and a value a line; where the terminal is narrow a value goes on under itself."""
    lines = [(visible(name), value) for name, value in facts]
    longest = max(len(name) for name, _ in lines)
    for name, value in lines:
        first, *more = _folded(value, width - longest - 2) if width else [value]
        print(f"{name:<{longest}}  {first}")
        for line in more:
            print(f"{'':<{longest}}  {line}")


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, _LEGIBLE), break_long_words=False, break_on_hyphens=False) or [""]


def terminal_width() -> int | None:
    """How many characters the terminal has in a line; None for a pipe or file."""
    from rich.console import Console

    return Console().width if sys.stdout.isatty() else None


def print_markdown(text: str) -> None:
    """Raw when stdout is no terminal, so that it can be kept; laid out for reading, without boxes, when it is."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    from digest.render.checkboxes import with_ids

    Console().print(Markdown(with_ids(text)))


def warn(line: str) -> None:
    """One line on stderr."""
    print(f"digest: {one_line(line)}", file=sys.stderr)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Bars on stderr, and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


@contextmanager
def named_steps(doing: str) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr that names the step under way, and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(doing) as status:
        yield lambda step: status.update(escape(f"{doing} {step}"))
