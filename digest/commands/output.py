"""Printing rows: a table for people, JSON and CSV for programs."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from digest.commands.cells import as_csv, as_json, as_text, distinct

Row = Sequence[Any]

#: More than anybody reads; laying out a table takes all of it in memory.
_MOST_IN_A_TABLE = 10_000
#: A column narrower than this breaks words apart.
_LEGIBLE = 20
#: So few columns share a terminal's width without harm.
_FEW_COLUMNS = 3


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
    remaining = iter(rows)
    cells = [[clean(as_text(value)) for value in row] for row in islice(remaining, _MOST_IN_A_TABLE)]
    left_out = sum(1 for _ in remaining)
    width = _terminal_width()
    if width and not _fits(columns, cells, width):
        _print_records(columns, cells)
    else:
        _print_grid(columns, cells, width)
    if left_out:
        warn(f"{left_out} more rows are not shown; --format csv and json take them all")


def _print_grid(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int | None) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    # Into a pipe or file a table is as wide as it needs to be.
    console = Console(width=width or 10_000, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(escape(clean(column)), overflow="fold")
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def _print_records(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """One line a value: addresses stay whole, and no word is broken."""
    names = [clean(column) for column in columns]
    longest = max(len(name) for name in names)
    for row in cells:
        print()
        for name, cell in zip(names, row, strict=True):
            print(f"{name:<{longest}}  {cell}")
    print()


def _fits(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> bool:
    """Whether every column can be as wide as its cells are, or wide enough to be read."""
    if len(columns) <= _FEW_COLUMNS or not cells:
        return True
    widest = [max(len(cell) for cell in column) for column in zip(columns, *cells, strict=True)]
    return sum(min(one, _LEGIBLE) + 3 for one in widest) <= width


def _terminal_width() -> int | None:
    """How many characters the terminal has in a line; None for a pipe or file."""
    from rich.console import Console

    return Console().width if sys.stdout.isatty() else None


def print_markdown(text: str) -> None:
    """Raw when stdout is no terminal, so that it can be kept; laid out for reading when it is."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def warn(line: str) -> None:
    print(f"digest: {' '.join(line.split())}", file=sys.stderr)


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


def clean(text: str) -> str:
    """Text of strangers without control characters, which could drive the terminal."""
    return "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text)
